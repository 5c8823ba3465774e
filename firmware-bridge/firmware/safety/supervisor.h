/*
 * The safety functions together: what the host asks for goes in, what may really happen comes out. One step a millisecond. Nothing
 * else decides over motor power, valve and spiral, except interrupts that switch them off.
 */
#ifndef LETAN_SAFETY_SUPERVISOR_H
#define LETAN_SAFETY_SUPERVISOR_H
#include "dispenser.h"
#include "drive.h"
#include "free_distance.h"
#include "io.h"
#include "protective_stop.h"
#include "retreat.h"
#include "stop_latch.h"

/* What is told about this run after the next reset. */
typedef struct {
  uint32_t uptimeMs;
  StopCause lastStopCause; /* first cause of the latest stop, over or not */
  uint32_t lastStopAtMs;   /* uptime at which it began */
} RunRecord;

typedef struct {
  StopLatch latch;
  Retreat retreat;
  ProtectiveStop protective;
  FreeDistance free;
  Drive drive;
  Dispenser dispenser;
  ConfigureMessage limits;
  bool configured;
  uint8_t heartbeatAgeMs; /* at most 255 */
  uint32_t hostTimeMs;
  RunRecord run;
  StopCause reported; /* after the last step */
  Inputs in; /* of the last step */
} Supervisor;

/* Boots with everything off and `cause` latched. */
void supervisor_init(Supervisor *supervisor, StopCause cause, DispenseHistory *history);
void supervisor_heartbeat(Supervisor *supervisor, const HeartbeatMessage *message);
AckResult supervisor_drive(Supervisor *supervisor, const DriveMessage *message);
AckResult supervisor_stop(Supervisor *supervisor);
AckResult supervisor_dispense_water(Supervisor *supervisor, const DispenseWaterMessage *message);
AckResult supervisor_dispense_snack(Supervisor *supervisor, const DispenseSnackMessage *message);
AckResult supervisor_configure(Supervisor *supervisor, const ConfigureMessage *message);
/* Outcome of a dispense; result IDLE when the id is not known. */
void supervisor_query_dispense(const Supervisor *supervisor, const QueryDispenseMessage *message, DispenseReportMessage *report);
void supervisor_step(Supervisor *supervisor, const Inputs *in, Outputs *out);

StopCause supervisor_stop_cause(const Supervisor *supervisor);
/* Everything of `state` that the safety functions know; self-supervision and counters of the link are left alone. */
void supervisor_fill_state(const Supervisor *supervisor, StateMessage *state);

#endif
