#include <stddef.h>
#include "check.h"

static Supervisor robot;
static Inputs in;
static Outputs out;

static void press(unsigned ms) {
  in.releasePressed = true;
  run(&robot, &in, &out, ms);
  in.releasePressed = false;
  run(&robot, &in, &out, 100);
}

static AckResult drive_forwards(void) {
  return supervisor_drive(&robot, &(DriveMessage){.leftMmS = 200, .rightMmS = 200, .validMs = 200});
}

static void boots_latched(void) {
  static DispenseHistory history;
  const StopCause causes[] = {STOP_CAUSE_POWER_UP, STOP_CAUSE_WATCHDOG_RESET, STOP_CAUSE_BROWN_OUT};
  for (unsigned index = 0; index < COUNT(causes); index++) {
    const ConfigureMessage limits = calibration();
    in = healthy();
    supervisor_init(&robot, causes[index], &history);
    CHECK(robot.latch.powerOff);
    run(&robot, &in, &out, 5000);
    CHECK(supervisor_configure(&robot, &limits) == ACK_RESULT_ACCEPTED);
    CHECK(supervisor_stop_cause(&robot) == causes[index]);
    CHECK(drive_forwards() == ACK_RESULT_STOPPED);
    press(60);
    CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
    CHECK(drive_forwards() == ACK_RESULT_ACCEPTED);
  }
}

/* Released at the 50th millisecond, not at the 49th. */
static void short_press_releases_nothing(void) {
  start_robot(&robot, &in);
  in.eStopOpen = true;
  run(&robot, &in, &out, 10);
  in.eStopOpen = false;
  press(49);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_E_STOP);
  press(50);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
}

/* The button must have been seen released for 50 ms: 49 do not do, and the two halves of a bouncing one do not add up. */
static void button_is_armed_after_50_ms(void) {
  for (unsigned released = 49; released <= 50; released++) {
    start_robot(&robot, &in);
    in.eStopOpen = true;
    in.releasePressed = true;
    run(&robot, &in, &out, 60);
    in.eStopOpen = false;
    in.releasePressed = false;
    run(&robot, &in, &out, released);
    in.releasePressed = true;
    run(&robot, &in, &out, 49);
    CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_E_STOP);
    run(&robot, &in, &out, 1);
    CHECK(supervisor_stop_cause(&robot) == (released == 50 ? STOP_CAUSE_NONE : STOP_CAUSE_E_STOP));
  }
}

static void bouncing_button_is_no_press(void) {
  start_robot(&robot, &in);
  in.eStopOpen = true;
  run(&robot, &in, &out, 1);
  in.eStopOpen = false;
  for (unsigned at = 0; at < 10; at++) {
    in.releasePressed = true;
    run(&robot, &in, &out, 30);
    in.releasePressed = false;
    run(&robot, &in, &out, 30);
  }
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_E_STOP);
  press(50);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
}

static void jammed_button_releases_nothing(void) {
  static DispenseHistory history;
  in = healthy();
  in.releasePressed = true;
  supervisor_init(&robot, STOP_CAUSE_POWER_UP, &history);
  run(&robot, &in, &out, 1000);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_POWER_UP);
  /* Held down through the next stop as well: still nothing. */
  start_robot(&robot, &in);
  in.releasePressed = true;
  run(&robot, &in, &out, 200);
  in.bumperLeft = true;
  run(&robot, &in, &out, 20);
  in.bumperLeft = false;
  run(&robot, &in, &out, 500);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_BUMPER_LEFT);
}

typedef struct {
  StopCause cause;
  size_t offset;
} Contact;

static const Contact contacts[] = {{STOP_CAUSE_E_STOP, offsetof(Inputs, eStopOpen)},
                                   {STOP_CAUSE_BUMPER_LEFT, offsetof(Inputs, bumperLeft)},
                                   {STOP_CAUSE_BUMPER_RIGHT, offsetof(Inputs, bumperRight)},
                                   {STOP_CAUSE_CLIFF, offsetof(Inputs, cliff)},
                                   {STOP_CAUSE_MOTOR_FAULT, offsetof(Inputs, motorFault)}};

static void set_contact(const Contact *contact, bool open) {
  *(bool *)((char *)&in + contact->offset) = open;
}

static bool is_bumper(const Contact *contact) {
  return contact->cause == STOP_CAUSE_BUMPER_LEFT || contact->cause == STOP_CAUSE_BUMPER_RIGHT;
}

static void every_contact_cuts_and_latches(void) {
  for (unsigned index = 0; index < COUNT(contacts); index++) {
    start_robot(&robot, &in);
    CHECK(drive_forwards() == ACK_RESULT_ACCEPTED);
    run(&robot, &in, &out, 100);
    CHECK(out.motorEnable && out.leftDuty > 0);
    set_contact(&contacts[index], true);
    run(&robot, &in, &out, 1);
    CHECK(!out.motorEnable && out.leftDuty == 0 && out.rightDuty == 0);
    CHECK(supervisor_stop_cause(&robot) == contacts[index].cause);
    /* Released while still open only after a bumper hit: see the retreat. */
    if (!is_bumper(&contacts[index])) press(200);
    CHECK(supervisor_stop_cause(&robot) == contacts[index].cause);
    set_contact(&contacts[index], false);
    run(&robot, &in, &out, 5000);
    CHECK(supervisor_stop_cause(&robot) == contacts[index].cause);
    CHECK(drive_forwards() == ACK_RESULT_STOPPED);
    press(60);
    CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
    CHECK(!out.motorEnable);
  }
}

static void first_cause_is_kept(void) {
  start_robot(&robot, &in);
  in.cliff = true;
  run(&robot, &in, &out, 5);
  in.eStopOpen = true;
  run(&robot, &in, &out, 5);
  in.cliff = false;
  run(&robot, &in, &out, 5);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_CLIFF);
  press(60);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_CLIFF);
  in.eStopOpen = false;
  press(60);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
}

/* An interrupt saw a contact that has closed again before the tick. */
static void trip_shorter_than_a_tick_latches(void) {
  start_robot(&robot, &in);
  CHECK(drive_forwards() == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 50);
  in.tripped = STOP_CAUSE_BUMPER_RIGHT;
  run(&robot, &in, &out, 1);
  in.tripped = STOP_CAUSE_NONE;
  run(&robot, &in, &out, 1);
  CHECK(!out.motorEnable);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_BUMPER_RIGHT);
}

/* A trip in the very tick of the release is not lost. */
static void trip_during_release_stays(void) {
  start_robot(&robot, &in);
  in.eStopOpen = true;
  run(&robot, &in, &out, 5);
  in.eStopOpen = false;
  run(&robot, &in, &out, 60);
  in.releasePressed = true;
  run(&robot, &in, &out, 49);
  in.tripped = STOP_CAUSE_CLIFF;
  run(&robot, &in, &out, 1);
  in.tripped = STOP_CAUSE_NONE;
  run(&robot, &in, &out, 100);
  CHECK(supervisor_stop_cause(&robot) != STOP_CAUSE_NONE);
}

static void host_cannot_release(void) {
  const ConfigureMessage limits = calibration();
  start_robot(&robot, &in);
  in.bumperLeft = true;
  run(&robot, &in, &out, 5);
  in.bumperLeft = false;
  (void)supervisor_stop(&robot);
  (void)supervisor_configure(&robot, &limits);
  (void)drive_forwards();
  run(&robot, &in, &out, 500);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_BUMPER_LEFT);
  CHECK(!out.motorEnable);
}

/* An open hatch and a low battery brake; a bumper behind it still takes the power off at once. */
static void hatch_and_battery_brake_and_bumper_still_cuts(void) {
  for (unsigned battery = 0; battery <= 1; battery++) {
    const StopCause cause = battery ? STOP_CAUSE_BATTERY_LOW : STOP_CAUSE_HATCH_OPEN;
    start_robot(&robot, &in);
    if (battery) {
      in.batteryMv = 20999;
      run(&robot, &in, &out, 900);
    }
    CHECK(drive_forwards() == ACK_RESULT_ACCEPTED);
    run(&robot, &in, &out, 99);
    CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
    in.hatchOpen = !battery;
    run(&robot, &in, &out, 2);
    CHECK(supervisor_stop_cause(&robot) == cause);
    CHECK(out.motorEnable);
    in.bumperLeft = true;
    run(&robot, &in, &out, 1);
    CHECK(!out.motorEnable);
    CHECK(supervisor_stop_cause(&robot) == cause);
  }
}

static StopLatch latch;

static StopCause latched_by(const Inputs *present, StopCause wheel_fault, uint8_t tolerated) {
  stop_latch_init(&latch, STOP_CAUSE_NONE);
  latch.powerOff = false;
  CHECK(!stop_latch_step(&latch, present, wheel_fault, tolerated));
  return latch.cause;
}

static void names_the_gravest_cause(void) {
  Inputs all = healthy();
  all.selfTestFailed = true;
  all.tripped = STOP_CAUSE_CLIFF;
  all.eStopOpen = true;
  all.bumperLeft = true;
  all.bumperRight = true;
  all.cliff = true;
  all.motorFault = true;
  all.hatchOpen = true;
  CHECK(latched_by(&all, STOP_CAUSE_RUNAWAY, 0) == STOP_CAUSE_SELF_TEST_FAILED && latch.powerOff);
  all.selfTestFailed = false;
  CHECK(latched_by(&all, STOP_CAUSE_RUNAWAY, 0) == STOP_CAUSE_CLIFF && latch.powerOff);
  all.tripped = STOP_CAUSE_NONE;
  CHECK(latched_by(&all, STOP_CAUSE_RUNAWAY, 0) == STOP_CAUSE_E_STOP && latch.powerOff);
  all.eStopOpen = false;
  CHECK(latched_by(&all, STOP_CAUSE_RUNAWAY, 0) == STOP_CAUSE_BUMPER_LEFT && latch.powerOff);
  CHECK(latched_by(&all, STOP_CAUSE_RUNAWAY, 1) == STOP_CAUSE_BUMPER_RIGHT && latch.powerOff);
  CHECK(latched_by(&all, STOP_CAUSE_RUNAWAY, 2) == STOP_CAUSE_BUMPER_LEFT && latch.powerOff);
  CHECK(latched_by(&all, STOP_CAUSE_RUNAWAY, 3) == STOP_CAUSE_CLIFF && latch.powerOff);
  all.cliff = false;
  CHECK(latched_by(&all, STOP_CAUSE_RUNAWAY, 3) == STOP_CAUSE_MOTOR_FAULT && latch.powerOff);
  all.motorFault = false;
  CHECK(latched_by(&all, STOP_CAUSE_RUNAWAY, 3) == STOP_CAUSE_RUNAWAY && latch.powerOff);
  CHECK(latched_by(&all, STOP_CAUSE_WHEEL_STALL, 3) == STOP_CAUSE_WHEEL_STALL && latch.powerOff);
  CHECK(latched_by(&all, STOP_CAUSE_ENCODER_FAULT, 3) == STOP_CAUSE_ENCODER_FAULT && latch.powerOff);
  CHECK(latched_by(&all, STOP_CAUSE_NONE, 3) == STOP_CAUSE_HATCH_OPEN && !latch.powerOff);
  all.hatchOpen = false;
  CHECK(latched_by(&all, STOP_CAUSE_NONE, 3) == STOP_CAUSE_NONE && !latch.powerOff);
}

/* Released at 22.0 V and by a person, not by the one or the other. */
static void low_battery_is_latched(void) {
  start_robot(&robot, &in);
  in.batteryMv = 20999;
  run(&robot, &in, &out, 999);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  in.batteryMv = 21000;
  run(&robot, &in, &out, 1);
  in.batteryMv = 20999;
  run(&robot, &in, &out, 999);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_BATTERY_LOW);
  CHECK(drive_forwards() == ACK_RESULT_STOPPED);
  in.batteryMv = 21999;
  run(&robot, &in, &out, 2000);
  press(60);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_BATTERY_LOW);
  in.batteryMv = 22000;
  run(&robot, &in, &out, 2000);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_BATTERY_LOW);
  press(60);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  /* Unwired reads nothing and counts as empty. */
  in.batteryMv = 0;
  run(&robot, &in, &out, 1000);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_BATTERY_LOW);
}

static void failed_self_test_is_never_released(void) {
  static DispenseHistory history;
  in = healthy();
  supervisor_init(&robot, STOP_CAUSE_SELF_TEST_FAILED, &history);
  run(&robot, &in, &out, 200);
  press(60);
  press(60);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_SELF_TEST_FAILED);
  /* Found while another stop is latched, and gone again: still nothing releases it. */
  start_robot(&robot, &in);
  in.cliff = true;
  run(&robot, &in, &out, 5);
  in.cliff = false;
  in.selfTestFailed = true;
  run(&robot, &in, &out, 1);
  in.selfTestFailed = false;
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_SELF_TEST_FAILED);
  press(60);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_SELF_TEST_FAILED);
  start_robot(&robot, &in);
  CHECK(drive_forwards() == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 50);
  in.tripped = STOP_CAUSE_SELF_TEST_FAILED;
  run(&robot, &in, &out, 1);
  in.tripped = STOP_CAUSE_NONE;
  CHECK(!out.motorEnable);
  press(60);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_SELF_TEST_FAILED);
}

/* A release is whole: what brakes next only brakes. */
static void release_forgets_the_category(void) {
  start_robot(&robot, &in);
  in.eStopOpen = true;
  run(&robot, &in, &out, 1);
  in.eStopOpen = false;
  press(60);
  run(&robot, &in, &out, 100);
  CHECK(drive_forwards() == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 50);
  in.hatchOpen = true;
  run(&robot, &in, &out, 2);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_HATCH_OPEN && out.motorEnable);
}

static void tells_of_each_press_once(void) {
  unsigned presses = 0;
  const Inputs up = healthy();
  Inputs down = healthy();
  down.releasePressed = true;
  stop_latch_init(&latch, STOP_CAUSE_NONE);
  CHECK(latch.pressedMs == 0 && latch.releasedMs == 0);
  for (unsigned at = 0; at < 400; at++) presses += stop_latch_step(&latch, at % 200 < 100 ? &up : &down, STOP_CAUSE_NONE, 0);
  CHECK(presses == 2);
  /* Times end at what is asked of them. */
  CHECK(latch.pressedMs == 50 && latch.releasedMs == 0);
  down.cliff = true;
  for (unsigned at = 0; at < 100; at++) CHECK(!stop_latch_step(&latch, &up, STOP_CAUSE_NONE, 0));
  CHECK(latch.pressedMs == 0 && latch.releasedMs == 50);
  for (unsigned at = 0; at < 100; at++) CHECK(stop_latch_step(&latch, &down, STOP_CAUSE_NONE, 0) == (at == 49));
  CHECK(latch.cause == STOP_CAUSE_CLIFF);
  for (unsigned at = 0; at < 100; at++) CHECK(!stop_latch_step(&latch, &up, STOP_CAUSE_NONE, 0));
  down.cliff = false;
  for (unsigned at = 0; at < 100; at++) CHECK(stop_latch_step(&latch, &down, STOP_CAUSE_NONE, 0) == (at == 49));
  CHECK(latch.cause == STOP_CAUSE_NONE);
}

const Test latch_tests[] = {{"boots latched, released by a person", boots_latched},
                            {"a press of 49 ms releases nothing", short_press_releases_nothing},
                            {"the button is armed after 50 ms", button_is_armed_after_50_ms},
                            {"a bouncing button is no press", bouncing_button_is_no_press},
                            {"a jammed button releases nothing", jammed_button_releases_nothing},
                            {"every contact cuts at once and latches", every_contact_cuts_and_latches},
                            {"the first cause is kept", first_cause_is_kept},
                            {"a trip shorter than a tick latches", trip_shorter_than_a_tick_latches},
                            {"a trip during the release stays", trip_during_release_stays},
                            {"the host cannot release", host_cannot_release},
                            {"hatch and battery brake, bumper still cuts", hatch_and_battery_brake_and_bumper_still_cuts},
                            {"names the gravest cause", names_the_gravest_cause},
                            {"a low battery is latched", low_battery_is_latched},
                            {"a failed self test is never released", failed_self_test_is_never_released},
                            {"a release forgets the category", release_forgets_the_category},
                            {"tells of each press once", tells_of_each_press_once}};
SUITE(latch);
