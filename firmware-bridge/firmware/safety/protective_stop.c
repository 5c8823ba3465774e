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

static bool obstructed(const ProtectiveStop *stop, StopCause cause, const Inputs *in, const ConfigureMessage *limits) {
  const bool held = stop->cause == cause;
  /* At the margin itself no speed is left (see free_distance_speed). */
  const uint16_t ahead = held ? limits->resumeMm : (uint16_t)(limits->marginMm + 1u);
  const uint16_t beside = held ? SIDE_RESUME_MM : SIDE_STOP_MM;
  const int16_t forward = (int16_t)(stop->wantedLeftMmS + stop->wantedRightMmS);
  const int16_t leftward = (int16_t)(stop->wantedRightMmS - stop->wantedLeftMmS);
  switch (cause) {
    case STOP_CAUSE_OBSTACLE_FRONT:
      return forward > DIRECTION_DEAD_BAND_MM_S && front_mm(in, limits) < ahead;
    case STOP_CAUSE_OBSTACLE_REAR:
      return forward < -DIRECTION_DEAD_BAND_MM_S && in->rearMm < ahead;
    case STOP_CAUSE_OBSTACLE_LEFT:
      return leftward > DIRECTION_DEAD_BAND_MM_S && in->leftMm < beside;
    case STOP_CAUSE_OBSTACLE_RIGHT:
      return leftward < -DIRECTION_DEAD_BAND_MM_S && in->rightMm < beside;
    default:
      return false;
  }
}

static bool holds(const ProtectiveStop *stop, StopCause cause, const Inputs *in, const ConfigureMessage *limits, bool heartbeat_lost) {
  if (cause == STOP_CAUSE_RANGE_SENSOR_FAILED) return in->frontFailed;
  if (cause == STOP_CAUSE_HEARTBEAT_LOST) return heartbeat_lost;
  if (cause == STOP_CAUSE_BATTERY_LOW) return stop->batteryLow;
  return obstructed(stop, cause, in, limits);
}

/* The first cause stays as long as it holds; after it another one that holds takes its place without a gap. */
static void evaluate(ProtectiveStop *stop, const Inputs *in, const ConfigureMessage *limits, bool heartbeat_lost) {
  enum { CAUSES_AT_REST = 3 };
  static const StopCause order[] = {STOP_CAUSE_RANGE_SENSOR_FAILED, STOP_CAUSE_HEARTBEAT_LOST, STOP_CAUSE_BATTERY_LOW,
                                    STOP_CAUSE_OBSTACLE_FRONT,      STOP_CAUSE_OBSTACLE_REAR,  STOP_CAUSE_OBSTACLE_LEFT,
                                    STOP_CAUSE_OBSTACLE_RIGHT};
  if (stop->cause != STOP_CAUSE_NONE && holds(stop, stop->cause, in, limits, heartbeat_lost)) return;
  const StopCause before = stop->cause;
  stop->cause = STOP_CAUSE_NONE;
  /* A robot that is to stand has nothing in its way. */
  const bool still = stop->wantedLeftMmS == 0 && stop->wantedRightMmS == 0;
  const uint8_t count = still ? CAUSES_AT_REST : sizeof order / sizeof order[0];
  for (uint8_t index = 0; index < count; index++) {
    if (!holds(stop, order[index], in, limits, heartbeat_lost)) continue;
    stop->cause = order[index];
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
  evaluate(stop, in, limits, heartbeat_lost);
  if (stop->cause != STOP_CAUSE_NONE) return false;
  stop->wantedLeftMmS = left;
  stop->wantedRightMmS = right;
  return true;
}

static void watch_battery(ProtectiveStop *stop, uint16_t battery_mv) {
  if (battery_mv >= BATTERY_LOW_MV) stop->batteryLowMs = 0;
  else if (stop->batteryLowMs < BATTERY_LOW_MS) stop->batteryLowMs++;
  if (stop->batteryLowMs >= BATTERY_LOW_MS) stop->batteryLow = true;
  if (battery_mv >= BATTERY_RESUME_MV) stop->batteryLow = false;
}

void protective_stop_step(ProtectiveStop *stop, const Inputs *in, const ConfigureMessage *limits, bool heartbeat_lost) {
  watch_battery(stop, in->batteryMv);
  evaluate(stop, in, limits, heartbeat_lost);
}
