#include "flow_watch.h"
#include "generated/limits.h"

void flow_watch_step(FlowWatch *watch, uint16_t pulses, bool open) {
  const bool still = pulses == watch->lastPulses;
  watch->lastPulses = pulses;
  if (open) {
    watch->closedMs = 0;
    return;
  }
  if (watch->closedMs < RUN_ON_MS) {
    watch->closedMs++;
    return;
  }
  if (!still) {
    watch->quietMs = 0;
    if (watch->strays < FLOW_STRAY_PULSES) watch->strays++;
    return;
  }
  watch->quietMs++;
  if (watch->quietMs < FLOW_QUIET_MS) return;
  watch->quietMs = 0;
  watch->strays = 0;
}

bool flow_while_closed(const FlowWatch *watch) {
  return watch->strays >= FLOW_STRAY_PULSES;
}
