#include "protective_stop.h"
#include "generated/limits.h"
#include "ranging.h"

void protective_stop_init(ProtectiveStop *stop) {
  *stop = (ProtectiveStop){.cause = STOP_CAUSE_NONE};
}

/* A front reading nearer than `ahead_mm`, the offsets of the mountings counted. */
static bool front_within(const Inputs *in, const ConfigureMessage *limits, uint16_t ahead_mm) {
  return range_with_offset(in->frontLeftMm, limits->frontLeftOffsetMm) < ahead_mm ||
         range_with_offset(in->frontRightMm, limits->frontRightOffsetMm) < ahead_mm;
}

enum { FORWARDS = 1, BACKWARDS = 2, LEFTWARDS = 4, RIGHTWARDS = 8 };

/* Where the wanted motion leads. */
static uint8_t way_of(const ProtectiveStop *stop) {
  const int32_t forward = (int32_t)stop->wantedLeftMmS + stop->wantedRightMmS;
  const int32_t leftward = (int32_t)stop->wantedRightMmS - stop->wantedLeftMmS;
  unsigned way = 0;
  if (forward > DIRECTION_DEAD_BAND_MM_S) way = FORWARDS;
  if (forward < -DIRECTION_DEAD_BAND_MM_S) way = BACKWARDS;
  if (leftward > DIRECTION_DEAD_BAND_MM_S) way |= LEFTWARDS;
  if (leftward < -DIRECTION_DEAD_BAND_MM_S) way |= RIGHTWARDS;
  return (uint8_t)way;
}

/* `held`: it is the present cause, which takes more room to end than to begin. */
static bool holds(StopCause cause, bool held, uint8_t way, const Inputs *in, const ConfigureMessage *limits, bool heartbeat_lost) {
  /* At the margin itself no speed is left (see free_distance_speed). */
  const uint16_t ahead_mm = held ? limits->resumeMm : (uint16_t)(limits->marginMm + 1u);
  const uint16_t beside_mm = held ? SIDE_RESUME_MM : SIDE_STOP_MM;
  switch (cause) {
    case STOP_CAUSE_HEARTBEAT_LOST:
      return heartbeat_lost;
    case STOP_CAUSE_RANGE_SENSOR_FAILED:
      return in->frontFailed;
    case STOP_CAUSE_OBSTACLE_REAR:
      return (way & BACKWARDS) != 0 && in->rearMm < ahead_mm;
    case STOP_CAUSE_OBSTACLE_RIGHT:
      return (way & RIGHTWARDS) != 0 && in->rightMm < beside_mm;
    case STOP_CAUSE_OBSTACLE_LEFT:
      return (way & LEFTWARDS) != 0 && in->leftMm < beside_mm;
    default: /* front */
      return (way & FORWARDS) != 0 && front_within(in, limits, ahead_mm);
  }
}

/* The causes of this file stand together in the protocol, from front to heartbeat; the last ones go first, for they stop any motion. */
_Static_assert(STOP_CAUSE_HEARTBEAT_LOST - STOP_CAUSE_OBSTACLE_FRONT == 5, "six causes in a row");

/* The first cause stays as long as it holds; after it another one that holds takes its place without a gap. */
void protective_stop_step(ProtectiveStop *stop, const Inputs *in, const ConfigureMessage *limits, bool heartbeat_lost) {
  const uint8_t way = way_of(stop);
  if (stop->cause != STOP_CAUSE_NONE && holds(stop->cause, true, way, in, limits, heartbeat_lost)) return;
  stop->cause = STOP_CAUSE_NONE;
  for (uint8_t cause = STOP_CAUSE_HEARTBEAT_LOST; cause >= STOP_CAUSE_OBSTACLE_FRONT; cause--) {
    if (!holds((StopCause)cause, false, way, in, limits, heartbeat_lost)) continue;
    stop->cause = (StopCause)cause;
    return;
  }
}

bool protective_stop_want(ProtectiveStop *stop, int16_t left, int16_t right, const Inputs *in, const ConfigureMessage *limits,
                          bool heartbeat_lost) {
  stop->wantedLeftMmS = left;
  stop->wantedRightMmS = right;
  protective_stop_step(stop, in, limits, heartbeat_lost);
  return stop->cause == STOP_CAUSE_NONE;
}
