#include "retreat.h"
#include "generated/limits.h"

void retreat_init(Retreat *retreat) {
  *retreat = (Retreat){.hit = 0};
}

/* Bumpers that are pressed, or were so briefly that only the interrupt saw it. */
static uint8_t touched(const Inputs *in) {
  unsigned bumpers = 0;
  if (in->bumperLeft || in->tripped == STOP_CAUSE_BUMPER_LEFT) bumpers |= TOLERATE_BUMPER_LEFT;
  if (in->bumperRight || in->tripped == STOP_CAUSE_BUMPER_RIGHT) bumpers |= TOLERATE_BUMPER_RIGHT;
  return (uint8_t)bumpers;
}

static uint32_t pulses_of(const Inputs *in) {
  return (uint32_t)in->leftPulses + (uint32_t)in->rightPulses;
}

static void begin(Retreat *retreat, const Inputs *in, const ConfigureMessage *limits) {
  const uint32_t pulses_per_metre = (uint32_t)limits->pulsesPerMetreLeft + limits->pulsesPerMetreRight;
  retreat->goal = pulses_of(in) - pulses_per_metre * RETREAT_MM / 1000u;
  retreat->tolerated = touched(in);
  retreat->leftClosedMs = 0;
  retreat->rightClosedMs = 0;
}

/* True once the bumper has been closed long enough not to be bouncing. */
static bool settled(uint8_t *closed_ms, bool pressed) {
  if (pressed) *closed_ms = 0;
  else (*closed_ms)++;
  return *closed_ms >= CONTACT_CLEAR_MS;
}

static void rearm(Retreat *retreat, const Inputs *in) {
  if ((retreat->tolerated & TOLERATE_BUMPER_LEFT) != 0 && settled(&retreat->leftClosedMs, in->bumperLeft)) {
    retreat->tolerated &= TOLERATE_BUMPER_RIGHT;
  }
  if ((retreat->tolerated & TOLERATE_BUMPER_RIGHT) != 0 && settled(&retreat->rightClosedMs, in->bumperRight)) {
    retreat->tolerated &= TOLERATE_BUMPER_LEFT;
  }
}

static bool far_enough(const Retreat *retreat, const Inputs *in) {
  return retreat->goal - pulses_of(in) < 0x80000000u;
}

void retreat_step(Retreat *retreat, const Inputs *in, const ConfigureMessage *limits, bool was_latched, bool latched, bool pressed) {
  if (was_latched || latched) retreat->hit |= touched(in);
  if (latched) {
    retreat->tolerated = 0;
    return;
  }
  if (was_latched) {
    begin(retreat, in, limits);
    return;
  }
  rearm(retreat, in);
  if (retreat->tolerated == 0 && (pressed || far_enough(retreat, in))) retreat->hit = 0;
}

bool retreat_allows(const Retreat *retreat, int16_t left_mm_s, int16_t right_mm_s) {
  if (retreat->hit == 0) return true;
  if (left_mm_s > 0 || right_mm_s > 0) return false;
  /* Backing with the right wheel faster swings the front to the right, away from the left. */
  const int16_t leftward = (int16_t)(right_mm_s - left_mm_s);
  if ((retreat->hit & TOLERATE_BUMPER_LEFT) != 0 && leftward > DIRECTION_DEAD_BAND_MM_S) return false;
  return (retreat->hit & TOLERATE_BUMPER_RIGHT) == 0 || leftward >= -DIRECTION_DEAD_BAND_MM_S;
}
