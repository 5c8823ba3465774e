#include "snack.h"
#include "generated/limits.h"

DispenseResult snack_obstacle(const Inputs *in) {
  return in->snackBeam ? DISPENSE_RESULT_NOT_DROPPED : DISPENSE_RESULT_RUNNING;
}

void snack_start(Snack *snack) {
  *snack = (Snack){.phase = SNACK_LEAVING, .outcome = DISPENSE_RESULT_RUNNING};
}

void snack_end(Snack *snack, DispenseResult outcome) {
  if (snack->phase == SNACK_OVER) return;
  snack->phase = SNACK_OVER;
  snack->outcome = outcome;
}

static void enter(Snack *snack, SnackPhase phase) {
  snack->phase = phase;
  snack->phaseMs = 0;
  snack->homeMs = 0;
}

/* The home switch has said `home` for as long as it may bounce. */
static bool settled(Snack *snack, const Inputs *in, bool home) {
  snack->homeMs = in->snackHome == home ? (uint8_t)(snack->homeMs + 1u) : 0;
  return snack->homeMs >= SNACK_HOME_DEBOUNCE_MS;
}

static void turn(Snack *snack, const Inputs *in) {
  if (snack->elapsedMs >= SNACK_TURN_LIMIT_MS) snack_end(snack, DISPENSE_RESULT_NOT_DROPPED);
  else if (!settled(snack, in, snack->phase == SNACK_TURNING)) return;
  else if (snack->phase == SNACK_LEAVING) enter(snack, SNACK_TURNING);
  else {
    snack->turnMs = snack->elapsedMs;
    enter(snack, SNACK_FALLING);
  }
}

static void fall(Snack *snack) {
  if (snack->dropped) snack_end(snack, DISPENSE_RESULT_DONE);
  else if (snack->phaseMs < SNACK_FALL_MS) return;
  else if (snack->quarters >= SNACK_EXTRA_QUARTERS) snack_end(snack, DISPENSE_RESULT_NOT_DROPPED);
  else {
    snack->quarters++;
    enter(snack, SNACK_QUARTER);
  }
}

static void try_quarter(Snack *snack) {
  if (snack->dropped || snack->phaseMs >= snack->turnMs / 4u) enter(snack, SNACK_FALLING);
}

bool snack_step(Snack *snack, const Inputs *in) {
  snack->elapsedMs++;
  snack->phaseMs++;
  if (in->snackBeam) snack->dropped = true;
  if (snack->phase == SNACK_FALLING) fall(snack);
  else if (snack->phase == SNACK_QUARTER) try_quarter(snack);
  else if (snack->phase != SNACK_OVER) turn(snack, in);
  if (snack->elapsedMs >= SNACK_LIMIT_MS) snack_end(snack, DISPENSE_RESULT_NOT_DROPPED);
  return snack->phase == SNACK_OVER;
}

bool snack_motor(const Snack *snack) {
  return snack->phase == SNACK_LEAVING || snack->phase == SNACK_TURNING || snack->phase == SNACK_QUARTER;
}
