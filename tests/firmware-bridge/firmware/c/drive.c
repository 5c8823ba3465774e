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
  in.frontLeftMm = 12000;
  in.frontRightMm = 12000;
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
  CHECK(!drive_commanded(&robot.drive));
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

/* What the left encoder says of `turned` pulses; `at_fault` are those when it broke. */
typedef int32_t (*Broken)(int32_t turned, int32_t at_fault);
static int32_t silent(int32_t turned, int32_t at_fault) {
  (void)turned;
  return at_fault;
}
static int32_t contrary(int32_t turned, int32_t at_fault) {
  return 2 * at_fault - turned;
}

static double broken_mm; /* way from the fault to the stop */

/* Milliseconds until a stop when the encoder breaks after `sound` ms of 300 mm/s; at most 2,000. */
static unsigned time_to_stop(Broken broken, unsigned sound) {
  reset();
  hold(300, 300, sound);
  const int32_t at_fault = in.leftPulses;
  const double from = left.metres;
  unsigned ms = 0;
  for (; ms < 2000 && supervisor_stop_cause(&robot) == STOP_CAUSE_NONE; ms++) {
    if (ms % 40 == 0) (void)supervisor_drive(&robot, &(DriveMessage){.leftMmS = 300, .rightMmS = 300, .validMs = 100});
    run(&robot, &in, &out, 1);
    world();
    in.leftPulses = broken(in.leftPulses, at_fault);
  }
  broken_mm = (left.metres - from) * 1000.0;
  CHECK(!out.motorEnable);
  return ms;
}

static void silent_encoder_is_found(void) {
  CHECK(time_to_stop(silent, 0) <= 500);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_WHEEL_STALL && broken_mm < 100);
  CHECK(time_to_stop(silent, 2000) <= 40);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_ENCODER_FAULT && broken_mm < 15);
}

/* With B of the left encoder broken, forwards counts as backwards: the power must go off before the wheel runs away for long. */
static void contrary_encoder_is_found(void) {
  CHECK(time_to_stop(contrary, 0) <= 300);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_RUNAWAY && broken_mm < 30);
  CHECK(time_to_stop(contrary, 2000) <= 40);
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_ENCODER_FAULT && broken_mm < 15);
}

static void blocked_wheel_is_found(void) {
  reset();
  hold(300, 300, 1000);
  unsigned ms = 0;
  for (; ms < 2000 && supervisor_stop_cause(&robot) == STOP_CAUSE_NONE; ms++) {
    if (ms % 40 == 0) (void)supervisor_drive(&robot, &(DriveMessage){.leftMmS = 300, .rightMmS = 300, .validMs = 100});
    run(&robot, &in, &out, 1);
    world();
    /* A sill: braked at 3 m/s2 down to 20 mm/s. */
    left.speed = left.speed > 300.0 - 3.0 * ms && 300.0 - 3.0 * ms > 20 ? 300.0 - 3.0 * ms : left.speed > 20 ? 20 : left.speed;
  }
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_WHEEL_STALL);
  CHECK(ms >= 200 && ms <= 400);
}

/* Pushed, or on a slope, with the power off. */
static void rolling_is_found(void) {
  reset();
  coast(300);
  for (unsigned ms = 0; ms < 400; ms++) {
    in.rightPulses++; /* 500 mm/s */
    run(&robot, &in, &out, 1);
  }
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_NONE);
  for (unsigned ms = 0; ms < 200; ms++) {
    in.rightPulses++;
    run(&robot, &in, &out, 1);
  }
  CHECK(supervisor_stop_cause(&robot) == STOP_CAUSE_RUNAWAY);
}

/* The drive by itself, with a way as free as the test says. */
static Drive drive;
static FreeDistance way;
static ConfigureMessage limits;
static uint16_t ceiling;
static StopCause fault;

static void step(unsigned ms) {
  for (unsigned at = 0; at < ms; at++) fault = drive_step(&drive, &in, &limits, &way, ceiling);
}

static void reset_drive(uint16_t free_mm_s) {
  drive_init(&drive);
  in = healthy();
  limits = calibration();
  ceiling = 400;
  way.left.capMmS = free_mm_s;
  way.right.capMmS = free_mm_s;
  way.rearCapMmS = free_mm_s;
}

static void order(int16_t left_mm_s, int16_t right_mm_s) {
  drive_command(&drive, &(DriveMessage){.leftMmS = left_mm_s, .rightMmS = right_mm_s, .validMs = 250});
}

static bool aims_at(int16_t left_mm_s, int16_t right_mm_s) {
  return drive.leftTargetMmS == left_mm_s && drive.rightTargetMmS == right_mm_s;
}

static void targets_keep_the_curve_under_every_cap(void) {
  reset_drive(600);
  order(600, 300);
  step(9);
  CHECK(aims_at(0, 0) && !drive.enabled);
  step(1);
  CHECK(aims_at(400, 200) && drive.enabled && drive.capMmS == 400);
  way.left.capMmS = 100;
  step(9);
  CHECK(aims_at(400, 200));
  step(1);
  CHECK(aims_at(100, 50) && drive.capMmS == 100);
  way.left.capMmS = 399;
  order(-200, 399);
  step(10);
  CHECK(aims_at(-200, 399) && drive.capMmS == 399);
  order(-300, 599);
  way.right.capMmS = 100;
  step(10);
  CHECK(aims_at(-50, 100) && drive.capMmS == 100);
  /* Backwards the rear counts. */
  order(-600, -300);
  step(10);
  CHECK(aims_at(-400, -200));
  order(-300, -600);
  way.rearCapMmS = 60;
  step(10);
  CHECK(aims_at(-30, -60) && drive.capMmS == 60);
}

/* 1,000 mm/s2: 10 mm/s a period, also when the way ahead gets shorter while the command stands. */
static void shorter_way_brakes_along_the_ramp(void) {
  reset_drive(600);
  order(200, 100);
  step(60);
  CHECK(drive.left.setpointMmS == 30 && drive.right.setpointMmS == 30);
  way.left.capMmS = 10;
  step(10);
  CHECK(drive.left.setpointMmS == 20 && drive.right.setpointMmS == 20);
  step(20);
  CHECK(drive.left.setpointMmS == 10 && drive.right.setpointMmS == 5);
  way.left.capMmS = 0;
  in.leftPulses++;
  step(10);
  CHECK(drive.left.setpointMmS == 0 && drive.right.setpointMmS == 0 && drive.left.duty == 0);
  step(90);
  CHECK(drive.enabled && drive_commanded(&drive));
  step(1);
  CHECK(!drive.enabled && drive_commanded(&drive));
  /* The way is free again within the command's time. */
  way.left.capMmS = 600;
  step(9);
  CHECK(drive.enabled && drive.left.setpointMmS == 5);
}

static void command_lives_for_its_time(void) {
  reset_drive(600);
  drive_command(&drive, &(DriveMessage){.leftMmS = 100, .rightMmS = 100, .validMs = 20});
  CHECK(drive_commanded(&drive));
  step(19);
  CHECK(drive_commanded(&drive) && aims_at(100, 100));
  step(1);
  CHECK(!drive_commanded(&drive) && aims_at(0, 0));
  order(0, 100);
  CHECK(drive_commanded(&drive));
  order(100, 0);
  CHECK(drive_commanded(&drive));
  order(0, 0);
  CHECK(!drive_commanded(&drive));
}

/* One wheel alone is driven, too; standing orders power nothing, even while somebody pushes the robot. */
static void either_wheel_powers(void) {
  reset_drive(600);
  for (unsigned ms = 0; ms < 50; ms++) {
    in.leftPulses++;
    in.rightPulses--;
    step(1);
    CHECK(!drive.enabled && drive.left.duty == 0 && drive.right.duty == 0);
  }
  reset_drive(600);
  order(0, 0);
  step(20);
  CHECK(!drive.enabled);
  order(100, 0);
  step(10);
  CHECK(drive.enabled && drive.left.setpointMmS == 5 && drive.right.setpointMmS == 0);
  reset_drive(600);
  order(0, -100);
  step(10);
  CHECK(drive.enabled && drive.left.setpointMmS == 0 && drive.right.setpointMmS == -5);
}

/* Power off 100 ms after the last pulse, or after 500 ms of braking. */
static void braking_ends(void) {
  reset_drive(600);
  order(50, 0);
  step(10);
  in.leftPulses++;
  step(1);
  drive_withdraw(&drive);
  step(9);
  CHECK(drive.left.setpointMmS == 0 && drive.enabled && drive.left.behindUm == 0);
  step(90);
  CHECK(drive.enabled);
  step(1);
  CHECK(!drive.enabled);
  reset_drive(600);
  for (unsigned again = 0; again < 2; again++) {
    order(0, 50);
    step(10);
    CHECK(drive.right.setpointMmS == 5);
    drive_withdraw(&drive);
    step(9);
    for (unsigned ms = 0; ms < 499; ms++) {
      in.rightPulses += ms % 20 == 0;
      step(1);
      CHECK(drive.enabled);
    }
    CHECK(drive.right.duty == 0 && drive.right.behindUm == 0);
    step(1);
    CHECK(!drive.enabled);
    in.rightPulses++;
    step(drive.controlMs == 0 ? 0 : 10u - drive.controlMs);
  }
  /* A motion in between begins the time anew. */
  order(0, 50);
  step(10);
  drive_withdraw(&drive);
  for (unsigned ms = 0; ms < 300; ms++) {
    in.rightPulses++;
    step(1);
  }
  order(0, -50);
  step(100);
  drive_withdraw(&drive);
  for (unsigned ms = 0; ms < 300; ms++) {
    in.rightPulses--;
    step(1);
    CHECK(drive.enabled);
  }
}

static void moving_until_100_ms_after_the_last_pulse(void) {
  reset_drive(600);
  CHECK(!drive_moving(&drive));
  step(1000);
  CHECK(!drive_moving(&drive));
  in.leftPulses--;
  step(100);
  CHECK(drive_moving(&drive));
  step(1);
  CHECK(!drive_moving(&drive));
  in.rightPulses++;
  step(1);
  CHECK(drive_moving(&drive));
  step(100);
  CHECK(!drive_moving(&drive));
  order(10, 10);
  step(10);
  CHECK(drive_moving(&drive));
}

static void cut_is_at_once_and_whole(void) {
  reset_drive(600);
  order(300, 300);
  step(100);
  CHECK(drive.left.duty > 0 && drive.right.duty > 0 && drive.enabled);
  drive_cut(&drive);
  CHECK(drive.left.duty == 0 && drive.right.duty == 0 && drive.left.setpointMmS == 0 && drive.right.setpointMmS == 0);
  CHECK(!drive.enabled && !drive_commanded(&drive) && aims_at(0, 0) && drive.validMs == 0);
  step(50);
  CHECK(!drive.enabled && drive.left.setpointMmS == 0 && drive.validMs == 0);
}

static void fault_of_either_wheel(void) {
  for (unsigned side = 0; side < 2; side++) {
    reset_drive(600);
    fault = STOP_CAUSE_NONE;
    for (unsigned ms = 1; ms <= 600 && fault == STOP_CAUSE_NONE; ms++) {
      if (side) in.rightPulses++;
      else in.leftPulses++;
      step(1);
    }
    CHECK(fault == STOP_CAUSE_RUNAWAY);
    step(1);
    CHECK(fault == STOP_CAUSE_NONE); /* told once a control period */
  }
}

static void needs_configuration(void) {
  static DispenseHistory history;
  in = healthy();
  supervisor_init(&robot, STOP_CAUSE_POWER_UP, &history);
  run(&robot, &in, &out, 100);
  in.releasePressed = true;
  run(&robot, &in, &out, 100);
  CHECK(supervisor_drive(&robot, &(DriveMessage){.leftMmS = 100, .rightMmS = 100, .validMs = 100}) == ACK_RESULT_INTERLOCKED);
  ConfigureMessage odd = calibration();
  odd.resumeMm = 499;
  CHECK(supervisor_configure(&robot, &odd) == ACK_RESULT_OUT_OF_RANGE);
}

static void configuration_waits_for_standstill(void) {
  const ConfigureMessage same = calibration();
  reset();
  hold(200, 200, 200);
  CHECK(supervisor_configure(&robot, &same) == ACK_RESULT_INTERLOCKED);
  coast(2000);
  CHECK(supervisor_configure(&robot, &same) == ACK_RESULT_ACCEPTED);
}

/* Measured in the ninth millisecond of ten, steered in the tenth. Ten pulses in the window of 50 ms are 100 mm/s. */
static void measures_before_it_steers(void) {
  reset();
  while (robot.drive.controlMs != 0) run(&robot, &in, &out, 1);
  in.leftPulses += 10;
  run(&robot, &in, &out, 8);
  CHECK(robot.drive.left.measuredMmS == 0);
  run(&robot, &in, &out, 1);
  CHECK(robot.drive.left.measuredMmS == 100);
}

const Test drive_tests[] = {{"measures before it steers", measures_before_it_steers},
                            {"reaches and holds the speed with unequal motors", reaches_and_holds_speed},
                            {"goes backwards and reverses", goes_backwards_and_reverses},
                            {"the speed cap keeps the curve", speed_cap_keeps_the_curve},
                            {"never accelerates harder than allowed", never_faster_than_the_ramps},
                            {"a command lapses", command_lapses},
                            {"a controlled stop brakes", controlled_stop_brakes},
                            {"stop cuts the power at once", stop_cuts_power_at_once},
                            {"a silent encoder is found", silent_encoder_is_found},
                            {"a contrary encoder is found", contrary_encoder_is_found},
                            {"a blocked wheel is found", blocked_wheel_is_found},
                            {"rolling without power is found", rolling_is_found},
                            {"targets keep the curve under every cap", targets_keep_the_curve_under_every_cap},
                            {"a shorter way brakes along the ramp", shorter_way_brakes_along_the_ramp},
                            {"a command lives for its time", command_lives_for_its_time},
                            {"either wheel powers", either_wheel_powers},
                            {"braking ends", braking_ends},
                            {"moving until 100 ms after the last pulse", moving_until_100_ms_after_the_last_pulse},
                            {"a cut is at once and whole", cut_is_at_once_and_whole},
                            {"a fault of either wheel", fault_of_either_wheel},
                            {"no motion without configuration", needs_configuration},
                            {"no configuration while moving", configuration_waits_for_standstill}};
SUITE(drive);
