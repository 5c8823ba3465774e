/*
 * The safety functions together, from any valid state and with any inputs: what one message and one millisecond may do. What is here
 * called valid is set up by supervisor_init and kept by every entry point, so it holds for ever.
 */
#define BY_CONTRACT
#include "contracts.h"
#include "replace.h"
#include "safety/supervisor.h"

/* tests/firmware-bridge/proof/scaled.c tries every case of the division. */
static int16_t scaled_by_contract(int16_t speed, uint16_t cap, uint16_t fastest) {
  PROVE(magnitude_of(speed) <= fastest && fastest <= FASTEST_MM_S && cap <= FASTEST_MM_S, "speeds are scaled within their bounds");
  const int16_t under = nondet_int16();
  ASSUME(magnitude_of(under) <= cap && magnitude_of(under) <= magnitude_of(speed) && (under == 0 || (under > 0) == (speed > 0)));
  return under;
}

#define scaled MENTION(scaled, __COUNTER__)
#define scaled_mention_0 scaled_of_drive
#define scaled_mention_1 scaled_by_contract
#define scaled_mention_2 scaled_by_contract
#include "safety/drive.c"
#undef scaled

/* Differences of counts modulo their width are cut to it on purpose; everywhere else conversions are checked. */
#pragma CPROVER check push
#pragma CPROVER check disable "conversion"
#include "safety/retreat.c"
#include "safety/water.c"
#pragma CPROVER check pop

/* More pulses of water in a millisecond are no water: YF-S401, 5,880 pulses/L at 6 L/min, makes 0.6. */
#define FLOW_PULSES_A_MS 16
#define LARGEST_PORTION 6000

static Supervisor supervisor;
static DispenseHistory history;

static bool latched(void) {
  return supervisor.latch.cause != STOP_CAUSE_NONE;
}

static bool limits_valid(const ConfigureMessage *limits) {
  return within(limits->pulsesPerMetreLeft, 100, 20000) && within(limits->pulsesPerMetreRight, 100, 20000) &&
         within(limits->speedCapMmS, 50, FASTEST_MM_S) && within(limits->marginMm, 150, 2000) && within(limits->resumeMm, 150, 3000) &&
         within(limits->decelerationMmS2, 100, 5000) && within(limits->brakingMmS2, 100, 5000) && limits->brakingDelayMs <= 500 &&
         within(limits->frontLeftOffsetMm, -200, 200) && within(limits->frontRightOffsetMm, -200, 200) &&
         limits->valveClosing100us <= CLOSING_MAX_100US;
}

static bool latch_valid(const StopLatch *latch) {
  return within(latch->cause, STOP_CAUSE_NONE, STOP_CAUSE_BROWN_OUT) && latch->pressedMs <= BUTTON_DEBOUNCE_MS && latch->releasedMs <= BUTTON_DEBOUNCE_MS &&
         latch->batteryLowMs <= BATTERY_LOW_MS && (!latch->powerOff || latch->cause != STOP_CAUSE_NONE);
}

static bool retreat_valid(const Retreat *retreat) {
  if (retreat->hit > 3 || (retreat->tolerated & ~(unsigned)retreat->hit) != 0) return false;
  if (latched() && retreat->tolerated != 0) return false;
  return retreat->leftClosedMs <= CONTACT_CLEAR_MS && retreat->rightClosedMs <= CONTACT_CLEAR_MS &&
         ((retreat->tolerated & TOLERATE_BUMPER_LEFT) == 0 || retreat->leftClosedMs < CONTACT_CLEAR_MS) &&
         ((retreat->tolerated & TOLERATE_BUMPER_RIGHT) == 0 || retreat->rightClosedMs < CONTACT_CLEAR_MS);
}

static bool speed_valid(const Drive *drive) {
  return within(drive->leftWantedMmS, -FASTEST_MM_S, FASTEST_MM_S) && within(drive->rightWantedMmS, -FASTEST_MM_S, FASTEST_MM_S) &&
         drive->capMmS <= FASTEST_MM_S && magnitude_of(drive->leftTargetMmS) <= drive->capMmS &&
         magnitude_of(drive->rightTargetMmS) <= drive->capMmS && wheel_valid(&drive->left) && wheel_valid(&drive->right) &&
         within(drive->left.measuredMmS, -MEASURED_LIMIT_MM_S, MEASURED_LIMIT_MM_S) &&
         within(drive->right.measuredMmS, -MEASURED_LIMIT_MM_S, MEASURED_LIMIT_MM_S);
}

static bool unpowered(const Drive *drive) {
  return drive->left.duty == 0 && drive->right.duty == 0 && drive->left.setpointMmS == 0 && drive->right.setpointMmS == 0;
}

static bool withdrawn(const Drive *drive) {
  return drive->leftWantedMmS == 0 && drive->rightWantedMmS == 0 && drive->leftTargetMmS == 0 && drive->rightTargetMmS == 0;
}

static bool drive_valid(const Drive *drive) {
  if (!speed_valid(drive) || drive->validMs > 250 || drive->controlMs >= CONTROL_PERIOD_MS) return false;
  if (drive->brakingMs > BRAKE_LIMIT_MS || (drive->enabled && drive->brakingMs == BRAKE_LIMIT_MS)) return false;
  if (!drive->enabled && !(unpowered(drive) && drive->leftTargetMmS == 0 && drive->rightTargetMmS == 0)) return false;
  return drive->validMs > 0 || withdrawn(drive);
}

static bool protective_valid(const ProtectiveStop *stop) {
  return within(stop->cause, STOP_CAUSE_NONE, STOP_CAUSE_BROWN_OUT) && within(stop->wantedLeftMmS, -FASTEST_MM_S, FASTEST_MM_S) &&
         within(stop->wantedRightMmS, -FASTEST_MM_S, FASTEST_MM_S);
}

static uint16_t asked_for(const Water *water) {
  return water->target < water->cap ? water->target : water->cap;
}

/* Most pulses that can have passed since the order to close. */
static int32_t run_on(const FlowWatch *watch, const Water *water) {
  if (watch->closedMs < RUN_ON_MS) return FLOW_PULSES_A_MS * (1L + watch->closedMs);
  return FLOW_PULSES_A_MS * (1L + RUN_ON_MS + watch->strays + (watch->quietMs > water->silentMs ? 0 : FLOW_STRAY_PULSES));
}

static bool water_valid(const Water *water, const FlowWatch *watch) {
  if (!within(water->target, 1, LARGEST_PORTION) || !within(water->cap, 1, LARGEST_PORTION) || !within(water->capMs, 100, 30000)) return false;
  if ((uint16_t)((watch->lastPulses - (uint32_t)water->startPulses) & 0xFFFFUL) != water->pulses) return false;
  if (water->elapsedMs > water->capMs) return false;
  if (!water->open) {
    return water->outcome != DISPENSE_RESULT_RUNNING && within(water->outcome, DISPENSE_RESULT_IDLE, DISPENSE_RESULT_FLOW_WHILE_CLOSED) &&
           water->silentMs < RUN_ON_QUIET_MS && water->pulses <= LARGEST_PORTION - 1 + run_on(watch, water);
  }
  return water->outcome == DISPENSE_RESULT_RUNNING && water->elapsedMs < water->capMs && water->silentMs < NO_FLOW_MS &&
         water->pulses < asked_for(water) && (water->elapsedMs == 0 || watch->closedMs == 0) && water->silentMs <= water->elapsedMs;
}

static bool snack_valid(const Snack *snack) {
  return within(snack->phase, SNACK_LEAVING, SNACK_OVER) && (snack->phase == SNACK_OVER) == (snack->outcome != DISPENSE_RESULT_RUNNING) &&
         within(snack->outcome, DISPENSE_RESULT_IDLE, DISPENSE_RESULT_FLOW_WHILE_CLOSED) && snack->elapsedMs < SNACK_LIMIT_MS &&
         snack->phaseMs <= snack->elapsedMs && snack->turnMs <= snack->elapsedMs && snack->homeMs < SNACK_HOME_DEBOUNCE_MS &&
         snack->quarters <= SNACK_EXTRA_QUARTERS;
}

static bool dispenser_valid(const Dispenser *dispenser) {
  const FlowWatch *const watch = &dispenser->watch;
  if (dispenser->history != &history || !history_valid(&history)) return false;
  if (watch->closedMs > RUN_ON_MS || watch->quietMs >= FLOW_QUIET_MS || watch->strays > FLOW_STRAY_PULSES) return false;
  if (dispenser->sinceReportMs >= REPORT_PERIOD_MS || dispenser->reportsOwed > 2) return false;
  if (!dispenser->running) return true;
  if (dispenser->report.result != DISPENSE_RESULT_RUNNING) return false;
  if (dispenser->report.kind == DISPENSE_KIND_WATER) return water_valid(&dispenser->water, watch);
  return dispenser->report.kind == DISPENSE_KIND_SNACK && snack_valid(&dispenser->snack);
}

static bool away_from(uint8_t hit, int16_t left, int16_t right) {
  if (left > 0 || right > 0) return false;
  if ((hit & TOLERATE_BUMPER_LEFT) != 0 && right - left > DIRECTION_DEAD_BAND_MM_S) return false;
  return (hit & TOLERATE_BUMPER_RIGHT) == 0 || left - right <= DIRECTION_DEAD_BAND_MM_S;
}

static bool valve_open(void) {
  return supervisor.dispenser.running && supervisor.dispenser.report.kind == DISPENSE_KIND_WATER && supervisor.dispenser.water.open;
}

/* What the parts owe each other. */
static bool joined(void) {
  const Drive *const drive = &supervisor.drive;
  if (latched() && !withdrawn(drive)) return false;
  if (supervisor.latch.powerOff && drive->enabled) return false;
  if (supervisor.dispenser.running && (drive->enabled || !withdrawn(drive))) return false;
  if (!supervisor.configured && !withdrawn(drive)) return false;
  if (supervisor.retreat.hit != 0 && !away_from(supervisor.retreat.hit, drive->leftWantedMmS, drive->rightWantedMmS)) return false;
  if (supervisor.dispenser.watch.lastPulses != supervisor.in.flowPulses) return false;
  return !latched() || !valve_open();
}

/* A TFmini's distances end at 12 m: ranging.c. */
static bool range_valid(uint16_t distance_mm) {
  return distance_mm <= RANGE_LIMIT_MM || distance_mm == RANGE_NOTHING_MM;
}

static bool valid(void) {
  if (!range_valid(supervisor.in.frontLeftMm) || !range_valid(supervisor.in.frontRightMm)) return false;
  return limits_valid(&supervisor.limits) && latch_valid(&supervisor.latch) && retreat_valid(&supervisor.retreat) &&
         drive_valid(&supervisor.drive) && protective_valid(&supervisor.protective) && dispenser_valid(&supervisor.dispenser) && joined();
}

static void prove_valid(void) {
  PROVE(limits_valid(&supervisor.limits), "the calibration stays valid");
  PROVE(latch_valid(&supervisor.latch), "the latch stays valid");
  PROVE(retreat_valid(&supervisor.retreat), "the retreat stays valid");
  PROVE(drive_valid(&supervisor.drive), "the drive stays valid");
  PROVE(protective_valid(&supervisor.protective), "the protective stop stays valid");
  PROVE(dispenser_valid(&supervisor.dispenser), "the dispenser stays valid");
  PROVE(joined(), "the parts stay in step");
  PROVE(valid(), "the state stays valid");
}

static void any_state(void) {
  HAVOC(supervisor);
  HAVOC(history);
  supervisor.dispenser.history = &history;
  ASSUME(valid());
}

static Inputs any_inputs(void) {
  Inputs in;
  HAVOC(in);
  const StopCause tripped = in.tripped;
  ASSUME(tripped == STOP_CAUSE_NONE || (tripped >= STOP_CAUSE_E_STOP && tripped <= STOP_CAUSE_CLIFF));
  ASSUME(range_valid(in.frontLeftMm) && range_valid(in.frontRightMm));
  ASSUME(((in.flowPulses - (uint32_t)supervisor.dispenser.watch.lastPulses) & 0xFFFFUL) <= FLOW_PULSES_A_MS);
  return in;
}

void prove_start(void) {
  HAVOC(supervisor);
  HAVOC(history);
  const uint8_t cause = nondet_uint8();
  ASSUME(within(cause, STOP_CAUSE_POWER_UP, STOP_CAUSE_BROWN_OUT));
  supervisor_init(&supervisor, (StopCause)cause, &history);
  prove_valid();
  PROVE(latched() && supervisor.latch.powerOff && !supervisor.drive.enabled && !supervisor.dispenser.running, "the board boots stopped");
}

static AckResult any_message(void) {
  union {
    DriveMessage drive;
    DispenseWaterMessage water;
    DispenseSnackMessage snack;
    ConfigureMessage limits;
    HeartbeatMessage heartbeat;
  } message;
  HAVOC(message);
  switch (nondet_uint8()) {
    case 0:
      ASSUME(within(message.drive.leftMmS, -600, 600) && within(message.drive.rightMmS, -600, 600) && within(message.drive.validMs, 20, 250));
      return supervisor_drive(&supervisor, &message.drive);
    case 1:
      return supervisor_stop(&supervisor);
    case 2:
      ASSUME(message.water.dispenseId != 0 && within(message.water.pulses, 1, 6000) && within(message.water.capPulses, 1, 6000) &&
             within(message.water.capMs, 100, 30000));
      return supervisor_dispense_water(&supervisor, &message.water);
    case 3:
      ASSUME(message.snack.dispenseId != 0);
      return supervisor_dispense_snack(&supervisor, &message.snack);
    case 4:
      ASSUME(limits_valid(&message.limits));
      return supervisor_configure(&supervisor, &message.limits);
    default:
      supervisor_heartbeat(&supervisor, &message.heartbeat);
      return ACK_RESULT_ACCEPTED;
  }
}

void prove_message(void) {
  any_state();
  const Supervisor before = supervisor;
  const bool was_open = valve_open();
  (void)any_message();
  prove_valid();
  PROVE(supervisor.latch.cause == before.latch.cause && supervisor.latch.powerOff == before.latch.powerOff,
        "no message latches or releases a stop");
  PROVE(supervisor.retreat.hit == before.retreat.hit, "no message ends a retreat");
  PROVE(supervisor.drive.enabled == before.drive.enabled || !supervisor.drive.enabled, "no message powers a motor by itself");
  PROVE(!valve_open() || was_open || !latched(), "no dispense begins during a latched stop");
  PROVE(!valve_open() || was_open || before.heartbeatAgeMs < HEARTBEAT_TIMEOUT_MS, "no dispense begins without a live host");
  PROVE(!valve_open() || was_open || (before.drive.quietMs >= STANDSTILL_MS && !before.drive.enabled), "no dispense begins while a wheel turns");
}

static bool contact_open(const Inputs *in, uint8_t tolerated) {
  return in->tripped != STOP_CAUSE_NONE || in->eStopOpen || in->cliff || in->motorFault || in->selfTestFailed ||
         (in->bumperLeft && (tolerated & TOLERATE_BUMPER_LEFT) == 0) || (in->bumperRight && (tolerated & TOLERATE_BUMPER_RIGHT) == 0);
}

/* The release rule, in full. */
static bool may_release(const Supervisor *before, const Inputs *in) {
  const StopLatch *const latch = &before->latch;
  const bool pressed_now = in->releasePressed && latch->armed && latch->pressedMs >= BUTTON_DEBOUNCE_MS - 1u;
  const bool nothing_left = in->tripped == STOP_CAUSE_NONE && !in->eStopOpen && !in->cliff && !in->motorFault && !in->selfTestFailed && !in->hatchOpen;
  const bool charged = in->batteryMv >= BATTERY_RESUME_MV || (latch->batteryLowMs < BATTERY_LOW_MS - 1u) ||
                       (in->batteryMv >= BATTERY_LOW_MV && latch->batteryLowMs < BATTERY_LOW_MS);
  return pressed_now && nothing_left && charged && latch->cause != STOP_CAUSE_SELF_TEST_FAILED;
}

static void prove_latch(const Supervisor *before, const Inputs *in) {
  const StopCause was = before->latch.cause;
  PROVE(was == STOP_CAUSE_NONE || latched() || may_release(before, in), "a latched stop ends by its release rule alone");
  PROVE(was == STOP_CAUSE_NONE || !latched() || supervisor.latch.cause == was || supervisor.latch.cause == STOP_CAUSE_SELF_TEST_FAILED,
        "the first cause is kept");
  PROVE(!contact_open(in, before->retreat.tolerated) || (was != STOP_CAUSE_NONE && may_release(before, in)) || supervisor.latch.powerOff,
        "an open contact or a fault latches a stop without power");
  PROVE(!in->hatchOpen || latched(), "an open hatch latches a stop");
}

static void prove_motion(const Supervisor *before, const Outputs *out) {
  const Drive *const drive = &supervisor.drive;
  PROVE(!supervisor.latch.powerOff || (!out->motorEnable && out->leftDuty == 0 && out->rightDuty == 0),
        "motor outputs are zero while a stop without power is latched");
  PROVE(!latched() || withdrawn(drive), "no motion is asked for while any stop is latched");
  PROVE(supervisor.heartbeatAgeMs < HEARTBEAT_TIMEOUT_MS || withdrawn(drive), "no motion is asked for without a live host");
  PROVE(supervisor.protective.cause == STOP_CAUSE_NONE || withdrawn(drive), "no motion is asked for during a protective stop");
  PROVE(out->motorEnable || (out->leftDuty == 0 && out->rightDuty == 0), "no duty without power");
  PROVE(within(out->leftDuty, -FULL_DUTY, FULL_DUTY) && within(out->rightDuty, -FULL_DUTY, FULL_DUTY), "the duty stays in its range");
  const uint16_t deceleration = supervisor.limits.decelerationMmS2;
  const bool controlled = drive->controlMs == 0;
  PROVE(!controlled || drive->capMmS <= supervisor.limits.speedCapMmS, "the cap is at most the unit's own");
  PROVE(!controlled || (ramps(before->drive.left.setpointMmS, drive->left.setpointMmS, (int16_t)drive->capMmS, deceleration) &&
                        ramps(before->drive.right.setpointMmS, drive->right.setpointMmS, (int16_t)drive->capMmS, deceleration)),
        "the speed is under the cap, or falls along the braking ramp");
  PROVE(!controlled || before->retreat.hit == 0 || drive->capMmS <= CREEP_MM_S, "a retreat creeps");
  PROVE(out->toleratedContacts == 0 || !latched(), "every contact stops while a stop is latched");
}

static void prove_dispense(const Outputs *out) {
  const Water *const water = &supervisor.dispenser.water;
  PROVE(!latched() || (!out->valveOpen && !out->snackMotor), "valve and spiral are off while any stop is latched");
  PROVE(!(out->valveOpen || out->snackMotor) || (supervisor.dispenser.running && supervisor.heartbeatAgeMs < DISPENSE_RENEWAL_MS),
        "valve and spiral need a live command");
  PROVE(!(out->valveOpen || out->snackMotor) || (!out->motorEnable && withdrawn(&supervisor.drive)), "nothing is dispensed while moving");
  PROVE(!out->valveOpen || (water->elapsedMs < water->capMs && water->capMs <= 30000u), "the valve is never open beyond its time cap");
  PROVE(!out->valveOpen || (water->pulses < water->target && water->pulses < water->cap), "the valve is never open beyond its volume");
  PROVE(!out->valveOpen || (uint16_t)((out->valveCloseAt - (uint32_t)water->startPulses) & 0xFFFFUL) == asked_for(water),
        "the interrupt shuts the valve at target or cap");
  PROVE(!out->snackMotor || supervisor.dispenser.snack.elapsedMs < SNACK_LIMIT_MS, "the spiral never turns beyond its time cap");
}

void prove_step(void) {
  any_state();
  const Supervisor before = supervisor;
  const Inputs in = any_inputs();
  Outputs out;
  HAVOC(out);
  supervisor_step(&supervisor, &in, &out);
  prove_valid();
  prove_latch(&before, &in);
  prove_motion(&before, &out);
  prove_dispense(&out);
}

void prove_reports(void) {
  any_state();
  StateMessage state;
  supervisor_fill_state(&supervisor, &state);
  PROVE(state.stopCause == (latched() ? supervisor.latch.cause : supervisor.protective.cause), "the latched cause is reported");
  PROVE(((state.flags & STATE_FLAGS_LATCHED) != 0) == latched(), "a latched stop is reported as latched");
}
