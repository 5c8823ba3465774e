#include "drive.h"
#include "generated/limits.h"

void drive_init(Drive *drive) {
  *drive = (Drive){.quietMs = 255};
}

static int16_t scaled(int16_t speed, uint16_t cap, uint16_t fastest) {
  if (fastest <= cap) return speed;
  return (int16_t)((int32_t)speed * (int32_t)cap / (int32_t)fastest);
}

static uint16_t magnitude(int16_t value) {
  return (uint16_t)(value < 0 ? -value : value);
}

void drive_command(Drive *drive, const DriveMessage *command, uint16_t cap_mm_s) {
  const uint16_t left = magnitude(command->leftMmS);
  const uint16_t right = magnitude(command->rightMmS);
  const uint16_t fastest = left > right ? left : right;
  drive->leftTargetMmS = scaled(command->leftMmS, cap_mm_s, fastest);
  drive->rightTargetMmS = scaled(command->rightMmS, cap_mm_s, fastest);
  drive->validMs = command->validMs;
  if (fastest > 0) drive->enabled = true;
}

void drive_withdraw(Drive *drive) {
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

static bool at_rest(const Drive *drive) {
  return drive->leftTargetMmS == 0 && drive->rightTargetMmS == 0 && drive->left.setpointMmS == 0 && drive->right.setpointMmS == 0;
}

static void control(Drive *drive, const Inputs *in, const ConfigureMessage *limits) {
  wheel_measure(&drive->left, in->leftPulses, limits->pulsesPerMetreLeft);
  wheel_measure(&drive->right, in->rightPulses, limits->pulsesPerMetreRight);
  if (!drive->enabled || at_rest(drive)) return;
  wheel_control(&drive->left, drive->leftTargetMmS, limits->decelerationMmS2, limits->pulsesPerMetreLeft);
  wheel_control(&drive->right, drive->rightTargetMmS, limits->decelerationMmS2, limits->pulsesPerMetreRight);
}

bool drive_step(Drive *drive, const Inputs *in, const ConfigureMessage *limits) {
  if (drive->validMs > 0 && --drive->validMs == 0) drive_withdraw(drive);
  watch_quiet(drive, in);
  if (++drive->controlMs >= CONTROL_PERIOD_MS) {
    drive->controlMs = 0;
    control(drive, in, limits);
  }
  if (drive->enabled && at_rest(drive)) brake(drive);
  else drive->brakingMs = 0;
  const bool left = wheel_encoder_fault(&drive->left, in->leftPulses);
  const bool right = wheel_encoder_fault(&drive->right, in->rightPulses);
  return left || right;
}

bool drive_moving(const Drive *drive) {
  return drive->enabled || drive->quietMs < STANDSTILL_MS;
}

bool drive_commanded(const Drive *drive) {
  return drive->leftTargetMmS != 0 || drive->rightTargetMmS != 0;
}
