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
  in.frontRightMm = 500;
  CHECK(drive(200, 200) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 50);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  in.frontRightMm = 499;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_FRONT);
  in.frontRightMm = 699;
  run(&robot, &in, &out, 500);
  CHECK(drive(200, 200) == ACK_RESULT_STOPPED);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_OBSTACLE_FRONT);
  CHECK(!out.motorEnable);
  in.frontRightMm = 700;
  run(&robot, &in, &out, 50);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  CHECK(!out.motorEnable);
  CHECK(drive(200, 200) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 20);
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

/* 100 ms are allowed, the 101st is not. */
static void silent_host_stops(void) {
  const DriveMessage ahead = {.leftMmS = 200, .rightMmS = 200, .validMs = 250};
  start_robot(&robot, &in);
  supervisor_heartbeat(&robot, &(HeartbeatMessage){.hostTimeMs = 1});
  CHECK(supervisor_drive(&robot, &ahead) == ACK_RESULT_ACCEPTED);
  run_silent(&robot, &in, &out, 100);
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

static void failed_sensor_stops(void) {
  start_robot(&robot, &in);
  CHECK(drive(-200, -200) == ACK_RESULT_ACCEPTED);
  in.frontFailed = true;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_RANGE_SENSOR_FAILED);
  in.frontFailed = false;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
}

static void low_battery_stops_with_hysteresis(void) {
  start_robot(&robot, &in);
  in.batteryMv = 20999;
  run(&robot, &in, &out, 999);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_BATTERY_LOW);
  in.batteryMv = 21999;
  run(&robot, &in, &out, 5000);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_BATTERY_LOW);
  in.batteryMv = 22000;
  run(&robot, &in, &out, 1);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  /* Unwired reads nothing and counts as empty. */
  in.batteryMv = 0;
  run(&robot, &in, &out, 1000);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_BATTERY_LOW);
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
                                 {"front: stops under 500 mm, ends at 700 mm", front_stops_at_500_and_resumes_at_700},
                                 {"does not start towards an obstacle", refuses_to_start_towards_an_obstacle},
                                 {"an obstacle blocks its direction only", obstacle_blocks_its_direction_only},
                                 {"sides block turning towards them", sides_block_turning_towards_them},
                                 {"a silent host stops after 100 ms", silent_host_stops},
                                 {"a failed range sensor stops", failed_sensor_stops},
                                 {"low battery stops with hysteresis", low_battery_stops_with_hysteresis},
                                 {"jitter does not flap", jitter_does_not_flap}};
SUITE(protective);
