/*
 * Both wheels: a drive command lapses unless renewed, and is never faster than the way ahead allows; a controlled stop brakes to
 * standstill, then takes the power off.
 */
#ifndef LETAN_SAFETY_DRIVE_H
#define LETAN_SAFETY_DRIVE_H
#include "free_distance.h"
#include "io.h"
#include "wheel.h"

typedef struct {
  Wheel left;
  Wheel right;
  int16_t leftWantedMmS; /* of the command in force */
  int16_t rightWantedMmS;
  int16_t leftTargetMmS; /* the same under the cap */
  int16_t rightTargetMmS;
  uint16_t capMmS; /* of the last control period */
  uint16_t validMs;
  bool enabled;
  uint8_t controlMs;
  uint8_t quietMs; /* since the last pulse of either wheel, at most 255 */
  int32_t quietLeft;
  int32_t quietRight;
  uint16_t brakingMs;
} Drive;

void drive_init(Drive *drive);
/* New speeds, in force from the next control period. */
void drive_command(Drive *drive, const DriveMessage *command);
/* Stop of category 1: brakes along the ramp, then power off. */
void drive_withdraw(Drive *drive);
/* Stop of category 0: power off now. */
void drive_cut(Drive *drive);
/*
 * One millisecond. Once a control period both speeds are reduced together, so that the curve stays, to `ceiling_mm_s` and to what the
 * free distance allows. Returns the fault that a wheel shows, else STOP_CAUSE_NONE.
 */
StopCause drive_step(Drive *drive, const Inputs *in, const ConfigureMessage *limits, const FreeDistance *free, uint16_t ceiling_mm_s);
/* Powered, or turning. */
bool drive_moving(const Drive *drive);
/* Whether a motion is in force. */
bool drive_commanded(const Drive *drive);

#endif
