#include <stdlib.h>
#include "check.h"

static Supervisor robot;
static Inputs in;
static Outputs out;

/* Two wheels of 800 mm/s at full duty, time constant 80 ms, 2,000 pulses a metre; `leftGain` is an unequal motor. */
typedef struct {
  double speed, metres;
} Motor;
static Motor left, right;
static double left_gain;

static double turn(Motor *motor, double duty, double gain) {
  motor->speed += (gain * 800.0 * duty / 799.0 - motor->speed) / 80.0;
  motor->metres += motor->speed / 1e6;
  return motor->metres * 2000.0;
}

static void world(void) {
  in.leftPulses = (int32_t)turn(&left, out.motorEnable ? out.leftDuty : 0, left_gain);
  in.rightPulses = (int32_t)turn(&right, out.motorEnable ? out.rightDuty : 0, 1);
}

static void reset(void) {
  start_robot(&robot, &in);
  left = (Motor){0};
  right = (Motor){0};
  left_gain = 1;
  out = (Outputs){0};
}

static void hold(int16_t left_speed, int16_t right_speed, unsigned ms) {
  for (unsigned at = 0; at < ms; at++) {
    if (at % 40 == 0) (void)supervisor_drive(&robot, &(DriveMessage){.leftMmS = left_speed, .rightMmS = right_speed, .validMs = 100});
    run(&robot, &in, &out, 1);
    world();
  }
}

static void coast(unsigned ms) {
  for (unsigned at = 0; at < ms; at++) {
    run(&robot, &in, &out, 1);
    world();
  }
}

static void reaches_and_holds_speed(void) {
  reset();
  left_gain = 0.8;
  hold(300, 300, 3000);
  CHECK(abs((int)left.speed - 300) < 15);
  CHECK(abs((int)right.speed - 300) < 15);
  /* The weaker motor does not turn the robot: both wheels have gone as far. */
  CHECK(left.metres - right.metres < 0.02 && right.metres - left.metres < 0.02);
}

static void goes_backwards_and_reverses(void) {
  reset();
  hold(-200, -200, 2000);
  CHECK(abs((int)left.speed + 200) < 15);
  hold(200, 200, 2000);
  CHECK(abs((int)left.speed - 200) < 15);
}

static void speed_cap_keeps_the_curve(void) {
  reset();
  hold(600, 300, 4000);
  CHECK(abs((int)left.speed - 400) < 20);
  CHECK(abs((int)right.speed - 200) < 20);
}

static void never_faster_than_the_ramps(void) {
  reset();
  double fastest_rise = 0;
  for (unsigned at = 0; at < 30; at++) {
    const double before = left.speed;
    hold(400, 400, 50);
    const double rise = (left.speed - before) / 0.05;
    if (rise > fastest_rise) fastest_rise = rise;
  }
  CHECK(fastest_rise < 800);
}

/* 250 ms is the longest a host may ask for; then it is over, brakes, and the power goes off. */
static void command_lapses(void) {
  reset();
  hold(300, 300, 1500);
  coast(110);
  CHECK(robot.drive.leftTargetMmS == 0);
  coast(1000);
  CHECK(!out.motorEnable);
  CHECK(abs((int)left.speed) < 5);
}

/* From 300 mm/s at 1 m/s2 the set point needs 45 mm; with the motor's lag and the standstill check far less than 200 mm. */
static void controlled_stop_brakes(void) {
  reset();
  hold(300, 300, 2000);
  const double from = left.metres;
  for (unsigned at = 0; at < 1500; at++) {
    run_silent(&robot, &in, &out, 1);
    world();
  }
  CHECK(!out.motorEnable);
  CHECK(left.metres - from < 0.2);
}

static void stop_cuts_power_at_once(void) {
  reset();
  hold(300, 300, 1000);
  CHECK(supervisor_stop(&robot) == ACK_RESULT_ACCEPTED);
  run(&robot, &in, &out, 1);
  CHECK(!out.motorEnable && out.leftDuty == 0);
}

/* Driven above 30 % with a silent encoder: a fault after 500 ms. */
static void silent_encoder_is_a_fault(void) {
  reset();
  for (unsigned at = 0; at < 3000 && supervisor_stop_cause(&robot) == STOP_CAUSE_NONE; at++) {
    if (at % 40 == 0) (void)supervisor_drive(&robot, &(DriveMessage){.leftMmS = 300, .rightMmS = 300, .validMs = 100});
    run(&robot, &in, &out, 1);
    world();
    in.leftPulses = 0;
  }
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_ENCODER_FAULT);
  run(&robot, &in, &out, 1);
  CHECK(!out.motorEnable);
}

/* With B of the left encoder broken, forwards counts as backwards: the power must go off before the wheel runs away for long. */
static void contrary_encoder_is_a_fault(void) {
  unsigned ms = 0;
  reset();
  for (; ms < 3000 && supervisor_stop_cause(&robot) == STOP_CAUSE_NONE; ms++) {
    if (ms % 40 == 0) (void)supervisor_drive(&robot, &(DriveMessage){.leftMmS = 300, .rightMmS = 300, .validMs = 100});
    run(&robot, &in, &out, 1);
    world();
    in.leftPulses = -in.leftPulses;
  }
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_ENCODER_FAULT);
  CHECK(ms < 900);
}

static void needs_configuration(void) {
  static DispenseHistory history;
  in = healthy();
  supervisor_init(&robot, STOP_CAUSE_POWER_UP, &history);
  run(&robot, &in, &out, 100);
  in.releasePressed = true;
  run(&robot, &in, &out, 100);
  CHECK(supervisor_drive(&robot, &(DriveMessage){.leftMmS = 100, .rightMmS = 100, .validMs = 100}) == ACK_RESULT_INTERLOCKED);
  ConfigureMessage limits = calibration();
  limits.resumeMm = 499;
  CHECK(supervisor_configure(&robot, &limits) == ACK_RESULT_OUT_OF_RANGE);
}

static void configuration_waits_for_standstill(void) {
  const ConfigureMessage limits = calibration();
  reset();
  hold(200, 200, 200);
  CHECK(supervisor_configure(&robot, &limits) == ACK_RESULT_INTERLOCKED);
  coast(2000);
  CHECK(supervisor_configure(&robot, &limits) == ACK_RESULT_ACCEPTED);
}

const Test drive_tests[] = {{"reaches and holds the speed with unequal motors", reaches_and_holds_speed},
                            {"goes backwards and reverses", goes_backwards_and_reverses},
                            {"the speed cap keeps the curve", speed_cap_keeps_the_curve},
                            {"never accelerates harder than allowed", never_faster_than_the_ramps},
                            {"a command lapses", command_lapses},
                            {"a controlled stop brakes", controlled_stop_brakes},
                            {"stop cuts the power at once", stop_cuts_power_at_once},
                            {"a silent encoder is a fault", silent_encoder_is_a_fault},
                            {"a contrary encoder is a fault", contrary_encoder_is_a_fault},
                            {"no motion without configuration", needs_configuration},
                            {"no configuration while moving", configuration_waits_for_standstill}};
SUITE(drive);
