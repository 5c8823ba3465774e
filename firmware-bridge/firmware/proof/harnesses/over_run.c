/* The learned over-run, from its source. */
#include "contracts.h"
#include "safety/over_run.c"

static FlowRate rate;

static bool valid(void) {
  return within(rate.blockMs, 1, SLOWEST_BLOCK_MS);
}

void prove_rate(void) {
  HAVOC(rate);
  const uint16_t pulses = nondet_uint16();
  const uint16_t elapsed_ms = nondet_uint16();
  ASSUME(valid() && rate.markPulses <= pulses && pulses <= 6100u && rate.markMs < elapsed_ms && elapsed_ms <= SLOWEST_BLOCK_MS);
  flow_rate_step(&rate, pulses, elapsed_ms);
  PROVE(valid() && rate.markPulses <= pulses && rate.markMs <= elapsed_ms, "the flow rate stays valid");
}

void prove_learn(void) {
  HAVOC(rate);
  const int16_t error_pulses = nondet_int16();
  const uint16_t closing_100us = nondet_uint16();
  ASSUME(valid() && within(error_pulses, -6000, 6000) && closing_100us <= CLOSING_MAX_100US);
  const uint16_t learned = over_run_learn(&rate, error_pulses, closing_100us);
  PROVE(learned <= CLOSING_MAX_100US, "what is learned stays in its range");
  PROVE(within((int32_t)learned - closing_100us, -CLOSING_STEP_100US, CLOSING_STEP_100US), "one portion teaches a little");
}
