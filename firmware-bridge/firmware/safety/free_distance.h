/*
 * The free way in front and behind, turned into the fastest speed from which the robot still stands in time.
 *
 * A front reading of d mm allows v = sqrt((a t + K)^2 + 2 a (d - margin - K t)) - (a t + K): a the braking measured on this unit, t its
 * braking delay and the sensor's response, K how fast the thing seen comes nearer by itself. K is observed over the last readings;
 * until there are enough of them, and after a jump, it is the speed of a walking person. The rear sensor is too slow to observe K.
 */
#ifndef LETAN_SAFETY_FREE_DISTANCE_H
#define LETAN_SAFETY_FREE_DISTANCE_H
#include "io.h"
#include "generated/limits.h"

typedef struct {
  uint16_t placesMm[RANGE_WINDOW]; /* where the thing stood: reading plus own travel, modulo 2^16 */
  uint8_t next;                    /* place to overwrite */
  uint8_t known;                   /* places of the thing seen now, at most RANGE_WINDOW */
  uint16_t seenMm;
  uint16_t unchangedFromMm; /* own travel when seenMm was new */
  uint16_t capMmS;
} FrontView;

typedef struct {
  FrontView left;
  FrontView right;
  uint16_t rearCapMmS;
  uint8_t turn;         /* millisecond of the sensor period */
  uint16_t travelMm;    /* forwards, modulo 2^16 */
  int32_t travelHalfUm; /* remainder, and what was driven since */
} FreeDistance;

/* No free way until sensors have spoken. */
void free_distance_init(FreeDistance *free_distance);
/* One millisecond; measured wheel speeds in mm/s. Takes in each sensor once in RANGE_PERIOD_MS. */
void free_distance_step(FreeDistance *free_distance, const Inputs *in, int16_t left_mm_s, int16_t right_mm_s,
                        const ConfigureMessage *limits);
/* Upper bound in mm/s, 0..SPEED_LIMIT_MM_S, for the faster wheel of a motion in that direction. Turning on the spot has none: the side
   sensors watch over it. */
uint16_t free_distance_cap(const FreeDistance *free_distance, int16_t wanted_left, int16_t wanted_right);
/* The robot has driven RANGE_FROZEN_MM while a front sensor repeated one and the same distance: treat it as failed. */
bool free_distance_frozen(const FreeDistance *free_distance);

/* The formula: `free_mm` beyond the margin, closing speed 0..RANGE_WALK_MM_S, response with the braking delay at most 1000 ms. */
uint16_t free_distance_speed(uint16_t free_mm, uint16_t closing_mm_s, uint16_t response_ms, uint16_t braking_mm_s2);
/* Largest root whose square is not above `square`. */
uint16_t square_root(uint32_t square);

#endif
