#include "drive.h"
#include <stdlib.h>
#include "generated/limits.h"

void drive_init(Drive *drive) {
  *drive = (Drive){.quietMs = 255};
}

void drive_command(Drive *drive, const DriveMessage *command) {
  drive->leftWantedMmS = command->leftMmS;
  drive->rightWantedMmS = command->rightMmS;
  drive->validMs = command->validMs;
}

void drive_withdraw(Drive *drive) {
  drive->leftWantedMmS = 0;
  drive->rightWantedMmS = 0;
  drive->leftTargetMmS = 0;
  drive->rightTargetMmS = 0;
  drive->validMs = 0;
}

void drive_cut(Drive *drive) {
  drive_withdraw(drive);
  wheel_rest(&drive->left);
  wheel_rest(&drive->right);
  drive->enabled = false;
}

static int16_t scaled(int16_t speed, uint16_t cap, uint16_t fastest) {
  if (fastest <= cap) return speed;
  return (int16_t)((int32_t)speed * (int32_t)cap / (int32_t)fastest);
}

static void aim(Drive *drive, const FreeDistance *free, uint16_t ceiling_mm_s) {
  const uint16_t allowed = free_distance_cap(free, drive->leftWantedMmS, drive->rightWantedMmS);
  drive->capMmS = allowed < ceiling_mm_s ? allowed : ceiling_mm_s;
  const uint16_t left = (uint16_t)abs(drive->leftWantedMmS);
  const uint16_t right = (uint16_t)abs(drive->rightWantedMmS);
  const uint16_t fastest = left > right ? left : right;
  drive->leftTargetMmS = scaled(drive->leftWantedMmS, drive->capMmS, fastest);
  drive->rightTargetMmS = scaled(drive->rightWantedMmS, drive->capMmS, fastest);
  if (drive->leftTargetMmS != 0 || drive->rightTargetMmS != 0) drive->enabled = true;
}

static bool at_rest(const Drive *drive) {
  return drive->leftTargetMmS == 0 && drive->rightTargetMmS == 0 && drive->left.setpointMmS == 0 && drive->right.setpointMmS == 0;
}

static StopCause measure(Drive *drive, const Inputs *in, const ConfigureMessage *limits) {
  wheel_measure(&drive->left, in->leftPulses, limits->pulsesPerMetreLeft);
  wheel_measure(&drive->right, in->rightPulses, limits->pulsesPerMetreRight);
  const StopCause left = wheel_fault(&drive->left, limits->pulsesPerMetreLeft);
  const StopCause right = wheel_fault(&drive->right, limits->pulsesPerMetreRight);
  return left != STOP_CAUSE_NONE ? left : right;
}

static void control(Drive *drive, const ConfigureMessage *limits) {
  if (at_rest(drive)) return;
  wheel_control(&drive->left, drive->leftTargetMmS, limits->decelerationMmS2, limits->pulsesPerMetreLeft);
  wheel_control(&drive->right, drive->rightTargetMmS, limits->decelerationMmS2, limits->pulsesPerMetreRight);
}

static void watch_quiet(Drive *drive, const Inputs *in) {
  if (in->leftPulses != drive->quietLeft || in->rightPulses != drive->quietRight) drive->quietMs = 0;
  else if (drive->quietMs < 255) drive->quietMs++;
  drive->quietLeft = in->leftPulses;
  drive->quietRight = in->rightPulses;
}

/* Set points are down: both low sides brake (enabled, duty 0) until the wheels rest. */
static void brake(Drive *drive) {
  wheel_rest(&drive->left);
  wheel_rest(&drive->right);
  drive->brakingMs++;
  if (drive->quietMs >= STANDSTILL_MS || drive->brakingMs >= BRAKE_LIMIT_MS) drive->enabled = false;
}

StopCause drive_step(Drive *drive, const Inputs *in, const ConfigureMessage *limits, const FreeDistance *free, uint16_t ceiling_mm_s) {
  StopCause fault = STOP_CAUSE_NONE;
  if (drive->validMs > 0 && --drive->validMs == 0) drive_withdraw(drive);
  watch_quiet(drive, in);
  /* In two ticks: the part divides slowly, and a tick must not get long. */
  if (++drive->controlMs == CONTROL_PERIOD_MS - 1u) fault = measure(drive, in, limits);
  if (drive->controlMs == CONTROL_PERIOD_MS) {
    drive->controlMs = 0;
    aim(drive, free, ceiling_mm_s);
    control(drive, limits);
  }
  if (drive->enabled && at_rest(drive)) brake(drive);
  else drive->brakingMs = 0;
  return fault;
}

bool drive_moving(const Drive *drive) {
  return drive->enabled || drive->quietMs < STANDSTILL_MS;
}

bool drive_commanded(const Drive *drive) {
  return drive->leftWantedMmS != 0 || drive->rightWantedMmS != 0;
}
