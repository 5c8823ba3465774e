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
  const StopCause causes[] = {STOP_CAUSE_POWER_UP, STOP_CAUSE_WATCHDOG_RESET};
  for (unsigned index = 0; index < COUNT(causes); index++) {
    const ConfigureMessage limits = calibration();
    in = healthy();
    supervisor_init(&robot, causes[index], &history);
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
    press(200);
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

/* An open hatch brakes; a bumper behind it still takes the power off at once. */
static void hatch_latches_and_bumper_still_cuts(void) {
  start_robot(&robot, &in);
  CHECK(drive_forwards() == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 100);
  in.hatchOpen = true;
  run(&robot, &in, &out, 2);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_HATCH_OPEN);
  CHECK(out.motorEnable);
  in.bumperLeft = true;
  run(&robot, &in, &out, 1);
  CHECK(!out.motorEnable);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_HATCH_OPEN);
}

const Test latch_tests[] = {{"boots latched, released by a person", boots_latched},
                            {"a press of 49 ms releases nothing", short_press_releases_nothing},
                            {"a jammed button releases nothing", jammed_button_releases_nothing},
                            {"every contact cuts at once and latches", every_contact_cuts_and_latches},
                            {"the first cause is kept", first_cause_is_kept},
                            {"a trip shorter than a tick latches", trip_shorter_than_a_tick_latches},
                            {"a trip during the release stays", trip_during_release_stays},
                            {"the host cannot release", host_cannot_release},
                            {"hatch brakes, bumper still cuts", hatch_latches_and_bumper_still_cuts}};
SUITE(latch);
