#include "../../../../firmware-bridge/firmware/safety/wheel.h"
#include "check.h"

static Wheel wheel;
static int32_t pulses;

static void reset(void) {
  wheel = (Wheel){0};
  pulses = 0;
}

/* One control period in which `count` pulses came. */
static void turn(int32_t count, uint16_t pulses_per_metre) {
  pulses = (int32_t)((uint32_t)pulses + (uint32_t)count);
  wheel_measure(&wheel, pulses, pulses_per_metre);
}

static void measures_over_50_ms(void) {
  static const int16_t rising[] = {40, 80, 120, 160, 200, 200};
  reset();
  for (unsigned at = 0; at < COUNT(rising); at++) {
    turn(2, 1000);
    CHECK(wheel.measuredMmS == rising[at]);
  }
  for (unsigned at = 0; at < 5; at++) {
    CHECK(wheel.measuredMmS == rising[4 - at]);
    turn(0, 1000);
  }
  CHECK(wheel.measuredMmS == 0);
  turn(-1, 3000);
  CHECK(wheel.measuredMmS == -6);
}

static void bears_wrapping_and_jumping_counts(void) {
  reset();
  pulses = 2147483646;
  wheel.lastPulses = pulses;
  turn(4, 1000);
  CHECK(wheel.measuredMmS == 80);
  /* 20,000 pulses a metre: a pulse more is 1 mm/s more. */
  static const int32_t jumps[][2] = {{999, 999}, {1000, 1000}, {1001, 1000}, {-999, -999}, {-1000, -1000}, {-1001, -1000}, {2000000000, 1000}};
  for (unsigned at = 0; at < COUNT(jumps); at++) {
    reset();
    turn(jumps[at][0], 20000);
    CHECK(wheel.measuredMmS == jumps[at][1]);
  }
  /* 100 pulses a metre: a pulse is 200 mm/s, and 2,000 mm/s is the end. */
  for (int32_t count = 9; count <= 11; count++) {
    reset();
    turn(count, 100);
    CHECK(wheel.measuredMmS == (count == 9 ? 1800 : 2000));
    reset();
    turn(-count, 100);
    CHECK(wheel.measuredMmS == (count == 9 ? -1800 : -2000));
  }
}

static void expect_ramp(int16_t from, int16_t target, const int16_t *steps, unsigned count) {
  reset();
  wheel.setpointMmS = from;
  for (unsigned at = 0; at < count; at++) {
    wheel_control(&wheel, target, 1000, 1000);
    CHECK(wheel.setpointMmS == steps[at]);
  }
}

#define EXPECT_RAMP(from, target, ...) \
  expect_ramp(from, target, (const int16_t[]){__VA_ARGS__}, sizeof((const int16_t[]){__VA_ARGS__}) / sizeof(int16_t))

/* 500 mm/s2 up, 1,000 mm/s2 down: 5 and 10 mm/s a period. */
static void follows_the_ramps(void) {
  EXPECT_RAMP(0, 12, 5, 10, 12, 12);
  EXPECT_RAMP(0, 5, 5, 5);
  EXPECT_RAMP(0, -12, -5, -10, -12, -12);
  EXPECT_RAMP(30, 9, 20, 10, 9, 9);
  EXPECT_RAMP(30, 0, 20, 10, 0, 0);
  EXPECT_RAMP(-30, -9, -20, -10, -9, -9);
  EXPECT_RAMP(-30, 0, -20, -10, 0, 0);
  EXPECT_RAMP(15, -100, 5, 0, -5, -10);
  EXPECT_RAMP(-15, 100, -5, 0, 5, 10);
  EXPECT_RAMP(1, 2, 2);
  EXPECT_RAMP(-9, 1, 0, 1);
  EXPECT_RAMP(9, -1, 0, -1);
  EXPECT_RAMP(-10, 7, 0, 5, 7);
  EXPECT_RAMP(-1, -20, -6);
}

static int16_t duty_after(int16_t target, unsigned periods) {
  for (unsigned at = 0; at < periods; at++) wheel_control(&wheel, target, 1000, 1000);
  return wheel.duty;
}

static void duty_follows_speed_and_distance(void) {
  reset();
  CHECK(duty_after(100, 1) == 5 + 2);
  CHECK(duty_after(100, 1) == 10 + 5);
  CHECK(duty_after(100, 1) == 15 + 7 + 1); /* 0.3 mm behind */
  reset();
  CHECK(duty_after(-100, 3) == -15 - 7 - 1);
  /* At 100 mm/s a standing wheel falls 1 mm behind a period; 50 mm count at most, a step for 0.256 mm. */
  reset();
  CHECK(duty_after(100, 20) == 100 + 50 + 41);
  CHECK(duty_after(100, 39) == 100 + 50 + 193);
  CHECK(duty_after(100, 1) == 100 + 50 + 195);
  CHECK(duty_after(100, 100) == 100 + 50 + 195);
  reset();
  CHECK(duty_after(-100, 200) == -100 - 50 - 195);
  /* A pulse at 1,000 pulses/m is a millimetre ahead and 20 mm/s. */
  reset();
  turn(1, 1000);
  CHECK(duty_after(100, 1) == 5 - 7 - 3);
}

static void duty_has_an_end(void) {
  for (int16_t sign = -1; sign <= 1; sign = (int16_t)(sign + 2)) {
    reset();
    wheel.setpointMmS = (int16_t)(600 * sign);
    wheel.measuredMmS = (int16_t)(202 * sign);
    wheel.behindUm = -6000L * sign;
    CHECK(duty_after((int16_t)(600 * sign), 1) == 799 * sign); /* 600 + 199 + 0 */
    wheel.behindUm = -5000L * sign;
    CHECK(duty_after((int16_t)(600 * sign), 1) == 799 * sign); /* three steps more */
    wheel.behindUm = -7000L * sign;
    CHECK(duty_after((int16_t)(600 * sign), 1) == 796 * sign);
  }
}

static void rests_without_memory(void) {
  reset();
  (void)duty_after(100, 50);
  wheel_rest(&wheel);
  CHECK(wheel.duty == 0 && wheel.setpointMmS == 0);
  CHECK(duty_after(100, 1) == 7);
}

/* Periods until a fault shows, 0 when none does within 100. */
static unsigned periods_until(StopCause expected, int16_t setpoint, int16_t measured, int16_t duty) {
  reset();
  wheel.setpointMmS = setpoint;
  wheel.measuredMmS = measured;
  wheel.duty = duty;
  for (unsigned at = 1; at <= 100; at++) {
    const StopCause fault = wheel_fault(&wheel, 1000);
    if (fault == STOP_CAUSE_NONE) continue;
    CHECK(fault == expected);
    CHECK(wheel_fault(&wheel, 1000) == expected); /* while it lasts */
    return at;
  }
  return 0;
}

/* Above 240 steps and below a quarter of the set point, for 200 ms. */
static void stalls_after_200_ms(void) {
  CHECK(periods_until(STOP_CAUSE_WHEEL_STALL, 100, 24, 241) == 20);
  CHECK(periods_until(STOP_CAUSE_WHEEL_STALL, 100, 25, 241) == 0);
  CHECK(periods_until(STOP_CAUSE_WHEEL_STALL, 100, 24, 240) == 0);
  CHECK(periods_until(STOP_CAUSE_WHEEL_STALL, 100, -60, 241) == 20);
  CHECK(periods_until(STOP_CAUSE_WHEEL_STALL, -100, -24, -241) == 20);
  CHECK(periods_until(STOP_CAUSE_WHEEL_STALL, -100, -25, -241) == 0);
  CHECK(periods_until(STOP_CAUSE_WHEEL_STALL, -100, -24, -240) == 0);
  CHECK(periods_until(STOP_CAUSE_WHEEL_STALL, -100, 60, -241) == 20);
  CHECK(periods_until(STOP_CAUSE_WHEEL_STALL, 0, 1, 241) == 0);
}

static void a_turning_period_ends_a_stall(void) {
  CHECK(periods_until(STOP_CAUSE_WHEEL_STALL, 100, 0, 300) == 20);
  reset();
  wheel.setpointMmS = 100;
  wheel.duty = 300;
  for (unsigned at = 0; at < 19; at++) CHECK(wheel_fault(&wheel, 1000) == STOP_CAUSE_NONE);
  wheel.measuredMmS = 25;
  CHECK(wheel_fault(&wheel, 1000) == STOP_CAUSE_NONE);
  wheel.measuredMmS = 0;
  for (unsigned at = 0; at < 19; at++) CHECK(wheel_fault(&wheel, 1000) == STOP_CAUSE_NONE);
  CHECK(wheel_fault(&wheel, 1000) == STOP_CAUSE_WHEEL_STALL);
}

/* Backwards above 60 mm/s, or 200 mm/s too fast, for 100 ms; without power 500 ms. */
static void runs_away(void) {
  CHECK(periods_until(STOP_CAUSE_RUNAWAY, 1, -61, 0) == 10);
  CHECK(periods_until(STOP_CAUSE_RUNAWAY, 1, -60, 0) == 0);
  CHECK(periods_until(STOP_CAUSE_RUNAWAY, -1, 61, 0) == 10);
  CHECK(periods_until(STOP_CAUSE_RUNAWAY, -1, 60, 0) == 0);
  CHECK(periods_until(STOP_CAUSE_RUNAWAY, 100, 301, 0) == 10);
  CHECK(periods_until(STOP_CAUSE_RUNAWAY, 100, 300, 0) == 0);
  CHECK(periods_until(STOP_CAUSE_RUNAWAY, -100, -301, 0) == 10);
  CHECK(periods_until(STOP_CAUSE_RUNAWAY, -100, -300, 0) == 0);
  CHECK(periods_until(STOP_CAUSE_RUNAWAY, 0, 201, 0) == 50);
  CHECK(periods_until(STOP_CAUSE_RUNAWAY, 0, 200, 0) == 0);
  CHECK(periods_until(STOP_CAUSE_RUNAWAY, 0, -201, 0) == 50);
  CHECK(periods_until(STOP_CAUSE_RUNAWAY, 0, -200, 0) == 0);
}

static void a_quiet_period_ends_a_runaway(void) {
  reset();
  wheel.measuredMmS = 201;
  for (unsigned at = 0; at < 1000; at++) (void)wheel_fault(&wheel, 1000);
  CHECK(wheel.runawayMs == 500); /* does not grow for ever */
  CHECK(wheel_fault(&wheel, 1000) == STOP_CAUSE_RUNAWAY);
  wheel.measuredMmS = 200;
  CHECK(wheel_fault(&wheel, 1000) == STOP_CAUSE_NONE && wheel.runawayMs == 0);
  wheel.measuredMmS = 201;
  for (unsigned at = 0; at < 49; at++) CHECK(wheel_fault(&wheel, 1000) == STOP_CAUSE_NONE);
  CHECK(wheel_fault(&wheel, 1000) == STOP_CAUSE_RUNAWAY);
  /* Rolling already when it is driven: the shorter time has passed. */
  reset();
  wheel.measuredMmS = 250;
  for (unsigned at = 0; at < 10; at++) CHECK(wheel_fault(&wheel, 1000) == STOP_CAUSE_NONE);
  wheel.setpointMmS = 5;
  CHECK(wheel_fault(&wheel, 1000) == STOP_CAUSE_RUNAWAY);
}

static StopCause fault_of(int16_t setpoint, const int16_t window[5], uint16_t pulses_per_metre) {
  reset();
  wheel.setpointMmS = setpoint;
  for (unsigned at = 0; at < 5; at++) wheel.window[at] = window[at];
  return wheel_fault(&wheel, pulses_per_metre);
}

static void encoder_lost_at_speed(void) {
  static const struct {
    int16_t setpoint;
    int16_t window[5];
    uint16_t pulses_per_metre;
    bool lost;
  } cases[] = {
      {100, {4, 0, 0, 0, 0}, 1000, true},      {100, {0, 4, 9, 0, 0}, 1000, true},     {100, {3, 0, 9, 0, 0}, 1000, false},
      {99, {4, 0, 0, 0, 0}, 1000, false},      {-100, {-2, -2, -1, 0, 0}, 1000, true}, {-99, {-4, 0, 0, 0, 0}, 1000, false},
      {100, {2, 2, 2, 1, 0}, 1000, false},     {100, {2, 2, 2, 0, 1}, 1000, false},    {100, {2, 2, 2, -1, 1}, 1000, true},
      {100, {2, 2, 0, 0, -1}, 1000, true},     {-100, {-2, -2, 0, 0, 1}, 1000, true},  {-100, {-2, -2, 0, 0, -1}, 1000, false},
      {-100, {-2, -2, 0, -1, 0}, 1000, false}, {-100, {-3, 0, 0, 0, 0}, 1000, false},
      /* 4 pulses in 20 ms at 2,000 pulses/m are 100 mm/s. */
      {100, {2, 2, 0, 0, 0}, 2000, true},      {100, {2, 2, 0, 0, 0}, 2001, false},    {100, {3, 2, 0, 0, 0}, 2001, true},
      {100, {40, 0, 0, 0, 0}, 20000, true},    {100, {39, 0, 0, 0, 0}, 20000, false},  {100, {0, 0, 40, 0, 0}, 1000, false},
  };
  for (unsigned at = 0; at < COUNT(cases); at++) {
    const StopCause fault = fault_of(cases[at].setpoint, cases[at].window, cases[at].pulses_per_metre);
    CHECK(fault == (cases[at].lost ? STOP_CAUSE_ENCODER_FAULT : STOP_CAUSE_NONE));
  }
}

/* Several at once: the encoder first, since the others are judged by it. */
static void names_the_first_of_several(void) {
  reset();
  wheel = (Wheel){.setpointMmS = 100, .measuredMmS = -61, .duty = 300};
  for (unsigned at = 0; at < 9; at++) CHECK(wheel_fault(&wheel, 1000) == STOP_CAUSE_NONE);
  for (unsigned at = 0; at < 20; at++) CHECK(wheel_fault(&wheel, 1000) == STOP_CAUSE_RUNAWAY);
  wheel.window[0] = 20;
  CHECK(wheel_fault(&wheel, 1000) == STOP_CAUSE_ENCODER_FAULT);
}

const Test wheel_tests[] = {{"measures over 50 ms", measures_over_50_ms},
                            {"bears counts that wrap and jump", bears_wrapping_and_jumping_counts},
                            {"follows the ramps", follows_the_ramps},
                            {"duty follows speed and distance", duty_follows_speed_and_distance},
                            {"duty has an end", duty_has_an_end},
                            {"rests without memory", rests_without_memory},
                            {"stalls after 200 ms", stalls_after_200_ms},
                            {"a turning period ends a stall", a_turning_period_ends_a_stall},
                            {"runs away", runs_away},
                            {"a quiet period ends a runaway", a_quiet_period_ends_a_runaway},
                            {"encoder lost at speed", encoder_lost_at_speed},
                            {"names the first of several", names_the_first_of_several}};
SUITE(wheel);
