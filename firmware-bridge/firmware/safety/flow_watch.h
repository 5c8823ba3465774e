/* Water that runs although the valve is closed: a leaking or stuck valve. */
#ifndef LETAN_SAFETY_FLOW_WATCH_H
#define LETAN_SAFETY_FLOW_WATCH_H
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint16_t lastPulses;
  uint16_t closedMs; /* since the order to close or since boot, at most RUN_ON_MS */
  uint16_t quietMs;  /* since the last pulse, below FLOW_QUIET_MS */
  uint8_t strays;    /* milliseconds with pulses not yet followed by quiet, at most FLOW_STRAY_PULSES */
} FlowWatch;

/* One millisecond; `pulses` is the free-running count, `open` what the valve is told. */
void flow_watch_step(FlowWatch *watch, uint16_t pulses, bool open);
/* From FLOW_STRAY_PULSES that are no run-on until no pulse has come for FLOW_QUIET_MS. */
bool flow_while_closed(const FlowWatch *watch);

#endif
