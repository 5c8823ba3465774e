#include "over_run.h"
#include "generated/limits.h"

void flow_rate_start(FlowRate *rate) {
  *rate = (FlowRate){.blockMs = SLOWEST_BLOCK_MS};
}

void flow_rate_step(FlowRate *rate, uint16_t pulses, uint16_t elapsed_ms) {
  if ((uint16_t)(pulses - rate->markPulses) < FLOW_BLOCK_PULSES) return;
  rate->blockMs = (uint16_t)(elapsed_ms - rate->markMs);
  rate->markPulses = pulses;
  rate->markMs = elapsed_ms;
}

/*
 * Since the last pulse silent / (block / N) of a pulse has passed, closing / (block / N) will; together they must make missing + 1/2.
 * Multiplied by 20 * block (times in 0.1 ms) nothing is divided; the largest product is 12,001 * 300,000.
 */
bool over_run_reaches(const FlowRate *rate, uint16_t missing, uint16_t silent_ms, uint16_t closing_100us) {
  const uint32_t pulse = 20uL * rate->blockMs;
  const uint32_t silent = 20uL * FLOW_BLOCK_PULSES * silent_ms;
  const uint32_t closing = 2uL * FLOW_BLOCK_PULSES * closing_100us;
  /* A pulse that is late shows that the flow fell, not that more has passed. */
  const uint32_t passed = silent < pulse ? silent : pulse;
  return closing + passed >= missing * pulse + pulse / 2u;
}

uint16_t over_run_learn(const FlowRate *rate, int16_t error_pulses, uint16_t closing_100us) {
  /* The first block holds the opening of the valve, and a portion as small may be over before a rate was known. */
  if (rate->markPulses < 2u * FLOW_BLOCK_PULSES) return closing_100us;
  /* Half of the error: 10 * block / N is the time of a pulse in 0.1 ms. */
  const int32_t half = (int32_t)error_pulses * (int32_t)rate->blockMs * 5 / (int32_t)FLOW_BLOCK_PULSES;
  const int32_t step = half > CLOSING_STEP_100US ? CLOSING_STEP_100US : half < -CLOSING_STEP_100US ? -CLOSING_STEP_100US : half;
  const int32_t learned = (int32_t)closing_100us + step;
  if (learned < 0) return 0;
  return learned > CLOSING_MAX_100US ? CLOSING_MAX_100US : (uint16_t)learned;
}
