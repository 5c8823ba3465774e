/* The speed that a free distance allows, from its source. */
#include "contracts.h"
/* Places and travels are taken modulo their width on purpose. */
#pragma CPROVER check push
#pragma CPROVER check disable "conversion"
#include "safety/free_distance.c"
#pragma CPROVER check pop

static FreeDistance around;


/* Left over from before the travel was taken away, then ten milliseconds at most. */
static bool travel_valid(void) {
  const uint8_t since = (uint8_t)((around.turn + RANGE_PERIOD_MS - TRAVEL_TURN - 1u) % RANGE_PERIOD_MS);
  const int32_t most = HALF_UM_PER_MM + 2L * MEASURED_LIMIT_MM_S * since;
  return within(around.travelHalfUm, -most, most);
}

static bool view_valid(const FrontView *view) {
  return view->next < RANGE_WINDOW && view->known <= RANGE_WINDOW && view->capMmS <= SPEED_LIMIT_MM_S;
}

static bool valid(void) {
  return view_valid(&around.left) && view_valid(&around.right) && around.rearCapMmS <= SPEED_LIMIT_MM_S && around.turn < RANGE_PERIOD_MS &&
         travel_valid();
}

void prove_start(void) {
  HAVOC(around);
  free_distance_init(&around);
  PROVE(valid() && around.left.capMmS == 0 && around.right.capMmS == 0 && around.rearCapMmS == 0, "no way is free before a sensor has spoken");
}

static bool speeds_valid(int16_t left_mm_s, int16_t right_mm_s) {
  return within(left_mm_s, -MEASURED_LIMIT_MM_S, MEASURED_LIMIT_MM_S) && within(right_mm_s, -MEASURED_LIMIT_MM_S, MEASURED_LIMIT_MM_S);
}

static bool range_valid(uint16_t distance_mm) {
  return distance_mm <= RANGE_LIMIT_MM || distance_mm == RANGE_NOTHING_MM;
}

void prove_step(void) {
  HAVOC(around);
  ASSUME(valid());
  Inputs in;
  ConfigureMessage limits;
  HAVOC(in);
  HAVOC(limits);
  ASSUME(range_valid(in.frontLeftMm) && range_valid(in.frontRightMm));
  ASSUME(within(limits.marginMm, 150, 2000) && within(limits.brakingMmS2, 100, 5000) && limits.brakingDelayMs <= 500 &&
         within(limits.frontLeftOffsetMm, -200, 200) && within(limits.frontRightOffsetMm, -200, 200));
  const int16_t left = nondet_int16();
  const int16_t right = nondet_int16();
  ASSUME(speeds_valid(left, right));
  free_distance_step(&around, &in, left, right, &limits);
  PROVE(valid(), "looking around keeps the view valid");
}

void prove_cap(void) {
  HAVOC(around);
  ASSUME(valid());
  const int16_t left = nondet_int16();
  const int16_t right = nondet_int16();
  const uint16_t cap = free_distance_cap(&around, left, right);
  const int32_t forward = (int32_t)left + right;
  PROVE(cap <= SPEED_LIMIT_MM_S, "no way allows more than 600 mm/s");
  PROVE(forward <= DIRECTION_DEAD_BAND_MM_S || (cap <= around.left.capMmS && cap <= around.right.capMmS),
        "forwards both front sensors have a say");
  PROVE(forward >= -DIRECTION_DEAD_BAND_MM_S || cap <= around.rearCapMmS, "backwards the rear sensor has a say");
}
