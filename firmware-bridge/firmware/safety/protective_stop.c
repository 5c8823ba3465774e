#include "protective_stop.h"
#include "generated/limits.h"
#include "ranging.h"

void protective_stop_init(ProtectiveStop *stop) {
  *stop = (ProtectiveStop){.cause = STOP_CAUSE_NONE};
}

static uint16_t front_mm(const Inputs *in, const ConfigureMessage *limits) {
  const uint16_t left = range_with_offset(in->frontLeftMm, limits->frontLeftOffsetMm);
  const uint16_t right = range_with_offset(in->frontRightMm, limits->frontRightOffsetMm);
  return left < right ? left : right;
}

static bool holds(const ProtectiveStop *stop, StopCause cause, const Inputs *in, const ConfigureMessage *limits, bool heartbeat_lost) {
  const bool held = stop->cause == cause;
  /* At the margin itself no speed is left (see free_distance_speed). */
  const uint16_t ahead = held ? limits->resumeMm : (uint16_t)(limits->marginMm + 1u);
  const uint16_t beside = held ? SIDE_RESUME_MM : SIDE_STOP_MM;
  const int32_t forward = (int32_t)stop->wantedLeftMmS + stop->wantedRightMmS;
  const int32_t leftward = (int32_t)stop->wantedRightMmS - stop->wantedLeftMmS;
  switch (cause) {
    case STOP_CAUSE_RANGE_SENSOR_FAILED:
      return in->frontFailed;
    case STOP_CAUSE_HEARTBEAT_LOST:
      return heartbeat_lost;
    case STOP_CAUSE_OBSTACLE_FRONT:
      return forward > DIRECTION_DEAD_BAND_MM_S && front_mm(in, limits) < ahead;
    case STOP_CAUSE_OBSTACLE_REAR:
      return forward < -DIRECTION_DEAD_BAND_MM_S && in->rearMm < ahead;
    case STOP_CAUSE_OBSTACLE_LEFT:
      return leftward > DIRECTION_DEAD_BAND_MM_S && in->leftMm < beside;
    default: /* right */
      return leftward < -DIRECTION_DEAD_BAND_MM_S && in->rightMm < beside;
  }
}

/* The first cause stays as long as it holds; after it another one that holds takes its place without a gap. */
void protective_stop_step(ProtectiveStop *stop, const Inputs *in, const ConfigureMessage *limits, bool heartbeat_lost) {
  static const StopCause causes[] = {STOP_CAUSE_RANGE_SENSOR_FAILED, STOP_CAUSE_HEARTBEAT_LOST, STOP_CAUSE_OBSTACLE_FRONT,
                                     STOP_CAUSE_OBSTACLE_REAR,       STOP_CAUSE_OBSTACLE_LEFT,  STOP_CAUSE_OBSTACLE_RIGHT};
  const StopCause before = stop->cause;
  if (before != STOP_CAUSE_NONE && holds(stop, before, in, limits, heartbeat_lost)) return;
  stop->cause = STOP_CAUSE_NONE;
  for (uint8_t index = 0; index < sizeof causes / sizeof causes[0]; index++) {
    if (!holds(stop, causes[index], in, limits, heartbeat_lost)) continue;
    stop->cause = causes[index];
    return;
  }
  if (before == STOP_CAUSE_NONE) return;
  stop->wantedLeftMmS = 0;
  stop->wantedRightMmS = 0;
}

bool protective_stop_want(ProtectiveStop *stop, int16_t left, int16_t right, const Inputs *in, const ConfigureMessage *limits,
                          bool heartbeat_lost) {
  stop->wantedLeftMmS = left;
  stop->wantedRightMmS = right;
  protective_stop_step(stop, in, limits, heartbeat_lost);
  if (stop->cause != STOP_CAUSE_NONE) return false;
  stop->wantedLeftMmS = left;
  stop->wantedRightMmS = right;
  return true;
}
