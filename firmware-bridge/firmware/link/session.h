/* Our checked frames: obeys the host's, answers with acks, sends identity, state and dispense reports. */
#ifndef LETAN_LINK_SESSION_H
#define LETAN_LINK_SESSION_H
#include "../safety/supervisor.h"
#include "firmata.h"
#include "parser.h"

/* How this run began, and how the one before it ended. */
typedef struct {
  ResetCause resetCause;
  RunRecord previous; /* all 0 after a loss of power */
  bool flashDamaged;
  bool ramDamaged;
} BootReport;

/* How the board bears its work. */
typedef struct {
  uint16_t worstTickUs;
  uint16_t missedTicks;
  uint16_t stackFreeBytes;
  uint16_t elapsedUs; /* of the present tick */
} Load;

typedef struct {
  Supervisor *supervisor;
  Firmata firmata;
  Parser parser;
  BootReport boot;
  uint8_t seq;
  uint8_t sinceStateMs;
  uint8_t busyMs; /* ticks in a row with much to do */
  uint8_t lastCause;
  bool identityDue;
  uint16_t rejected;
} Session;

/* Queues the Firmata greeting and `identity`. */
void session_init(Session *session, Supervisor *supervisor, const BootReport *boot);
void session_feed(Session *session, uint8_t byte);
/* One millisecond, after supervisor_step. */
void session_tick(Session *session, const Load *load);
/* Sends what waits for room in the transmit buffer. */
void session_flush(Session *session);

#endif
