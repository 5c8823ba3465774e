#include "free_distance.h"
#include "ranging.h"

#define HALF_WINDOW (RANGE_WINDOW / 2u)
/* Each of HALF_WINDOW pairs of readings lies HALF_WINDOW periods apart: sum of their differences in mm -> mm/s. */
#define CLOSING_FACTOR ((int32_t)(1000u / (HALF_WINDOW * HALF_WINDOW * RANGE_PERIOD_MS)))
/* Ticks of a sensor period in which each has its turn: apart, so that no tick gets long, and right before the last one, in which the
   wheels are controlled. */
enum { TRAVEL_TURN = 5, REAR_TURN = 6, LEFT_TURN = 7, RIGHT_TURN = 8 };
/* The sum of two wheel speeds in mm/s, each millisecond: half micrometres. */
#define HALF_UM_PER_MM 2000

void free_distance_init(FreeDistance *free_distance) {
  *free_distance = (FreeDistance){.turn = 0};
}

uint16_t square_root(uint32_t square) {
  uint32_t root = 0;
  for (uint32_t bit = 1UL << 30; bit > 0; bit >>= 2) {
    const uint32_t tried = root + bit;
    root >>= 1;
    if (square < tried) continue;
    square -= tried;
    root += bit;
  }
  return (uint16_t)root;
}

static uint16_t at_most(uint32_t value, uint16_t bound) {
  return value < bound ? (uint16_t)value : bound;
}

static uint32_t beyond(uint32_t value, uint32_t kept) {
  return value > kept ? value - kept : 0;
}

uint16_t free_distance_speed(uint16_t free_mm, uint16_t closing_mm_s, uint16_t response_ms, uint16_t braking_mm_s2) {
  /* The formula multiplied out: K t under the root cancels. What the delay costs is rounded up, the root down. */
  const uint32_t delay_mm_s = ((uint32_t)braking_mm_s2 * response_ms + 999u) / 1000u;
  const uint32_t closing = closing_mm_s;
  const uint32_t root = square_root(delay_mm_s * delay_mm_s + closing * closing + 2u * (uint32_t)braking_mm_s2 * free_mm);
  return at_most(beyond(root, delay_mm_s + closing), SPEED_LIMIT_MM_S);
}

static void travel(FreeDistance *free_distance) {
  const int32_t whole_mm = free_distance->travelHalfUm / HALF_UM_PER_MM;
  free_distance->travelHalfUm -= whole_mm * HALF_UM_PER_MM;
  free_distance->travelMm = (uint16_t)(free_distance->travelMm + whole_mm);
}

/* A place of the ring; `at` is less than two rounds. A modulo would cost ten times as much here. */
static uint8_t place(uint8_t at) {
  return at < RANGE_WINDOW ? at : (uint8_t)(at - RANGE_WINDOW);
}

static void remember(FrontView *view, uint16_t place_mm) {
  const uint16_t last_mm = view->placesMm[place((uint8_t)(view->next + RANGE_WINDOW - 1u))];
  const int16_t moved_mm = (int16_t)(place_mm - last_mm);
  if (moved_mm > (int16_t)RANGE_JUMP_MM || moved_mm < -(int16_t)RANGE_JUMP_MM) view->known = 0;
  view->placesMm[view->next] = place_mm;
  view->next = place((uint8_t)(view->next + 1u));
  if (view->known < RANGE_WINDOW) view->known++;
}

static uint16_t closing_mm_s(const FrontView *view) {
  if (view->known < RANGE_WINDOW) return RANGE_WALK_MM_S;
  int32_t nearer_mm = 0;
  for (uint8_t pair = 0; pair < HALF_WINDOW; pair++) {
    const uint8_t older = place((uint8_t)(view->next + pair)); /* the oldest stands where the next one will */
    nearer_mm += (int16_t)(view->placesMm[older] - view->placesMm[place((uint8_t)(older + HALF_WINDOW))]);
  }
  const int32_t closing = nearer_mm * CLOSING_FACTOR;
  return closing > (int32_t)CLOSING_DEAD_BAND_MM_S ? at_most((uint32_t)closing, RANGE_WALK_MM_S) : 0;
}

/* What counts as the free distance of a front reading. */
static uint16_t front_mm(uint16_t reading_mm, int16_t offset_mm, bool failed) {
  return failed ? 0 : at_most(range_with_offset(reading_mm, offset_mm), RANGE_LIMIT_MM);
}

static void look_ahead(FrontView *view, uint16_t seen_mm, uint16_t travel_mm, const ConfigureMessage *limits) {
  if (seen_mm != view->seenMm || seen_mm == RANGE_LIMIT_MM) view->unchangedFromMm = travel_mm;
  view->seenMm = seen_mm;
  remember(view, (uint16_t)(seen_mm + travel_mm));
  view->capMmS = free_distance_speed((uint16_t)beyond(seen_mm, limits->marginMm), closing_mm_s(view),
                                     (uint16_t)(limits->brakingDelayMs + RANGE_RESPONSE_MS), limits->brakingMmS2);
}

/* Standing things keep the margin; a walker who comes up from behind, seen or not, is not touched by a robot that moves. */
static uint16_t rear_speed(uint16_t reading_mm, const ConfigureMessage *limits) {
  const uint16_t seen_mm = at_most(reading_mm, REAR_LIMIT_MM);
  const uint16_t response_ms = (uint16_t)(limits->brakingDelayMs + REAR_RESPONSE_MS);
  const uint16_t standing = free_distance_speed((uint16_t)beyond(seen_mm, limits->marginMm), 0, response_ms, limits->brakingMmS2);
  const uint16_t walked_mm = (uint16_t)beyond(seen_mm, REAR_BLIND_MM);
  return at_most(standing, free_distance_speed(walked_mm, RANGE_WALK_MM_S, response_ms, limits->brakingMmS2));
}

void free_distance_step(FreeDistance *free_distance, const Inputs *in, int16_t left_mm_s, int16_t right_mm_s,
                        const ConfigureMessage *limits) {
  free_distance->travelHalfUm += (int32_t)left_mm_s + right_mm_s;
  if (free_distance->turn == TRAVEL_TURN) travel(free_distance);
  const uint16_t travel_mm = free_distance->travelMm;
  if (free_distance->turn == REAR_TURN) free_distance->rearCapMmS = rear_speed(in->rearMm, limits);
  if (free_distance->turn == LEFT_TURN) {
    look_ahead(&free_distance->left, front_mm(in->frontLeftMm, limits->frontLeftOffsetMm, in->frontFailed), travel_mm, limits);
  }
  if (free_distance->turn == RIGHT_TURN) {
    look_ahead(&free_distance->right, front_mm(in->frontRightMm, limits->frontRightOffsetMm, in->frontFailed), travel_mm, limits);
  }
  if (++free_distance->turn == RANGE_PERIOD_MS) free_distance->turn = 0;
}

uint16_t free_distance_cap(const FreeDistance *free_distance, int16_t wanted_left, int16_t wanted_right) {
  const int32_t forward = (int32_t)wanted_left + wanted_right;
  if (forward > DIRECTION_DEAD_BAND_MM_S) return at_most(free_distance->left.capMmS, free_distance->right.capMmS);
  if (forward < -DIRECTION_DEAD_BAND_MM_S) return free_distance->rearCapMmS;
  return SPEED_LIMIT_MM_S;
}

static bool frozen(const FrontView *view, uint16_t travel_mm) {
  return (int16_t)(travel_mm - view->unchangedFromMm) > (int16_t)RANGE_FROZEN_MM;
}

bool free_distance_frozen(const FreeDistance *free_distance) {
  return frozen(&free_distance->left, free_distance->travelMm) || frozen(&free_distance->right, free_distance->travelMm);
}
