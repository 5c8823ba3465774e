#include "supervisor.h"
#include <stdlib.h>
#include "generated/limits.h"

void supervisor_init(Supervisor *supervisor, StopCause cause, DispenseHistory *history) {
  /* Until `configure`: no motion (see supervisor_drive), and divisors that are not zero. */
  *supervisor = (Supervisor){.heartbeatAgeMs = 255,
                             .run = {.lastStopCause = cause},
                             .reported = cause,
                             .limits = {.pulsesPerMetreLeft = 1000,
                                        .pulsesPerMetreRight = 1000,
                                        .speedCapMmS = 50,
                                        .marginMm = 2000,
                                        .resumeMm = 3000,
                                        .decelerationMmS2 = 1000,
                                        .brakingMmS2 = 500,
                                        .brakingDelayMs = 200}};
  stop_latch_init(&supervisor->latch, cause);
  retreat_init(&supervisor->retreat);
  protective_stop_init(&supervisor->protective);
  free_distance_init(&supervisor->free);
  drive_init(&supervisor->drive);
  dispenser_init(&supervisor->dispenser, history);
}

static bool latched(const Supervisor *supervisor) {
  return supervisor->latch.cause != STOP_CAUSE_NONE;
}

static bool heartbeat_lost(const Supervisor *supervisor) {
  return supervisor->heartbeatAgeMs >= HEARTBEAT_TIMEOUT_MS;
}

void supervisor_heartbeat(Supervisor *supervisor, const HeartbeatMessage *message) {
  supervisor->heartbeatAgeMs = 0;
  supervisor->hostTimeMs = message->hostTimeMs;
}

AckResult supervisor_drive(Supervisor *supervisor, const DriveMessage *message) {
  const bool still = message->leftMmS == 0 && message->rightMmS == 0;
  if (!still && latched(supervisor)) return ACK_RESULT_STOPPED;
  if (!still && (!supervisor->configured || supervisor->dispenser.running)) return ACK_RESULT_INTERLOCKED;
  if (!retreat_allows(&supervisor->retreat, message->leftMmS, message->rightMmS)) {
    drive_withdraw(&supervisor->drive);
    return ACK_RESULT_RETREAT_ONLY;
  }
  if (!protective_stop_want(&supervisor->protective, message->leftMmS, message->rightMmS, &supervisor->in, &supervisor->limits,
                            heartbeat_lost(supervisor))) {
    drive_withdraw(&supervisor->drive);
    return still ? ACK_RESULT_ACCEPTED : ACK_RESULT_STOPPED;
  }
  drive_command(&supervisor->drive, message);
  return ACK_RESULT_ACCEPTED;
}

AckResult supervisor_stop(Supervisor *supervisor) {
  drive_cut(&supervisor->drive);
  dispenser_abort(&supervisor->dispenser, DISPENSE_RESULT_INTERRUPTED);
  (void)protective_stop_want(&supervisor->protective, 0, 0, &supervisor->in, &supervisor->limits, heartbeat_lost(supervisor));
  return ACK_RESULT_ACCEPTED;
}

/* Known ids are answered first: an outcome stands whatever has happened since. */
static AckResult admit_dispense(Supervisor *supervisor, uint32_t dispense_id) {
  const AckResult admitted = dispenser_admit(&supervisor->dispenser, dispense_id);
  if (admitted != ACK_RESULT_ACCEPTED) return admitted;
  if (latched(supervisor) || heartbeat_lost(supervisor)) return ACK_RESULT_STOPPED;
  if (drive_moving(&supervisor->drive) || drive_commanded(&supervisor->drive)) return ACK_RESULT_INTERLOCKED;
  return ACK_RESULT_ACCEPTED;
}

AckResult supervisor_dispense_water(Supervisor *supervisor, const DispenseWaterMessage *message) {
  const AckResult admitted = admit_dispense(supervisor, message->dispenseId);
  return admitted == ACK_RESULT_ACCEPTED ? dispenser_water(&supervisor->dispenser, message, &supervisor->in) : admitted;
}

AckResult supervisor_dispense_snack(Supervisor *supervisor, const DispenseSnackMessage *message) {
  const AckResult admitted = admit_dispense(supervisor, message->dispenseId);
  return admitted == ACK_RESULT_ACCEPTED ? dispenser_snack(&supervisor->dispenser, message, &supervisor->in) : admitted;
}

AckResult supervisor_configure(Supervisor *supervisor, const ConfigureMessage *message) {
  if (message->resumeMm < message->marginMm) return ACK_RESULT_OUT_OF_RANGE;
  if (drive_moving(&supervisor->drive) || drive_commanded(&supervisor->drive) || supervisor->dispenser.running) {
    return ACK_RESULT_INTERLOCKED;
  }
  supervisor->limits = *message;
  supervisor->configured = true;
  dispenser_configure(&supervisor->dispenser, message->valveClosing100us);
  return ACK_RESULT_ACCEPTED;
}

void supervisor_query_dispense(const Supervisor *supervisor, const QueryDispenseMessage *message, DispenseReportMessage *report) {
  dispenser_query(&supervisor->dispenser, message->dispenseId, report);
}

/* Somebody pushes it: the cup is no longer where it was. */
static bool rolling(const Drive *drive) {
  return abs(drive->left.measuredMmS) > DISPENSE_ROLL_MM_S || abs(drive->right.measuredMmS) > DISPENSE_ROLL_MM_S;
}

static void hold_still(Supervisor *supervisor) {
  const bool lost = heartbeat_lost(supervisor);
  if (supervisor->latch.powerOff) drive_cut(&supervisor->drive);
  if (latched(supervisor) || lost || supervisor->protective.cause != STOP_CAUSE_NONE) drive_withdraw(&supervisor->drive);
  if (latched(supervisor) || rolling(&supervisor->drive)) dispenser_abort(&supervisor->dispenser, DISPENSE_RESULT_INTERRUPTED);
  if (supervisor->heartbeatAgeMs >= DISPENSE_RENEWAL_MS) dispenser_abort(&supervisor->dispenser, DISPENSE_RESULT_NOT_RENEWED);
}

/* A motion that ended by itself is no longer wanted, so nothing can obstruct it. */
static void forget_ended_motion(Supervisor *supervisor) {
  ProtectiveStop *const stop = &supervisor->protective;
  if (stop->cause != STOP_CAUSE_NONE || drive_commanded(&supervisor->drive)) return;
  stop->wantedLeftMmS = 0;
  stop->wantedRightMmS = 0;
}

/* A retreat creeps; its unit may be slower still. */
static uint16_t ceiling(const Supervisor *supervisor) {
  const uint16_t cap = supervisor->limits.speedCapMmS;
  return supervisor->retreat.hit != 0 && cap > CREEP_MM_S ? CREEP_MM_S : cap;
}

static StopCause step_drive(Supervisor *supervisor, const Inputs *in) {
  Drive *const drive = &supervisor->drive;
  free_distance_step(&supervisor->free, in, drive->left.measuredMmS, drive->right.measuredMmS, &supervisor->limits);
  return drive_step(drive, in, &supervisor->limits, &supervisor->free, ceiling(supervisor));
}

static void step_latch(Supervisor *supervisor, const Inputs *in, StopCause wheel_fault) {
  const bool was_latched = latched(supervisor);
  const bool pressed = stop_latch_step(&supervisor->latch, in, wheel_fault, supervisor->retreat.tolerated);
  retreat_step(&supervisor->retreat, in, &supervisor->limits, was_latched, latched(supervisor), pressed);
}

/* A stop begins from none, or when a latched one follows a protective one; what comes on top of a stop is not its first cause. */
static void record_stop(Supervisor *supervisor, bool was_latched) {
  const StopCause before = supervisor->reported;
  const StopCause cause = supervisor_stop_cause(supervisor);
  supervisor->reported = cause;
  if (cause == STOP_CAUSE_NONE || (before != STOP_CAUSE_NONE && (was_latched || !latched(supervisor)))) return;
  supervisor->run.lastStopCause = cause;
  supervisor->run.lastStopAtMs = supervisor->run.uptimeMs;
}

static void steer(const Supervisor *supervisor, Outputs *out) {
  out->motorEnable = supervisor->drive.enabled;
  out->leftDuty = supervisor->drive.left.duty;
  out->rightDuty = supervisor->drive.right.duty;
  out->toleratedContacts = supervisor->retreat.tolerated;
  dispenser_outputs(&supervisor->dispenser, out);
}

void supervisor_step(Supervisor *supervisor, const Inputs *in, Outputs *out) {
  const bool was_latched = latched(supervisor);
  supervisor->run.uptimeMs++;
  if (supervisor->heartbeatAgeMs < 255) supervisor->heartbeatAgeMs++;
  /* A category 0 stop in an interrupt has taken the power off already; follow before anything drives again. */
  step_latch(supervisor, in, step_drive(supervisor, in));
  supervisor->in = *in;
  if (free_distance_frozen(&supervisor->free)) supervisor->in.frontFailed = true;
  protective_stop_step(&supervisor->protective, &supervisor->in, &supervisor->limits, heartbeat_lost(supervisor));
  record_stop(supervisor, was_latched);
  hold_still(supervisor);
  forget_ended_motion(supervisor);
  dispenser_step(&supervisor->dispenser, in);
  steer(supervisor, out);
}

StopCause supervisor_stop_cause(const Supervisor *supervisor) {
  return latched(supervisor) ? supervisor->latch.cause : supervisor->protective.cause;
}

static uint16_t flags_of(const Supervisor *supervisor) {
  unsigned flags = 0;
  if (latched(supervisor)) flags |= STATE_FLAGS_LATCHED;
  if (drive_moving(&supervisor->drive)) flags |= STATE_FLAGS_MOVING;
  if (supervisor->dispenser.running) flags |= STATE_FLAGS_DISPENSING;
  if (supervisor->in.eStopOpen) flags |= STATE_FLAGS_E_STOP_OPEN;
  if (supervisor->configured) flags |= STATE_FLAGS_CONFIGURED;
  if (supervisor->in.cupPresent) flags |= STATE_FLAGS_CUP_PRESENT;
  if (supervisor->in.tankEmpty) flags |= STATE_FLAGS_TANK_EMPTY;
  if (supervisor->in.hatchOpen) flags |= STATE_FLAGS_HATCH_OPEN;
  if (supervisor->retreat.hit != 0) flags |= STATE_FLAGS_RETREAT_ONLY;
  if (flow_while_closed(&supervisor->dispenser.watch)) flags |= STATE_FLAGS_FLOW_WHILE_CLOSED;
  if (supervisor->in.leak) flags |= STATE_FLAGS_LEAK;
  if (supervisor->in.releasePressed) flags |= STATE_FLAGS_RELEASE_PRESSED;
  return (uint16_t)flags;
}

void supervisor_fill_state(const Supervisor *supervisor, StateMessage *state) {
  state->uptimeMs = supervisor->run.uptimeMs;
  state->hostTimeMs = supervisor->hostTimeMs;
  state->stopCause = (uint8_t)supervisor_stop_cause(supervisor);
  state->lastStopCause = (uint8_t)supervisor->run.lastStopCause;
  state->lastStopAtMs = supervisor->run.lastStopAtMs;
  state->flags = flags_of(supervisor);
  state->leftPulses = supervisor->in.leftPulses;
  state->rightPulses = supervisor->in.rightPulses;
  state->leftMmS = supervisor->drive.left.measuredMmS;
  state->rightMmS = supervisor->drive.right.measuredMmS;
  state->rangeFrontLeftMm = supervisor->in.frontLeftMm;
  state->rangeFrontRightMm = supervisor->in.frontRightMm;
  state->rangeLeftMm = supervisor->in.leftMm;
  state->rangeRightMm = supervisor->in.rightMm;
  state->rangeRearMm = supervisor->in.rearMm;
  state->batteryMv = supervisor->in.batteryMv;
  state->speedCapMmS = supervisor->drive.capMmS;
}
