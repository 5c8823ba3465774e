#include "check.h"

static Supervisor robot;
static Inputs in;
static Outputs out;

/* A command is judged by the readings of the last tick. */
static AckResult drive(int16_t left, int16_t right) {
  run(&robot, &in, &out, 1);
  return supervisor_drive(&robot, &(DriveMessage){.leftMmS = left, .rightMmS = right, .validMs = 250});
}

static void parked_robot_has_no_obstacle(void) {
  start_robot(&robot, &in);
  in.frontLeftMm = 100;
  in.rearMm = 100;
  run(&robot, &in, &out, 500);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
}

static void front_stops_at_500_and_resumes_at_700(void) {
  start_robot(&robot, &in);
  in.frontRightMm = 501;
  CHECK(drive(200, 200) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 50);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  in.frontRightMm = 500;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_FRONT);
  in.frontRightMm = 699;
  run(&robot, &in, &out, 500);
  CHECK(drive(200, 200) == ACK_RESULT_STOPPED);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_FRONT);
  CHECK(!out.motorEnable);
  in.frontRightMm = 700;
  run(&robot, &in, &out, 100);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  CHECK(!out.motorEnable);
  CHECK(drive(200, 200) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 120);
  CHECK(out.motorEnable);
}

static void refuses_to_start_towards_an_obstacle(void) {
  start_robot(&robot, &in);
  in.frontLeftMm = 300;
  CHECK(drive(200, 200) == ACK_RESULT_STOPPED);
  run(&robot, &in, &out, 20);
  CHECK(!out.motorEnable);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_FRONT);
}

/* Away from it, or round on the spot, is allowed; withdrawing the motion ends the stop. */
static void obstacle_blocks_its_direction_only(void) {
  start_robot(&robot, &in);
  in.frontLeftMm = 300;
  CHECK(drive(200, 200) == ACK_RESULT_STOPPED);
  CHECK(drive(-200, -200) == ACK_RESULT_ACCEPTED);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  CHECK(drive(-100, 100) == ACK_RESULT_ACCEPTED);
  CHECK(drive(200, 200) == ACK_RESULT_STOPPED);
  CHECK(supervisor_stop(&robot) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 20);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  in = healthy();
  in.rearMm = 400;
  CHECK(drive(200, 200) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 20);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  CHECK(drive(-200, -200) == ACK_RESULT_STOPPED);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_REAR);
}

static void sides_block_turning_towards_them(void) {
  start_robot(&robot, &in);
  in.leftMm = 149;
  CHECK(drive(-100, 100) == ACK_RESULT_STOPPED);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_LEFT);
  CHECK(drive(100, -100) == ACK_RESULT_ACCEPTED);
  CHECK(drive(200, 200) == ACK_RESULT_ACCEPTED);
  in.leftMm = 150;
  CHECK(drive(-100, 100) == ACK_RESULT_ACCEPTED);
  in.rightMm = 149;
  run(&robot, &in, &out, 1);
  CHECK(drive(100, -100) == ACK_RESULT_STOPPED);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_RIGHT);
}

/* The stop begins in the 100th millisecond of silence. */
static void silent_host_stops(void) {
  const DriveMessage ahead = {.leftMmS = 200, .rightMmS = 200, .validMs = 250};
  start_robot(&robot, &in);
  supervisor_heartbeat(&robot, &(HeartbeatMessage){.hostTimeMs = 1});
  CHECK(supervisor_drive(&robot, &ahead) == ACK_RESULT_ACCEPTED);
  run_silent(&robot, &in, &out, 99);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  run_silent(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_HEARTBEAT_LOST);
  CHECK(out.motorEnable); /* controlled: brakes first */
  run_silent(&robot, &in, &out, 1000);
  CHECK(!out.motorEnable);
  CHECK(supervisor_drive(&robot, &ahead) == ACK_RESULT_STOPPED);
  supervisor_heartbeat(&robot, &(HeartbeatMessage){.hostTimeMs = 2});
  run_silent(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  run(&robot, &in, &out, 300);
  CHECK(!out.motorEnable); /* no motion without a fresh command */
}

/* Even a robot at rest says so: nothing it is asked for can begin. */
static void failed_sensor_stops(void) {
  start_robot(&robot, &in);
  in.frontFailed = true;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_RANGE_SENSOR_FAILED);
  in.frontFailed = false;
  run(&robot, &in, &out, 1);
  CHECK(drive(-200, -200) == ACK_RESULT_ACCEPTED);
  in.frontFailed = true;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_RANGE_SENSOR_FAILED);
  in.frontFailed = false;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
}

/* 500 to 700 mm, seen by one sensor or by the other, the offset of its mounting counted. */
static void offsets_count(void) {
  start_robot(&robot, &in);
  robot.limits.frontLeftOffsetMm = -40;
  robot.limits.frontRightOffsetMm = 25;
  in.frontLeftMm = 541;
  in.frontRightMm = 476;
  CHECK(drive(200, 200) == ACK_RESULT_ACCEPTED);
  in.frontLeftMm = 540;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_FRONT);
  in.frontLeftMm = 740;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_FRONT);
  in.frontRightMm = 675;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  in.frontRightMm = 475;
  CHECK(drive(200, 200) == ACK_RESULT_STOPPED);
}

static void rear_stops_at_500_and_resumes_at_700(void) {
  start_robot(&robot, &in);
  in.rearMm = 501;
  CHECK(drive(-100, -100) == ACK_RESULT_ACCEPTED);
  in.rearMm = 500;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_REAR);
  in.rearMm = 699;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_REAR);
  in.rearMm = 700;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
}

static void sides_resume_at_200(void) {
  start_robot(&robot, &in);
  in.leftMm = 149;
  CHECK(drive(-100, 100) == ACK_RESULT_STOPPED);
  in.leftMm = 199;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_LEFT);
  in.leftMm = 200;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  in.rightMm = 149;
  CHECK(drive(100, -100) == ACK_RESULT_STOPPED);
  in.rightMm = 199;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_RIGHT);
  in.rightMm = 200;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
}

/* 10 mm/s are the rounding of an odometry, 11 a direction. */
static void direction_has_a_dead_band(void) {
  start_robot(&robot, &in);
  in.frontLeftMm = in.rearMm = in.leftMm = in.rightMm = 100;
  static const struct {
    int16_t left, right;
    StopCause cause;
  } motions[] = {{5, 5, STOP_CAUSE_NONE},
                 {5, 6, STOP_CAUSE_OBSTACLE_FRONT},
                 {-5, -5, STOP_CAUSE_NONE},
                 {-5, -6, STOP_CAUSE_OBSTACLE_REAR},
                 {-5, 5, STOP_CAUSE_NONE},
                 {-5, 6, STOP_CAUSE_OBSTACLE_LEFT},
                 {5, -5, STOP_CAUSE_NONE},
                 {6, -5, STOP_CAUSE_OBSTACLE_RIGHT}};
  for (unsigned at = 0; at < COUNT(motions); at++) {
    CHECK((drive(motions[at].left, motions[at].right) == ACK_RESULT_ACCEPTED) == (motions[at].cause == STOP_CAUSE_NONE));
    CHECK(supervisor_stop_cause(&robot) == motions[at].cause);
  }
}

/* The first cause stays while it holds; the next one that holds follows without a gap, and the motion is still wanted. */
static void causes_follow_each_other(void) {
  start_robot(&robot, &in);
  in.frontLeftMm = 300;
  CHECK(drive(200, 200) == ACK_RESULT_STOPPED);
  in.frontFailed = true;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_FRONT);
  in.frontLeftMm = 5000;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_RANGE_SENSOR_FAILED);
  in.frontLeftMm = 300;
  in.frontFailed = false;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_FRONT);
}

/* Driven up to a person and away again with noise of +-15 mm round both edges: one change of the stop at each real crossing. */
static void noise_does_not_flap(void) {
  uint32_t seed = 1;
  double pulses = 0;
  start_robot(&robot, &in);
  StopCause before = supervisor_stop_cause(&robot);
  for (unsigned round = 0; round < 3; round++) {
    unsigned changes = 0;
    for (unsigned at = 0; at < 8000; at++) {
      const int true_mm = at < 4000 ? 900 - (int)at / 8 : 400 + (int)(at - 4000) / 8;
      seed = seed * 1664525u + 1013904223u;
      if (at % 10 == 0) in.frontLeftMm = (uint16_t)(true_mm + (int)(seed >> 16) % 31 - 15);
      if (at % 40 == 0) (void)drive(200, 200);
      run(&robot, &in, &out, 1);
      /* Wheels that turn as they are told, 2,000 pulses a metre. */
      pulses += out.motorEnable ? out.leftDuty / 500.0 : 0;
      in.leftPulses = in.rightPulses = (int32_t)pulses;
      changes += supervisor_stop_cause(&robot) != before;
      before = supervisor_stop_cause(&robot);
    }
    CHECK(changes == 2);
  }
}

/* A reading that jitters across the stop distance makes one stop, not many. */
static void jitter_does_not_flap(void) {
  unsigned changes = 0;
  start_robot(&robot, &in);
  StopCause before = supervisor_stop_cause(&robot);
  for (unsigned at = 0; at < 2000; at++) {
    in.frontLeftMm = at % 2 ? 480 : 520;
    if (at % 20 == 0) (void)drive(200, 200);
    run(&robot, &in, &out, 1);
    changes += supervisor_stop_cause(&robot) != before;
    before = supervisor_stop_cause(&robot);
  }
  CHECK(changes == 1);
}

const Test protective_tests[] = {{"an obstacle beside a parked robot is no stop", parked_robot_has_no_obstacle},
                                 {"front: stops at 500 mm, ends at 700 mm", front_stops_at_500_and_resumes_at_700},
                                 {"does not start towards an obstacle", refuses_to_start_towards_an_obstacle},
                                 {"an obstacle blocks its direction only", obstacle_blocks_its_direction_only},
                                 {"sides block turning towards them", sides_block_turning_towards_them},
                                 {"a silent host stops after 100 ms", silent_host_stops},
                                 {"a failed range sensor stops", failed_sensor_stops},
                                 {"offsets count", offsets_count},
                                 {"rear: stops at 500 mm, ends at 700 mm", rear_stops_at_500_and_resumes_at_700},
                                 {"sides end at 200 mm", sides_resume_at_200},
                                 {"a direction begins at 11 mm/s", direction_has_a_dead_band},
                                 {"causes follow each other", causes_follow_each_other},
                                 {"noise round both edges does not flap", noise_does_not_flap},
                                 {"jitter does not flap", jitter_does_not_flap}};
SUITE(protective);
