#include "check.h"

static Supervisor robot;
static Inputs in;
static Outputs out;

/* Steps with wheels that go `left` and `right` pulses a millisecond. */
static void roll(int32_t left, int32_t right, unsigned ms) {
  for (unsigned at = 0; at < ms; at++) {
    in.leftPulses += left;
    in.rightPulses += right;
    run(&robot, &in, &out, 1);
  }
}

static void press(void) {
  in.releasePressed = true;
  run(&robot, &in, &out, 60);
  in.releasePressed = false;
  run(&robot, &in, &out, 60);
}

/* Hit while driving, and released by a person with the bumpers as they are. 2,000 pulses a metre. */
static void hit(bool left, bool right) {
  start_robot(&robot, &in);
  run(&robot, &in, &out, 50);
  in.bumperLeft = left;
  in.bumperRight = right;
  run(&robot, &in, &out, 5);
  CHECK(supervisor_stop_cause(&robot) == (left ? STOP_CAUSE_BUMPER_LEFT : STOP_CAUSE_BUMPER_RIGHT));
  CHECK(out.toleratedContacts == 0);
  press();
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
}

static AckResult drive(int16_t left, int16_t right) {
  return supervisor_drive(&robot, &(DriveMessage){.leftMmS = left, .rightMmS = right, .validMs = 250});
}

static bool retreat_only(void) {
  StateMessage state;
  supervisor_fill_state(&robot, &state);
  return (state.flags & 0x100) != 0;
}

static void only_backwards_and_away(void) {
  static const struct {
    bool left, right;
    int16_t leftMmS, rightMmS;
    bool allowed;
  } cases[] = {
      {true, false, -80, -80, true},   {true, false, -80, -100, true},  {true, false, -90, -80, true},  {true, false, -91, -80, false},
      {true, false, 0, -80, true},     {true, false, -80, 0, false},    {true, false, 1, -80, false},   {true, false, 0, 1, false},
      {true, false, 80, 80, false},    {true, false, 0, 0, true},       {true, false, -600, -600, true},
      {false, true, -80, -80, true},   {false, true, -100, -80, true},  {false, true, -80, -90, true},  {false, true, -80, -91, false},
      {false, true, -80, 0, true},     {false, true, 0, -80, false},    {false, true, -80, 1, false},   {false, true, 1, 0, false},
      {true, true, -80, -80, true},    {true, true, -80, -90, true},    {true, true, -90, -80, true},   {true, true, -80, -91, false},
      {true, true, -91, -80, false},   {true, true, 50, 50, false},
  };
  for (unsigned at = 0; at < COUNT(cases); at++) {
    hit(cases[at].left, cases[at].right);
    CHECK(drive(cases[at].leftMmS, cases[at].rightMmS) == (cases[at].allowed ? ACK_RESULT_ACCEPTED : ACK_RESULT_RETREAT_ONLY));
    run(&robot, &in, &out, 20);
    CHECK(out.motorEnable == (cases[at].allowed && cases[at].leftMmS + cases[at].rightMmS != 0));
  }
}

static void creeps(void) {
  hit(true, false);
  CHECK(drive(-600, -600) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 10);
  CHECK(robot.drive.leftTargetMmS == -100 && robot.drive.rightTargetMmS == -100 && robot.drive.capMmS == 100);
  CHECK(drive(-50, -100) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 10);
  CHECK(robot.drive.leftTargetMmS == -50 && robot.drive.rightTargetMmS == -100);
  /* A unit that is slower still stays so. */
  robot.limits.speedCapMmS = 99;
  run(&robot, &in, &out, 10);
  CHECK(robot.drive.capMmS == 99);
  robot.limits.speedCapMmS = 101;
  run(&robot, &in, &out, 10);
  CHECK(robot.drive.capMmS == 100);
}

/* A refused command ends the one in force. */
static void refused_command_withdraws(void) {
  hit(true, false);
  CHECK(drive(-80, -80) == ACK_RESULT_ACCEPTED);
  CHECK(drive(80, 80) == ACK_RESULT_RETREAT_ONLY);
  run(&robot, &in, &out, 200);
  CHECK(!out.motorEnable);
}

static void pressed_bumper_is_tolerated_until_it_closes(void) {
  for (unsigned side = 1; side <= 2; side++) {
    bool *const contact = side == 1 ? &in.bumperLeft : &in.bumperRight;
    hit(side == 1, side == 2);
    CHECK(out.toleratedContacts == side && retreat_only());
    run(&robot, &in, &out, 1000);
    CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE && out.toleratedContacts == side);
    /* Bounces are borne: 49 ms closed do not do. */
    *contact = false;
    run(&robot, &in, &out, 49);
    CHECK(out.toleratedContacts == side);
    *contact = true;
    run(&robot, &in, &out, 1);
    CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
    *contact = false;
    run(&robot, &in, &out, 49);
    CHECK(out.toleratedContacts == side);
    run(&robot, &in, &out, 1);
    CHECK(out.toleratedContacts == 0 && retreat_only());
    /* The other one, closed all the time, was not looked at. */
    CHECK((side == 1 ? robot.retreat.rightClosedMs : robot.retreat.leftClosedMs) == 0);
    /* Armed again: a new hit is a new stop. */
    *contact = true;
    run(&robot, &in, &out, 1);
    CHECK(supervisor_stop_cause(&robot) == (side == 1 ? STOP_CAUSE_BUMPER_LEFT : STOP_CAUSE_BUMPER_RIGHT));
    CHECK(out.toleratedContacts == 0);
  }
}

static void each_of_two_closes_for_itself(void) {
  hit(true, true);
  CHECK(out.toleratedContacts == 3);
  in.bumperLeft = false;
  run(&robot, &in, &out, 30);
  in.bumperRight = false;
  run(&robot, &in, &out, 19);
  CHECK(out.toleratedContacts == 3);
  run(&robot, &in, &out, 1);
  CHECK(out.toleratedContacts == 2);
  run(&robot, &in, &out, 29);
  CHECK(out.toleratedContacts == 2);
  run(&robot, &in, &out, 1);
  CHECK(out.toleratedContacts == 0);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE && retreat_only());
}

/* Backing away, the other side hits something: a stop again, and after its release straight back only. */
static void the_other_bumper_still_stops(void) {
  hit(true, false);
  CHECK(drive(-80, -80) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 30);
  CHECK(out.motorEnable);
  in.bumperRight = true;
  run(&robot, &in, &out, 1);
  CHECK(!out.motorEnable && supervisor_stop_cause(&robot) == STOP_CAUSE_BUMPER_RIGHT && out.toleratedContacts == 0);
  CHECK(drive(-80, -80) == ACK_RESULT_STOPPED);
  press();
  CHECK(out.toleratedContacts == 3);
  CHECK(drive(-80, -100) == ACK_RESULT_RETREAT_ONLY && drive(-100, -80) == ACK_RESULT_RETREAT_ONLY);
  CHECK(drive(-80, -80) == ACK_RESULT_ACCEPTED);
}

/* Time that a bumper was closed before a stop does not count after it. */
static void each_release_begins_anew(void) {
  hit(true, true);
  in.bumperLeft = false;
  in.bumperRight = false;
  run(&robot, &in, &out, 30);
  in.cliff = true;
  run(&robot, &in, &out, 5);
  in.cliff = false;
  in.bumperLeft = true;
  in.bumperRight = true;
  in.releasePressed = true;
  run(&robot, &in, &out, 50);
  CHECK(out.toleratedContacts == 3);
  in.bumperLeft = false;
  in.bumperRight = false;
  run(&robot, &in, &out, 49);
  CHECK(out.toleratedContacts == 3);
  run(&robot, &in, &out, 1);
  CHECK(out.toleratedContacts == 0);
}

/* 150 mm are 300 pulses of each wheel, 600 of both. */
static void ends_after_150_mm(void) {
  hit(true, false);
  in.bumperLeft = false;
  run(&robot, &in, &out, 100);
  roll(-1, -1, 299);
  CHECK(retreat_only());
  in.leftPulses -= 1;
  run(&robot, &in, &out, 1);
  CHECK(retreat_only() && drive(80, 80) == ACK_RESULT_RETREAT_ONLY);
  in.rightPulses -= 1;
  run(&robot, &in, &out, 1);
  CHECK(!retreat_only() && drive(80, 80) == ACK_RESULT_ACCEPTED);
  /* Over is over. */
  roll(1, 1, 300);
  CHECK(!retreat_only());
}

static void the_way_counts_from_the_release(void) {
  start_robot(&robot, &in);
  run(&robot, &in, &out, 50);
  in.bumperRight = true;
  roll(-2, -2, 400);
  in.bumperRight = false;
  press();
  CHECK(retreat_only());
  roll(-1, -1, 299);
  CHECK(retreat_only());
  roll(-1, -1, 1);
  CHECK(!retreat_only());
}

static void does_not_end_while_pressed(void) {
  hit(false, true);
  roll(-1, -1, 400);
  CHECK(retreat_only());
  press();
  CHECK(retreat_only());
  in.bumperRight = false;
  run(&robot, &in, &out, 49);
  CHECK(retreat_only());
  run(&robot, &in, &out, 1);
  CHECK(!retreat_only());
}

/* Unequal wheels: 1,000 and 3,000 pulses a metre are 600 for 150 mm; and the count wraps on the way. */
static void counts_in_metres_of_this_unit(void) {
  ConfigureMessage limits = calibration();
  limits.pulsesPerMetreLeft = 1000;
  limits.pulsesPerMetreRight = 3000;
  start_robot(&robot, &in);
  run(&robot, &in, &out, 300);
  CHECK(supervisor_configure(&robot, &limits) == ACK_RESULT_ACCEPTED);
  in.leftPulses = -2147483640;
  run(&robot, &in, &out, 300);
  in.bumperLeft = true;
  run(&robot, &in, &out, 1);
  in.bumperLeft = false;
  press();
  roll(-1, -3, 1);
  for (unsigned at = 1; at < 149; at++) {
    in.leftPulses = (int32_t)((uint32_t)in.leftPulses - 1u);
    in.rightPulses -= 3;
    run(&robot, &in, &out, 1);
  }
  CHECK(retreat_only());
  in.leftPulses = (int32_t)((uint32_t)in.leftPulses - 1u);
  in.rightPulses -= 2;
  run(&robot, &in, &out, 1);
  CHECK(retreat_only());
  in.rightPulses -= 1;
  run(&robot, &in, &out, 1);
  CHECK(!retreat_only());
}

/* A robot with its back to a wall: the person who has looked presses once more. */
static void a_second_press_ends_it(void) {
  hit(true, false);
  in.bumperLeft = false;
  run(&robot, &in, &out, 100);
  CHECK(retreat_only());
  press();
  CHECK(!retreat_only());
  CHECK(drive(80, 80) == ACK_RESULT_ACCEPTED);
}

/* Seen by its interrupt alone it was a hit all the same. */
static void a_short_hit_counts(void) {
  for (unsigned side = 1; side <= 2; side++) {
    start_robot(&robot, &in);
    run(&robot, &in, &out, 50);
    in.tripped = side == 1 ? STOP_CAUSE_BUMPER_LEFT : STOP_CAUSE_BUMPER_RIGHT;
    run(&robot, &in, &out, 1);
    in.tripped = STOP_CAUSE_NONE;
    press();
    CHECK(retreat_only() && out.toleratedContacts == 0);
    CHECK(drive(-100, -80) == (side == 1 ? ACK_RESULT_RETREAT_ONLY : ACK_RESULT_ACCEPTED));
    CHECK(drive(-80, -100) == (side == 1 ? ACK_RESULT_ACCEPTED : ACK_RESULT_RETREAT_ONLY));
  }
}

/* Hit during another stop: the retreat is owed just the same; without a hit there is none. */
static void other_stops_owe_nothing(void) {
  start_robot(&robot, &in);
  in.eStopOpen = true;
  run(&robot, &in, &out, 10);
  in.eStopOpen = false;
  press();
  CHECK(!retreat_only() && drive(80, 80) == ACK_RESULT_ACCEPTED);
  in.eStopOpen = true;
  run(&robot, &in, &out, 10);
  in.bumperLeft = true;
  run(&robot, &in, &out, 10);
  in.bumperLeft = false;
  in.eStopOpen = false;
  press();
  CHECK(retreat_only() && drive(80, 80) == ACK_RESULT_RETREAT_ONLY);
}

/* Only bumpers may be open at the release. */
static void other_contacts_forbid_the_release(void) {
  start_robot(&robot, &in);
  in.bumperLeft = true;
  in.cliff = true;
  run(&robot, &in, &out, 10);
  press();
  CHECK(supervisor_stop_cause(&robot) != STOP_CAUSE_NONE && out.toleratedContacts == 0);
  in.cliff = false;
  press();
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE && out.toleratedContacts == 1);
}

/* A press while nothing is latched never makes a hit tolerable. */
static void a_press_is_no_licence_to_hit(void) {
  start_robot(&robot, &in);
  run(&robot, &in, &out, 100);
  in.releasePressed = true;
  run(&robot, &in, &out, 49);
  in.bumperLeft = true;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_BUMPER_LEFT && out.toleratedContacts == 0);
}

/* Hit in the very millisecond of the release: tolerated, and to be backed away from. */
static void hit_at_the_release_counts(void) {
  start_robot(&robot, &in);
  in.eStopOpen = true;
  run(&robot, &in, &out, 100);
  in.eStopOpen = false;
  in.releasePressed = true;
  run(&robot, &in, &out, 49);
  in.bumperRight = true;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE && out.toleratedContacts == 2 && retreat_only());
}

/* The way is counted modulo 2^32: half of it ahead is not behind. */
static void far_is_not_over(void) {
  static const struct {
    uint32_t goal;
    bool over;
  } cases[] = {{0, true}, {0x7FFFFFFFu, true}, {0x80000000u, false}, {0xFFFFFFFFu, false}};
  const ConfigureMessage limits = calibration();
  const Inputs still = healthy();
  for (unsigned at = 0; at < COUNT(cases); at++) {
    Retreat retreat;
    retreat_init(&retreat);
    CHECK(retreat.hit == 0 && retreat.tolerated == 0);
    retreat.hit = 1;
    retreat.goal = cases[at].goal;
    retreat_step(&retreat, &still, &limits, false, false, false);
    CHECK(retreat.hit == (cases[at].over ? 0 : 1));
  }
}

static void the_rear_is_still_watched(void) {
  hit(true, false);
  CHECK(drive(-80, -80) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 30);
  in.rearMm = 499;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_REAR);
  CHECK(drive(-80, -80) == ACK_RESULT_STOPPED);
}

const Test retreat_tests[] = {{"only backwards and away from the hit side", only_backwards_and_away},
                              {"creeps", creeps},
                              {"a refused command withdraws the one in force", refused_command_withdraws},
                              {"a pressed bumper is tolerated until it closes", pressed_bumper_is_tolerated_until_it_closes},
                              {"each of two closes for itself", each_of_two_closes_for_itself},
                              {"the other bumper still stops", the_other_bumper_still_stops},
                              {"each release begins anew", each_release_begins_anew},
                              {"ends after 150 mm", ends_after_150_mm},
                              {"the way counts from the release", the_way_counts_from_the_release},
                              {"does not end while pressed", does_not_end_while_pressed},
                              {"counts in metres of this unit", counts_in_metres_of_this_unit},
                              {"a second press ends it", a_second_press_ends_it},
                              {"a short hit counts", a_short_hit_counts},
                              {"other stops owe nothing", other_stops_owe_nothing},
                              {"other contacts forbid the release", other_contacts_forbid_the_release},
                              {"a press is no licence to hit", a_press_is_no_licence_to_hit},
                              {"a hit at the release counts", hit_at_the_release_counts},
                              {"far is not over", far_is_not_over},
                              {"the rear is still watched", the_rear_is_still_watched}};
SUITE(retreat);
