/* Our checked frames: obeys the host's, answers with acks, sends identity, state and dispense reports. */
#ifndef LETAN_LINK_SESSION_H
#define LETAN_LINK_SESSION_H
#include "../safety/supervisor.h"
#include "firmata.h"
#include "parser.h"

typedef struct {
  Supervisor *supervisor;
  Firmata firmata;
  Parser parser;
  ResetCause resetCause;
  uint32_t uptimeMs;
  uint8_t seq;
  uint8_t sinceStateMs;
  uint8_t lastCause;
  bool identityDue;
  uint16_t rejected;
} Session;

/* Queues the Firmata greeting and `identity`. */
void session_init(Session *session, Supervisor *supervisor, ResetCause reset_cause);
void session_feed(Session *session, uint8_t byte);
/* One millisecond, after supervisor_step. */
void session_tick(Session *session);
/* Sends what waits for room in the transmit buffer. */
void session_flush(Session *session);

#endif
