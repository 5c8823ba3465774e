/* Both wheels: a drive command lapses unless renewed; a controlled stop brakes to standstill, then takes the power off. */
#ifndef LETAN_SAFETY_DRIVE_H
#define LETAN_SAFETY_DRIVE_H
#include "io.h"
#include "wheel.h"

typedef struct {
  Wheel left;
  Wheel right;
  int16_t leftTargetMmS;
  int16_t rightTargetMmS;
  uint16_t validMs;
  bool enabled;
  uint8_t controlMs;
  uint8_t quietMs; /* since the last pulse of either wheel, at most 255 */
  int32_t quietLeft;
  int32_t quietRight;
  uint16_t brakingMs;
} Drive;

void drive_init(Drive *drive);
/* New targets; speeds above the cap are reduced together, so that the curve stays. */
void drive_command(Drive *drive, const DriveMessage *command, uint16_t cap_mm_s);
/* Stop of category 1: brakes along the ramp, then power off. */
void drive_withdraw(Drive *drive);
/* Stop of category 0: power off now. */
void drive_cut(Drive *drive);
/* One millisecond. Returns whether an encoder is silent while its wheel is driven. */
bool drive_step(Drive *drive, const Inputs *in, const ConfigureMessage *limits);
/* Powered, or turning. */
bool drive_moving(const Drive *drive);
/* Whether a command is in force. */
bool drive_commanded(const Drive *drive);

#endif
