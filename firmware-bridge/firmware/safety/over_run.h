/*
 * How far the water runs on after the order to close: the present flow times the closing time of the valve. Flow is measured in this
 * very portion, the closing time is learned from portion to portion. What drains from the pipe behind the meter is in no pulse.
 */
#ifndef LETAN_SAFETY_OVER_RUN_H
#define LETAN_SAFETY_OVER_RUN_H
#include <stdbool.h>
#include <stdint.h>

/* Time that the latest whole block of FLOW_BLOCK_PULSES took. */
typedef struct {
  uint16_t markPulses; /* where the present block began */
  uint16_t markMs;
  uint16_t blockMs; /* 1..SLOWEST_BLOCK_MS */
} FlowRate;

/* No flow is known: as slow as can be, so that nothing is closed early because of it. */
void flow_rate_start(FlowRate *rate);
/* `pulses` and `elapsedMs` since the valve opened, both at most as large as they can get in one portion (see water.h). */
void flow_rate_step(FlowRate *rate, uint16_t pulses, uint16_t elapsed_ms);
/* Whether a valve told to close now, `silent_ms` after the last pulse, ends in the middle of the pulse `missing` (1..6000) from now. */
bool over_run_reaches(const FlowRate *rate, uint16_t missing, uint16_t silent_ms, uint16_t closing_100us);
/* The closing time after a portion that ended `error_pulses` beyond its target (negative: short of it). */
uint16_t over_run_learn(const FlowRate *rate, int16_t error_pulses, uint16_t closing_100us);

#endif
