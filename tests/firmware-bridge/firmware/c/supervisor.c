#include "check.h"

static Supervisor robot;
static Inputs in;
static Outputs out;
static StateMessage state;

static AckResult drive(int16_t left, int16_t right) {
  return supervisor_drive(&robot, &(DriveMessage){.leftMmS = left, .rightMmS = right, .validMs = 250});
}

static void press(void) {
  in.releasePressed = true;
  run(&robot, &in, &out, 60);
  in.releasePressed = false;
  run(&robot, &in, &out, 60);
}

static uint16_t flags(void) {
  supervisor_fill_state(&robot, &state);
  return state.flags;
}

/* Each flag by its number in PROTOCOL.md, and none but it. */
static void tells_each_flag(void) {
  start_robot(&robot, &in);
  in.cupPresent = false;
  run(&robot, &in, &out, 1);
  CHECK(flags() == 0x010); /* configured */
  in.cupPresent = true;
  run(&robot, &in, &out, 1);
  CHECK(flags() == 0x030);
  in.cupPresent = false;
  in.tankEmpty = true;
  run(&robot, &in, &out, 1);
  CHECK(flags() == 0x050);
  in.tankEmpty = false;
  in.leak = true;
  run(&robot, &in, &out, 1);
  CHECK(flags() == 0x410);
  in.leak = false;
  run(&robot, &in, &out, 1000);
  for (unsigned pulses = 0; pulses < 4; pulses++) {
    in.flowPulses++;
    run(&robot, &in, &out, 1);
  }
  CHECK(flags() == 0x210);
  run(&robot, &in, &out, 1000);
  CHECK(flags() == 0x010);
  in.releasePressed = true;
  run(&robot, &in, &out, 1);
  CHECK(flags() == 0x810);
  in.releasePressed = false;
  CHECK(drive(100, 100) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 10);
  CHECK(flags() == 0x012);
  (void)supervisor_stop(&robot);
  run(&robot, &in, &out, 1);
  CHECK(flags() == 0x010);
  in.hatchOpen = true;
  run(&robot, &in, &out, 1);
  CHECK(flags() == 0x091);
  in.hatchOpen = false;
  in.eStopOpen = true;
  run(&robot, &in, &out, 1);
  CHECK(flags() == 0x019 && state.stopCause == 16); /* the hatch was first */
  in.eStopOpen = false;
  press();
  in.snackBeam = false;
  CHECK(supervisor_dispense_snack(&robot, &(DispenseSnackMessage){.dispenseId = 1}) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 1);
  CHECK(flags() == 0x014 && out.snackMotor);
}

static void tells_what_it_sees(void) {
  start_robot(&robot, &in);
  in.leftPulses = -3;
  in.rightPulses = 4;
  in.frontLeftMm = 1001;
  in.frontRightMm = 1002;
  in.leftMm = 303;
  in.rightMm = 404;
  in.rearMm = 755;
  in.batteryMv = 24007;
  run(&robot, &in, &out, 60);
  supervisor_heartbeat(&robot, &(HeartbeatMessage){.hostTimeMs = 77});
  supervisor_fill_state(&robot, &state);
  CHECK(state.hostTimeMs == 77 && state.leftPulses == -3 && state.rightPulses == 4);
  CHECK(state.rangeFrontLeftMm == 1001 && state.rangeFrontRightMm == 1002);
  CHECK(state.rangeLeftMm == 303 && state.rangeRightMm == 404 && state.rangeRearMm == 755 && state.batteryMv == 24007);
  robot.drive.left.measuredMmS = -8;
  robot.drive.right.measuredMmS = 9;
  robot.drive.capMmS = 123;
  supervisor_fill_state(&robot, &state);
  CHECK(state.leftMmS == -8 && state.rightMmS == 9 && state.speedCapMmS == 123);
}

static void expect_last(StopCause cause, uint32_t at_ms) {
  supervisor_fill_state(&robot, &state);
  CHECK(state.lastStopCause == cause && state.lastStopAtMs == at_ms);
  CHECK(robot.run.lastStopCause == cause && robot.run.lastStopAtMs == at_ms);
}

static void remembers_the_boot_stop(void) {
  static DispenseHistory history;
  in = healthy();
  supervisor_init(&robot, STOP_CAUSE_BROWN_OUT, &history);
  expect_last(STOP_CAUSE_BROWN_OUT, 0);
  run(&robot, &in, &out, 1000);
  expect_last(STOP_CAUSE_BROWN_OUT, 0);
  CHECK(state.uptimeMs == 1000);
  /* Boot is one stop until it is released: what comes on top is not its first cause. */
  in.eStopOpen = true;
  run(&robot, &in, &out, 10);
  expect_last(STOP_CAUSE_BROWN_OUT, 0);
}

static void remembers_the_latest_stop(void) {
  start_robot(&robot, &in); /* 400 ms */
  expect_last(STOP_CAUSE_POWER_UP, 0);
  in.cliff = true;
  run(&robot, &in, &out, 1);
  expect_last(STOP_CAUSE_CLIFF, 401);
  in.motorFault = true;
  run(&robot, &in, &out, 10);
  in.motorFault = false;
  in.cliff = false;
  press();
  expect_last(STOP_CAUSE_CLIFF, 401);
  /* A protective stop, refused at the command: seen from the next millisecond. */
  in.frontLeftMm = 300;
  run(&robot, &in, &out, 1);
  CHECK(drive(100, 100) == ACK_RESULT_STOPPED);
  const uint32_t at = robot.run.uptimeMs + 1;
  run(&robot, &in, &out, 5);
  expect_last(STOP_CAUSE_OBSTACLE_FRONT, at);
  /* One protective cause after the other without a gap is one stop; a latched one is another. */
  in.frontFailed = true;
  in.frontLeftMm = 5000;
  run(&robot, &in, &out, 5);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_RANGE_SENSOR_FAILED);
  expect_last(STOP_CAUSE_OBSTACLE_FRONT, at);
  in.eStopOpen = true;
  run(&robot, &in, &out, 5);
  expect_last(STOP_CAUSE_E_STOP, at + 9 + 1);
}

static void the_same_cause_again_is_another_stop(void) {
  start_robot(&robot, &in);
  for (unsigned again = 0; again < 2; again++) {
    const uint32_t at = robot.run.uptimeMs + 1;
    in.frontFailed = true;
    run(&robot, &in, &out, 30);
    expect_last(STOP_CAUSE_RANGE_SENSOR_FAILED, at);
    in.frontFailed = false;
    run(&robot, &in, &out, 30);
    expect_last(STOP_CAUSE_RANGE_SENSOR_FAILED, at);
  }
}

/* Before `configure` the numbers are harmless, and motion is refused anyway. */
static void starts_harmless(void) {
  static DispenseHistory history;
  in = healthy();
  supervisor_init(&robot, STOP_CAUSE_POWER_UP, &history);
  CHECK(robot.limits.speedCapMmS == 50 && robot.limits.pulsesPerMetreLeft == 1000 && robot.limits.pulsesPerMetreRight == 1000);
  CHECK(robot.limits.marginMm == 2000 && robot.limits.resumeMm == 3000);
  CHECK(robot.limits.brakingMmS2 == 500 && robot.limits.brakingDelayMs == 200 && robot.limits.decelerationMmS2 == 1000);
  run(&robot, &in, &out, 100);
  press();
  CHECK(flags() == 0x020);
  CHECK(drive(10, 10) == ACK_RESULT_INTERLOCKED && drive(0, 10) == ACK_RESULT_INTERLOCKED && drive(10, 0) == ACK_RESULT_INTERLOCKED);
  CHECK(drive(0, 0) == ACK_RESULT_ACCEPTED);
}

static void boots_at_rest(void) {
  static DispenseHistory history;
  const ConfigureMessage limits = calibration();
  supervisor_init(&robot, STOP_CAUSE_POWER_UP, &history);
  CHECK(!drive_moving(&robot.drive) && robot.retreat.hit == 0 && robot.protective.cause == STOP_CAUSE_NONE);
  CHECK(free_distance_cap(&robot.free, 100, 100) == 0 && free_distance_cap(&robot.free, -100, -100) == 0);
  CHECK(supervisor_configure(&robot, &limits) == ACK_RESULT_ACCEPTED);
}

/* Silent from boot on: a host that has never spoken is lost. */
static void needs_a_first_heartbeat(void) {
  static DispenseHistory history;
  in = healthy();
  supervisor_init(&robot, STOP_CAUSE_POWER_UP, &history);
  run_silent(&robot, &in, &out, 1);
  CHECK(robot.protective.cause == STOP_CAUSE_HEARTBEAT_LOST);
  for (unsigned again = 0; again < 3; again++) run_silent(&robot, &in, &out, 100);
  CHECK(robot.protective.cause == STOP_CAUSE_HEARTBEAT_LOST);
  supervisor_heartbeat(&robot, &(HeartbeatMessage){.hostTimeMs = 1});
  run_silent(&robot, &in, &out, 99);
  CHECK(robot.protective.cause == STOP_CAUSE_NONE);
  run_silent(&robot, &in, &out, 1);
  CHECK(robot.protective.cause == STOP_CAUSE_HEARTBEAT_LOST);
  /* The age has an end and does not begin anew. */
  run_silent(&robot, &in, &out, 1000);
  CHECK(robot.protective.cause == STOP_CAUSE_HEARTBEAT_LOST);
}

static void refuses_a_configuration_that_flaps(void) {
  start_robot(&robot, &in);
  run(&robot, &in, &out, 300);
  ConfigureMessage limits = calibration();
  limits.resumeMm = 499;
  CHECK(supervisor_configure(&robot, &limits) == ACK_RESULT_OUT_OF_RANGE);
  limits.resumeMm = 500;
  CHECK(supervisor_configure(&robot, &limits) == ACK_RESULT_ACCEPTED && robot.limits.resumeMm == 500);
  CHECK(supervisor_dispense_snack(&robot, &(DispenseSnackMessage){.dispenseId = 1}) == ACK_RESULT_ACCEPTED);
  CHECK(supervisor_configure(&robot, &limits) == ACK_RESULT_INTERLOCKED);
  (void)supervisor_stop(&robot);
  run(&robot, &in, &out, 1000);
  CHECK(drive(100, 100) == ACK_RESULT_ACCEPTED);
  CHECK(supervisor_configure(&robot, &limits) == ACK_RESULT_INTERLOCKED); /* commanded, not yet moving */
  (void)supervisor_stop(&robot);
  in.leftPulses++;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_configure(&robot, &limits) == ACK_RESULT_INTERLOCKED); /* turning, not commanded */
  run(&robot, &in, &out, 100);
  CHECK(supervisor_configure(&robot, &limits) == ACK_RESULT_ACCEPTED);
}

/* A held motion that has lapsed is forgotten: an obstacle that comes later is none. */
static void ended_motion_is_not_wanted(void) {
  start_robot(&robot, &in);
  CHECK(drive(100, 100) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 249);
  CHECK(robot.protective.wantedLeftMmS == 100 && robot.protective.wantedRightMmS == 100);
  run(&robot, &in, &out, 1);
  CHECK(robot.protective.wantedLeftMmS == 0 && robot.protective.wantedRightMmS == 0);
  in.frontLeftMm = 100;
  run(&robot, &in, &out, 10);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
}

/* Every stop that brakes begins in its own millisecond, not when the command lapses. */
static void braking_begins_at_once(void) {
  for (unsigned kind = 0; kind < 4; kind++) {
    start_robot(&robot, &in);
    run(&robot, &in, &out, 50);
    in.batteryMv = kind == 3 ? 20000 : 25000;
    if (kind == 3) run(&robot, &in, &out, 950);
    CHECK(drive(200, 200) == ACK_RESULT_ACCEPTED);
    run(&robot, &in, &out, 49);
    CHECK(drive_commanded(&robot.drive) && robot.drive.leftTargetMmS > 0 && robot.drive.rightTargetMmS > 0);
    if (kind == 0) in.hatchOpen = true;
    if (kind == 1) in.frontRightMm = 300;
    /* The last heartbeat came 9 ms ago. */
    if (kind == 2) run_silent(&robot, &in, &out, 90);
    CHECK(drive_commanded(&robot.drive));
    run_silent(&robot, &in, &out, 1);
    CHECK(supervisor_stop_cause(&robot) != STOP_CAUSE_NONE);
    CHECK(!drive_commanded(&robot.drive) && robot.drive.leftTargetMmS == 0 && robot.drive.rightTargetMmS == 0);
    CHECK(out.motorEnable);
  }
}

static void refused_motion_ends_the_one_in_force(void) {
  start_robot(&robot, &in);
  in.frontLeftMm = 300;
  run(&robot, &in, &out, 1);
  CHECK(drive(-200, -200) == ACK_RESULT_ACCEPTED && drive_commanded(&robot.drive));
  CHECK(drive(200, 200) == ACK_RESULT_STOPPED && !drive_commanded(&robot.drive));
  CHECK(robot.protective.wantedLeftMmS == 200 && robot.protective.wantedRightMmS == 200);
  CHECK(supervisor_stop(&robot) == ACK_RESULT_ACCEPTED);
  CHECK(robot.protective.wantedLeftMmS == 0 && robot.protective.wantedRightMmS == 0);
}

static void configures_the_dispenser_too(void) {
  DispenseReportMessage report;
  ConfigureMessage limits = calibration();
  start_robot(&robot, &in);
  run(&robot, &in, &out, 300);
  limits.valveClosing100us = 777;
  CHECK(supervisor_configure(&robot, &limits) == ACK_RESULT_ACCEPTED);
  supervisor_query_dispense(&robot, &(QueryDispenseMessage){.dispenseId = 9}, &report);
  CHECK(report.dispenseId == 9 && report.result == 0 && report.closing100us == 777);
}

static AckResult snack(void) {
  return supervisor_dispense_snack(&robot, &(DispenseSnackMessage){.dispenseId = 1});
}

static AckResult water(void) {
  return supervisor_dispense_water(&robot, &(DispenseWaterMessage){.dispenseId = 2, .pulses = 9, .capPulses = 9, .capMs = 999});
}

static void dispenses_only_at_rest_and_commanded(void) {
  start_robot(&robot, &in);
  run(&robot, &in, &out, 100);
  CHECK(drive(100, 100) == ACK_RESULT_ACCEPTED && !drive_moving(&robot.drive));
  CHECK(snack() == ACK_RESULT_INTERLOCKED && water() == ACK_RESULT_INTERLOCKED);
  (void)supervisor_stop(&robot);
  in.rightPulses--;
  run(&robot, &in, &out, 1);
  CHECK(snack() == ACK_RESULT_INTERLOCKED && water() == ACK_RESULT_INTERLOCKED);
  run(&robot, &in, &out, 100);
  run_silent(&robot, &in, &out, 100);
  CHECK(snack() == ACK_RESULT_STOPPED && water() == ACK_RESULT_STOPPED);
  /* A silent host may still ask to stand. */
  CHECK(drive(0, 0) == ACK_RESULT_ACCEPTED && drive(10, 10) == ACK_RESULT_STOPPED);
  run(&robot, &in, &out, 1);
  in.hatchOpen = true;
  run(&robot, &in, &out, 1);
  CHECK(snack() == ACK_RESULT_STOPPED && water() == ACK_RESULT_STOPPED);
  in.hatchOpen = false;
  press();
  CHECK(snack() == ACK_RESULT_ACCEPTED);
}

/* The valve closes in the 250th millisecond of silence. */
static void silence_closes_the_valve(void) {
  start_robot(&robot, &in);
  run(&robot, &in, &out, 100);
  supervisor_heartbeat(&robot, &(HeartbeatMessage){.hostTimeMs = 1});
  CHECK(water() == ACK_RESULT_ACCEPTED);
  run_silent(&robot, &in, &out, 249);
  CHECK(out.valveOpen);
  run_silent(&robot, &in, &out, 1);
  CHECK(!out.valveOpen);
}

/* Pushed by hand at up to 100 mm/s it pours on; faster, either wheel either way, the cup is no longer there. */
static void push_ends_a_portion(void) {
  for (int8_t sign = -1; sign <= 1; sign = (int8_t)(sign + 2)) {
    for (uint8_t side = 0; side < 2; side++) {
      ConfigureMessage fine = calibration();
      /* 5 mm in the window of 50 ms are a hundred pulses. */
      fine.pulsesPerMetreLeft = fine.pulsesPerMetreRight = 20000;
      start_robot(&robot, &in);
      run(&robot, &in, &out, 200);
      CHECK(supervisor_configure(&robot, &fine) == ACK_RESULT_ACCEPTED);
      CHECK(water() == ACK_RESULT_ACCEPTED);
      if (side == 0) in.leftPulses += 100 * sign;
      else in.rightPulses += 100 * sign;
      run(&robot, &in, &out, 40);
      CHECK(out.valveOpen);
      if (side == 0) in.leftPulses += sign;
      else in.rightPulses += sign;
      run(&robot, &in, &out, 10);
      CHECK(!out.valveOpen);
    }
  }
}

/* 166 mm/s for two seconds, and the front sensors say the same all the time. */
static void frozen_sensor_has_failed(void) {
  start_robot(&robot, &in);
  in.frontLeftMm = 5000;
  for (unsigned ms = 0; ms < 2500; ms++) {
    in.leftPulses += ms % 3 == 0;
    in.rightPulses += ms % 3 == 0;
    run(&robot, &in, &out, 1);
    if (ms == 1500) CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  }
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_RANGE_SENSOR_FAILED);
}

/* A latched stop is told before a protective one. */
static void tells_the_latched_cause_first(void) {
  start_robot(&robot, &in);
  in.frontFailed = true;
  run(&robot, &in, &out, 5);
  in.hatchOpen = true;
  run(&robot, &in, &out, 5);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_HATCH_OPEN);
  in.hatchOpen = false;
  press();
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_RANGE_SENSOR_FAILED);
}

const Test supervisor_tests[] = {{"tells each flag", tells_each_flag},
                                 {"tells what it sees", tells_what_it_sees},
                                 {"remembers the stop of the boot", remembers_the_boot_stop},
                                 {"remembers the latest stop", remembers_the_latest_stop},
                                 {"the same cause again is another stop", the_same_cause_again_is_another_stop},
                                 {"starts harmless", starts_harmless},
                                 {"boots at rest", boots_at_rest},
                                 {"needs a first heartbeat", needs_a_first_heartbeat},
                                 {"refuses a configuration that flaps", refuses_a_configuration_that_flaps},
                                 {"an ended motion is not wanted", ended_motion_is_not_wanted},
                                 {"braking begins at once", braking_begins_at_once},
                                 {"a refused motion ends the one in force", refused_motion_ends_the_one_in_force},
                                 {"configures the dispenser, too", configures_the_dispenser_too},
                                 {"dispenses only at rest, for a host that is there", dispenses_only_at_rest_and_commanded},
                                 {"silence closes the valve", silence_closes_the_valve},
                                 {"a push ends a portion", push_ends_a_portion},
                                 {"a frozen sensor has failed", frozen_sensor_has_failed},
                                 {"tells the latched cause first", tells_the_latched_cause_first}};
SUITE(supervisor);
