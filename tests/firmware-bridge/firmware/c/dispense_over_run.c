#include "../../../../firmware-bridge/firmware/safety/flow_watch.h"
#include "../../../../firmware-bridge/firmware/safety/over_run.h"
#include "check.h"

static FlowRate rate;

static void the_rate_is_that_of_the_latest_16_pulses(void) {
  flow_rate_start(&rate);
  CHECK(rate.blockMs == 30000 && rate.markPulses == 0 && rate.markMs == 0);
  flow_rate_step(&rate, 15, 150);
  CHECK(rate.blockMs == 30000);
  flow_rate_step(&rate, 16, 160);
  CHECK(rate.blockMs == 160 && rate.markPulses == 16 && rate.markMs == 160);
  flow_rate_step(&rate, 31, 400);
  CHECK(rate.blockMs == 160);
  flow_rate_step(&rate, 33, 430);
  CHECK(rate.blockMs == 270 && rate.markPulses == 33 && rate.markMs == 430);
}

/* A pulse each 10 ms, so that a closing time of 60 ms lets six pulses more pass. */
static bool reaches(uint16_t missing, uint16_t silent_ms, uint16_t closing_100us) {
  return over_run_reaches(&(FlowRate){.blockMs = 160}, missing, silent_ms, closing_100us);
}

static void the_end_lies_in_the_middle_of_a_pulse(void) {
  CHECK(reaches(6, 5, 600));
  CHECK(!reaches(6, 4, 600));
  CHECK(!reaches(7, 5, 600));
  CHECK(reaches(6, 5, 600) && !reaches(6, 5, 599));
  CHECK(reaches(6, 0, 650) && !reaches(6, 0, 649));
  /* A late pulse is no flow: a whole one is the most that is taken for passed. */
  CHECK(reaches(7, 10, 650) && reaches(7, 500, 650) && !reaches(7, 500, 649) && !reaches(8, 1000, 650));
  /* No closing time known: only the pulse under way. */
  CHECK(!reaches(1, 1000, 0));
}

static void without_a_rate_nothing_closes_early(void) {
  flow_rate_start(&rate);
  CHECK(!over_run_reaches(&rate, 1, 1000, 3000));
}

static void the_largest_numbers_fit(void) {
  CHECK(!over_run_reaches(&(FlowRate){.blockMs = 30000}, 6000, 1000, 3000));
  CHECK(!over_run_reaches(&(FlowRate){.blockMs = 30000}, 7000, 1000, 3000));
}

static uint16_t learn(uint16_t mark, uint16_t block_ms, int16_t error, uint16_t closing) {
  return over_run_learn(&(FlowRate){.markPulses = mark, .markMs = 1, .blockMs = block_ms}, error, closing);
}

static void half_of_the_error_is_learned(void) {
  /* A pulse each 6 ms: two pulses too many are 12 ms, half of it 6 ms. */
  CHECK(learn(32, 96, 2, 600) == 660);
  CHECK(learn(32, 96, -2, 600) == 540);
  CHECK(learn(6000, 96, 0, 600) == 600);
  CHECK(learn(32, 97, 1, 600) == 630);
}

static void one_portion_teaches_10_ms_at_most(void) {
  CHECK(learn(64, 320, 1, 600) == 700);
  CHECK(learn(64, 317, 1, 600) == 699);
  CHECK(learn(64, 324, 1, 600) == 700);
  CHECK(learn(64, 96, 1000, 600) == 700);
  CHECK(learn(64, 320, -1, 600) == 500);
  CHECK(learn(64, 317, -1, 600) == 501);
  CHECK(learn(64, 30000, -5000, 600) == 500);
}

static void the_learned_time_stays_in_its_range(void) {
  CHECK(learn(64, 96, -2, 59) == 0);
  CHECK(learn(64, 96, -2, 61) == 1);
  CHECK(learn(64, 96, 2, 2939) == 2999);
  CHECK(learn(64, 96, 2, 2941) == 3000);
  CHECK(learn(64, 96, 2, 3000) == 3000);
}

static void a_portion_of_less_than_two_blocks_teaches_nothing(void) {
  CHECK(learn(31, 96, 2, 600) == 600);
  CHECK(learn(16, 96, 2, 600) == 600);
}

static FlowWatch watch;
static uint16_t count;

/* `ms` milliseconds with the valve closed, a pulse in the first of each `every`; 0 for none. */
static void closed(unsigned ms, unsigned every) {
  for (unsigned at = 0; at < ms; at++) {
    if (every != 0 && at % every == 0) count++;
    flow_watch_step(&watch, count, false);
  }
}

static void shut(void) {
  watch = (FlowWatch){.lastPulses = 7, .strays = 0};
  count = 65530;
  flow_watch_step(&watch, count, true);
  CHECK(watch.lastPulses == 65530 && watch.closedMs == 0);
}

static void the_run_on_is_no_fault(void) {
  shut();
  closed(1000, 1);
  CHECK(watch.closedMs == 1000 && watch.strays == 0);
  closed(3, 1);
  CHECK(!flow_while_closed(&watch));
  closed(1, 1);
  CHECK(flow_while_closed(&watch));
  CHECK(watch.closedMs == 1000);
}

static void stray_pulses_are_forgotten_after_a_quiet_second(void) {
  shut();
  closed(1000, 0);
  closed(1, 1);
  closed(999, 0);
  closed(1, 1);
  closed(999, 0);
  closed(1, 1);
  CHECK(watch.strays == 3);
  closed(999, 0);
  CHECK(watch.strays == 3);
  closed(1, 0);
  CHECK(watch.strays == 0 && watch.quietMs == 0);
}

static void it_stays_until_quiet_for_a_second(void) {
  shut();
  closed(1000, 0);
  closed(4, 1);
  CHECK(flow_while_closed(&watch));
  closed(10, 1);
  CHECK(watch.strays == 4);
  closed(999, 0);
  CHECK(flow_while_closed(&watch));
  closed(1, 1);
  closed(999, 0);
  CHECK(flow_while_closed(&watch));
  closed(1, 0);
  CHECK(!flow_while_closed(&watch));
}

static void opening_begins_the_run_on_anew(void) {
  shut();
  closed(1000, 0);
  closed(2, 1);
  flow_watch_step(&watch, ++count, true);
  closed(500, 1);
  CHECK(watch.closedMs == 500 && watch.strays == 2);
}

const Test over_run_tests[] = {{"the rate is that of the latest 16 pulses", the_rate_is_that_of_the_latest_16_pulses},
                               {"the end lies in the middle of a pulse", the_end_lies_in_the_middle_of_a_pulse},
                               {"without a rate nothing closes early", without_a_rate_nothing_closes_early},
                               {"the largest numbers fit", the_largest_numbers_fit},
                               {"half of the error is learned", half_of_the_error_is_learned},
                               {"one portion teaches 10 ms at most", one_portion_teaches_10_ms_at_most},
                               {"the learned time stays in its range", the_learned_time_stays_in_its_range},
                               {"less than two blocks teach nothing", a_portion_of_less_than_two_blocks_teaches_nothing},
                               {"the run-on is no fault", the_run_on_is_no_fault},
                               {"stray pulses are forgotten after a quiet second", stray_pulses_are_forgotten_after_a_quiet_second},
                               {"water at a closed valve: until quiet for a second", it_stays_until_quiet_for_a_second},
                               {"opening begins the run-on anew", opening_begins_the_run_on_anew}};
SUITE(over_run);
