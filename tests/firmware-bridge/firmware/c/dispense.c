#include <string.h>
#include "check.h"

static Supervisor robot;
static Inputs in;
static Outputs out;
static unsigned opened_ms;

static const DispenseWaterMessage cup = {.dispenseId = 7, .pulses = 100, .capPulses = 200, .capMs = 5000};

/* Water flows while the valve is open: a pulse every 5 ms. */
static void pour(unsigned ms) {
  for (unsigned at = 0; at < ms; at++) {
    run(&robot, &in, &out, 1);
    if (out.valveOpen) opened_ms++;
    if (out.valveOpen && opened_ms % 5 == 0) in.flowPulses++;
  }
}

static void reset(void) {
  start_robot(&robot, &in);
  opened_ms = 0;
  in.flowPulses = 65500; /* wraps within the portion */
  run(&robot, &in, &out, 1);
}

static AckResult ask(void) {
  return supervisor_dispense_water(&robot, &cup);
}

static DispenseResult outcome(void) {
  DispenseReportMessage report;
  supervisor_query_dispense(&robot, &(QueryDispenseMessage){.dispenseId = 7}, &report);
  return (DispenseResult)report.result;
}

static void pours_the_volume(void) {
  reset();
  CHECK(ask() == ACK_RESULT_ACCEPTED);
  pour(100);
  CHECK(out.valveOpen && out.valveCloseAt == (uint16_t)(65500 + 100));
  pour(2000);
  CHECK(!out.valveOpen);
  CHECK(outcome() == DISPENSE_RESULT_DONE);
  CHECK(in.flowPulses == (uint16_t)(65500 + 100));
}

static void counts_the_run_on(void) {
  DispenseReportMessage report;
  reset();
  CHECK(ask() == ACK_RESULT_ACCEPTED);
  while (robot.dispenser.water.open) pour(1);
  pour(100);
  in.flowPulses = (uint16_t)(in.flowPulses + 8);
  pour(400);
  supervisor_query_dispense(&robot, &(QueryDispenseMessage){.dispenseId = 7}, &report);
  CHECK(report.pulses == 108);
  CHECK(report.result == DISPENSE_RESULT_DONE);
}

static void no_flow_closes_after_a_second(void) {
  reset();
  CHECK(ask() == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 999);
  CHECK(out.valveOpen);
  run(&robot, &in, &out, 1);
  CHECK(!out.valveOpen);
  run(&robot, &in, &out, 400);
  CHECK(outcome() == DISPENSE_RESULT_NO_FLOW);
}

static void caps_close(void) {
  reset();
  CHECK(supervisor_dispense_water(&robot, &(DispenseWaterMessage){7, 100, 60, 5000}) == ACK_RESULT_ACCEPTED);
  pour(3000);
  CHECK(outcome() == DISPENSE_RESULT_VOLUME_CAP && in.flowPulses == (uint16_t)(65500 + 60));
  reset();
  CHECK(supervisor_dispense_water(&robot, &(DispenseWaterMessage){7, 6000, 6000, 300}) == ACK_RESULT_ACCEPTED);
  pour(1000);
  CHECK(outcome() == DISPENSE_RESULT_TIME_CAP && opened_ms <= 300);
}

static void every_reason_not_to(void) {
  reset();
  in.cupPresent = false;
  run(&robot, &in, &out, 1);
  CHECK(ask() == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 1);
  CHECK(!out.valveOpen && outcome() == DISPENSE_RESULT_CUP_MISSING);
  reset();
  in.tankEmpty = true;
  run(&robot, &in, &out, 1);
  (void)ask();
  CHECK(outcome() == DISPENSE_RESULT_TANK_EMPTY);
  reset();
  in.leak = true;
  run(&robot, &in, &out, 1);
  (void)ask();
  CHECK(outcome() == DISPENSE_RESULT_LEAK);
}

static void cup_taken_away_closes(void) {
  reset();
  (void)ask();
  pour(100);
  in.cupPresent = false;
  pour(1);
  CHECK(!out.valveOpen);
  pour(400);
  CHECK(outcome() == DISPENSE_RESULT_CUP_MISSING);
}

static void silent_host_closes(void) {
  reset();
  (void)ask();
  pour(100);
  for (unsigned at = 0; at < 248; at++) {
    run_silent(&robot, &in, &out, 1);
    if (at % 5 == 0) in.flowPulses++;
  }
  CHECK(out.valveOpen);
  run_silent(&robot, &in, &out, 3);
  CHECK(!out.valveOpen);
  run_silent(&robot, &in, &out, 400);
  CHECK(outcome() == DISPENSE_RESULT_NOT_RENEWED);
}

static void stops_interrupt(void) {
  reset();
  (void)ask();
  pour(100);
  in.eStopOpen = true;
  pour(1);
  CHECK(!out.valveOpen);
  pour(400);
  CHECK(outcome() == DISPENSE_RESULT_INTERRUPTED);
  reset();
  (void)ask();
  pour(100);
  (void)supervisor_stop(&robot);
  pour(1);
  CHECK(!out.valveOpen);
}

static void repeated_id_pours_once(void) {
  reset();
  CHECK(ask() == ACK_RESULT_ACCEPTED);
  pour(50);
  CHECK(ask() == ACK_RESULT_REPEATED);
  CHECK(supervisor_dispense_water(&robot, &(DispenseWaterMessage){8, 10, 20, 1000}) == ACK_RESULT_BUSY);
  pour(3000);
  const uint16_t poured = in.flowPulses;
  CHECK(ask() == ACK_RESULT_REPEATED);
  pour(1000);
  CHECK(in.flowPulses == poured);
}

/* The history survives a reset; what ran then was interrupted and is not poured again. */
static void repeated_id_after_a_reset(void) {
  static DispenseHistory kept;
  reset();
  (void)ask();
  pour(250);
  kept = *robot.dispenser.history;
  supervisor_init(&robot, STOP_CAUSE_WATCHDOG_RESET, &kept);
  run(&robot, &in, &out, 100);
  CHECK(ask() == ACK_RESULT_REPEATED);
  run(&robot, &in, &out, 10);
  CHECK(!out.valveOpen);
  CHECK(outcome() == DISPENSE_RESULT_INTERRUPTED);
  /* A damaged history is forgotten whole. */
  kept.records[0].pulses ^= 1;
  kept.records[1].pulses ^= 1;
  dispense_history_recover(&kept);
  CHECK(outcome() == DISPENSE_RESULT_IDLE);
}

static void moving_and_dispensing_exclude_each_other(void) {
  reset();
  CHECK(supervisor_drive(&robot, &(DriveMessage){100, 100, 250}) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 5);
  CHECK(ask() == ACK_RESULT_INTERLOCKED);
  run(&robot, &in, &out, 2000);
  CHECK(ask() == ACK_RESULT_ACCEPTED);
  pour(10);
  CHECK(supervisor_drive(&robot, &(DriveMessage){100, 100, 250}) == ACK_RESULT_INTERLOCKED);
  pour(10);
  CHECK(!out.motorEnable);
  CHECK(out.valveOpen);
}

static void latched_stop_refuses(void) {
  reset();
  in.bumperLeft = true;
  run(&robot, &in, &out, 2);
  in.bumperLeft = false;
  CHECK(ask() == ACK_RESULT_STOPPED);
  run_silent(&robot, &in, &out, 2);
  CHECK(!out.valveOpen);
}

static void reports_come(void) {
  DispenseReportMessage report;
  unsigned running = 0, done = 0;
  reset();
  (void)ask();
  for (unsigned at = 0; at < 2000; at++) {
    pour(1);
    if (!dispenser_take_report(&robot.dispenser, &report)) continue;
    if (report.result == DISPENSE_RESULT_RUNNING) running++;
    if (report.result == DISPENSE_RESULT_DONE) done++;
  }
  /* 100 pulses take 500 ms, the run-on 300 ms: every 100 ms one. */
  CHECK(running >= 7 && running <= 8);
  CHECK(done == 3);
}

/* Spiral of `turn_ms` a turn, home for the first and last 40 ms; the snack falls at `drop_at`. */
static unsigned angle_ms;
static unsigned vend(unsigned drop_at, unsigned limit) {
  unsigned turned = 0;
  for (unsigned at = 0; at < limit && robot.dispenser.running; at++) {
    run(&robot, &in, &out, 1);
    if (out.snackMotor) {
      turned++;
      angle_ms = (angle_ms + 1) % 2000;
    }
    in.snackHome = angle_ms < 40 || angle_ms >= 1960;
    in.snackBeam = turned >= drop_at && turned < drop_at + 50;
  }
  in.snackBeam = false;
  return turned;
}

static DispenseResult snack(unsigned drop_at, unsigned *turned) {
  reset();
  angle_ms = 0;
  CHECK(supervisor_dispense_snack(&robot, &(DispenseSnackMessage){.dispenseId = 7}) == ACK_RESULT_ACCEPTED);
  *turned = vend(drop_at, 20000);
  return outcome();
}

static void snack_turns_once(void) {
  unsigned turned;
  CHECK(snack(1900, &turned) == DISPENSE_RESULT_DONE);
  CHECK(turned >= 1950 && turned <= 2010);
}

static void snack_tries_three_quarters_more(void) {
  unsigned turned;
  CHECK(snack(2700, &turned) == DISPENSE_RESULT_DONE);
  CHECK(turned >= 2700 && turned < 3100);
  CHECK(snack(9999, &turned) == DISPENSE_RESULT_NOT_DROPPED);
  CHECK(turned >= 3400 && turned <= 3520);
}

static void blocked_beam_turns_nothing(void) {
  reset();
  in.snackBeam = true;
  run(&robot, &in, &out, 1);
  (void)supervisor_dispense_snack(&robot, &(DispenseSnackMessage){.dispenseId = 7});
  run(&robot, &in, &out, 5);
  CHECK(!out.snackMotor);
  CHECK(outcome() == DISPENSE_RESULT_NOT_DROPPED);
}

static void jammed_spiral_gives_up(void) {
  reset();
  (void)supervisor_dispense_snack(&robot, &(DispenseSnackMessage){.dispenseId = 7});
  run(&robot, &in, &out, 4999);
  CHECK(out.snackMotor);
  run(&robot, &in, &out, 2);
  CHECK(!out.snackMotor);
  CHECK(outcome() == DISPENSE_RESULT_NOT_DROPPED);
}

const Test dispense_tests[] = {{"pours the volume, across a counter wrap", pours_the_volume},
                               {"counts the run-on", counts_the_run_on},
                               {"no flow closes after 1 s", no_flow_closes_after_a_second},
                               {"volume and time caps close", caps_close},
                               {"no cup, no water, a leak: no pouring", every_reason_not_to},
                               {"a cup taken away closes", cup_taken_away_closes},
                               {"a silent host closes", silent_host_closes},
                               {"stops interrupt", stops_interrupt},
                               {"a repeated id pours once", repeated_id_pours_once},
                               {"a repeated id after a reset pours nothing", repeated_id_after_a_reset},
                               {"moving and dispensing exclude each other", moving_and_dispensing_exclude_each_other},
                               {"a latched stop refuses", latched_stop_refuses},
                               {"reports come", reports_come},
                               {"snack: one turn", snack_turns_once},
                               {"snack: three quarter turns more", snack_tries_three_quarters_more},
                               {"snack: a blocked beam turns nothing", blocked_beam_turns_nothing},
                               {"snack: a jammed spiral gives up", jammed_spiral_gives_up}};
SUITE(dispense);
