#include "../../../../firmware-bridge/firmware/safety/water.h"
#include "check.h"

static Water water;
static FlowWatch watch;
static Inputs in;
static uint16_t closing_100us;

static void begin(uint16_t pulses, uint16_t cap, uint16_t cap_ms) {
  in = (Inputs){.flowPulses = 65000, .cupPresent = true};
  watch = (FlowWatch){.strays = 0};
  closing_100us = 600;
  water_start(&water, &(DispenseWaterMessage){.dispenseId = 1, .pulses = pulses, .capPulses = cap, .capMs = cap_ms}, &in);
}

static bool step(void) {
  return water_step(&water, &in, &watch, closing_100us);
}

/* `ms` milliseconds, a pulse in the last of each `every`; true once the portion is over. */
static bool flow(unsigned ms, unsigned every) {
  bool over = false;
  for (unsigned at = 1; at <= ms && !over; at++) {
    if (every != 0 && at % every == 0) in.flowPulses++;
    over = step();
  }
  return over;
}

static DispenseResult refusal(bool leak, bool empty, bool cup, uint8_t strays) {
  return water_obstacle(&(Inputs){.leak = leak, .tankEmpty = empty, .cupPresent = cup}, &(FlowWatch){.strays = strays});
}

static void the_gravest_reason_is_named(void) {
  CHECK(refusal(false, false, true, 3) == DISPENSE_RESULT_RUNNING);
  CHECK(refusal(true, true, false, 4) == DISPENSE_RESULT_FLOW_WHILE_CLOSED);
  CHECK(refusal(true, true, false, 3) == DISPENSE_RESULT_LEAK);
  CHECK(refusal(false, true, false, 3) == DISPENSE_RESULT_TANK_EMPTY);
  CHECK(refusal(false, false, false, 3) == DISPENSE_RESULT_CUP_MISSING);
}

static void starts_open_and_unknown(void) {
  begin(100, 120, 5000);
  CHECK(water.open && water.outcome == DISPENSE_RESULT_RUNNING && water.pulses == 0 && water.elapsedMs == 0 && water.silentMs == 0);
  CHECK(water.rate.blockMs == 30000);
  CHECK(water_close_at(&water) == (uint16_t)(65000 + 100));
  begin(100, 99, 5000);
  CHECK(water_close_at(&water) == (uint16_t)(65000 + 99));
}

/* A pulse each 10 ms and 60 ms of closing: six pulses are still to come and half of one has passed. */
static void closes_ahead_by_the_run_on(void) {
  begin(100, 120, 5000);
  (void)flow(940, 10);
  CHECK(water.pulses == 94 && water.open);
  (void)flow(4, 0);
  CHECK(water.open);
  (void)flow(1, 0);
  CHECK(!water.open && water.outcome == DISPENSE_RESULT_DONE && water.elapsedMs == 945 && water.silentMs == 0);
}

static void without_a_closing_time_the_target_closes(void) {
  begin(100, 120, 5000);
  closing_100us = 0;
  (void)flow(999, 10);
  CHECK(water.open && water.pulses == 99);
  (void)flow(1, 1);
  CHECK(!water.open && water.pulses == 100 && water.outcome == DISPENSE_RESULT_DONE);
}

/* Before 16 pulses there is no rate to foresee with; from there the valve closes at once. */
static void a_target_within_the_run_on_closes_at_the_first_known_rate(void) {
  begin(20, 40, 5000);
  (void)flow(159, 10);
  CHECK(water.open);
  (void)flow(1, 1);
  CHECK(!water.open && water.pulses == 16);
  begin(5, 40, 5000);
  (void)flow(50, 10);
  CHECK(!water.open && water.pulses == 5);
}

static void the_cap_bounds_the_target(void) {
  begin(100, 60, 5000);
  (void)flow(540, 10);
  CHECK(water.open);
  (void)flow(5, 0);
  CHECK(!water.open);
  CHECK(flow(199, 0) == false);
  CHECK(flow(1, 0));
  CHECK(water.outcome == DISPENSE_RESULT_VOLUME_CAP);
}

static DispenseResult ended_with(uint16_t pulses, uint16_t target, uint16_t cap) {
  begin(target, cap, 5000);
  water_close(&water, DISPENSE_RESULT_DONE);
  in.flowPulses = (uint16_t)(65000 + pulses);
  (void)step();
  while (!step()) continue;
  return water.outcome;
}

static void done_means_that_the_water_is_there(void) {
  CHECK(ended_with(100, 100, 120) == DISPENSE_RESULT_DONE);
  CHECK(ended_with(120, 100, 120) == DISPENSE_RESULT_DONE);
  CHECK(ended_with(121, 100, 120) == DISPENSE_RESULT_VOLUME_CAP);
  /* Seven eighths of 100, in whole pulses: 100 - 12. */
  CHECK(ended_with(88, 100, 120) == DISPENSE_RESULT_DONE);
  CHECK(ended_with(87, 100, 120) == DISPENSE_RESULT_NO_FLOW);
  CHECK(ended_with(100, 100, 100) == DISPENSE_RESULT_DONE);
  CHECK(ended_with(99, 100, 99) == DISPENSE_RESULT_VOLUME_CAP);
}

static void the_first_outcome_stands(void) {
  begin(100, 120, 5000);
  water_close(&water, DISPENSE_RESULT_LEAK);
  water_close(&water, DISPENSE_RESULT_DONE);
  CHECK(water.outcome == DISPENSE_RESULT_LEAK);
  CHECK(flow(199, 0) == false);
  CHECK(flow(1, 0));
  CHECK(water.outcome == DISPENSE_RESULT_LEAK);
}

static void hindrances_close(void) {
  begin(100, 120, 5000);
  (void)flow(100, 10);
  in.tankEmpty = true;
  (void)step();
  CHECK(!water.open && water.outcome == DISPENSE_RESULT_TANK_EMPTY);
  /* The target counts first: the cup may be taken in the same moment. */
  begin(5, 120, 5000);
  (void)flow(49, 10);
  in.flowPulses++;
  in.cupPresent = false;
  (void)step();
  CHECK(water.outcome == DISPENSE_RESULT_DONE);
}

static void no_pulse_for_a_second(void) {
  begin(100, 120, 5000);
  (void)flow(999, 0);
  CHECK(water.open && water.silentMs == 999);
  in.flowPulses++;
  (void)step();
  CHECK(water.silentMs == 0);
  (void)flow(999, 0);
  CHECK(water.open);
  (void)flow(1, 0);
  CHECK(!water.open && water.outcome == DISPENSE_RESULT_NO_FLOW && water.elapsedMs == 2000);
}

static void the_time_cap_closes(void) {
  begin(6000, 6000, 300);
  (void)flow(299, 10);
  CHECK(water.open);
  (void)flow(1, 1);
  CHECK(!water.open && water.outcome == DISPENSE_RESULT_TIME_CAP && water.elapsedMs == 300);
  (void)flow(50, 0);
  CHECK(water.elapsedMs == 300);
}

static void the_run_on_is_counted_until_quiet(void) {
  begin(100, 120, 5000);
  water_close(&water, DISPENSE_RESULT_DONE);
  (void)flow(9 * 199, 199);
  CHECK(water.pulses == 9);
  CHECK(!flow(199, 0));
  CHECK(flow(1, 0));
}

static void water_that_never_stops_is_named(void) {
  begin(100, 120, 5000);
  (void)flow(945, 10);
  CHECK(!water.open);
  watch.strays = 3;
  CHECK(!flow(100, 10));
  watch.strays = 4;
  CHECK(flow(1, 10));
  CHECK(water.outcome == DISPENSE_RESULT_FLOW_WHILE_CLOSED);
}

static void the_error_counts_from_the_target(void) {
  CHECK((ended_with(98, 100, 120), water_error(&water)) == -2);
  CHECK((ended_with(103, 100, 120), water_error(&water)) == 3);
}

const Test water_tests[] = {{"the gravest reason not to is named", the_gravest_reason_is_named},
                            {"starts open and unknown", starts_open_and_unknown},
                            {"closes ahead by the run-on", closes_ahead_by_the_run_on},
                            {"without a closing time the target closes", without_a_closing_time_the_target_closes},
                            {"a target within the run-on", a_target_within_the_run_on_closes_at_the_first_known_rate},
                            {"the cap bounds the target", the_cap_bounds_the_target},
                            {"done means that the water is there", done_means_that_the_water_is_there},
                            {"the first outcome stands", the_first_outcome_stands},
                            {"hindrances close", hindrances_close},
                            {"no pulse for a second", no_pulse_for_a_second},
                            {"the time cap closes", the_time_cap_closes},
                            {"the run-on is counted until quiet", the_run_on_is_counted_until_quiet},
                            {"water that never stops is named", water_that_never_stops_is_named},
                            {"the error counts from the target", the_error_counts_from_the_target}};
SUITE(water);
