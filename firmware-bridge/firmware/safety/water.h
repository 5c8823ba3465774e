/*
 * One portion of water: open, count, close as soon as the run-on will reach the target or at the first reason not to go on, then
 * count until the flow has ended.
 */
#ifndef LETAN_SAFETY_WATER_H
#define LETAN_SAFETY_WATER_H
#include "flow_watch.h"
#include "io.h"
#include "over_run.h"

typedef struct {
  bool open;
  DispenseResult outcome; /* RUNNING until the valve is told to close */
  uint16_t startPulses;
  uint16_t pulses; /* since opening, run-on included */
  uint16_t target; /* 1..6000 */
  uint16_t cap;    /* 1..6000 */
  uint16_t capMs;  /* at most 30,000 */
  uint16_t elapsedMs; /* since opening, at most capMs; frozen at closing */
  uint16_t silentMs;  /* since opening, the last pulse or closing; at most NO_FLOW_MS */
  FlowRate rate;
} Water;

/* Why the portion cannot be filled now; RUNNING when it can. */
DispenseResult water_obstacle(const Inputs *in, const FlowWatch *watch);
void water_start(Water *water, const DispenseWaterMessage *request, const Inputs *in);
/* Closes the valve because of `outcome`; the first outcome stands. */
void water_close(Water *water, DispenseResult outcome);
/* One millisecond, after flow_watch_step; true when the portion is over, its run-on counted and its outcome final. */
bool water_step(Water *water, const Inputs *in, const FlowWatch *watch, uint16_t closing_100us);
/* Free-running flow count at which the interrupt closes the valve at the latest. */
uint16_t water_close_at(const Water *water);
/* Pulses beyond the target, negative when short of it. */
int16_t water_error(const Water *water);

#endif
