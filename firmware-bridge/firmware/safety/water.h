/* One portion of water: open, count, close at the target or at the first reason not to go on, count the run-on. */
#ifndef LETAN_SAFETY_WATER_H
#define LETAN_SAFETY_WATER_H
#include "io.h"

typedef struct {
  bool open;
  DispenseResult outcome; /* RUNNING until the valve is told to close */
  uint16_t startPulses;
  uint16_t pulses; /* since opening, run-on included */
  uint16_t target;
  uint16_t cap;
  uint16_t capMs;
  uint16_t elapsedMs; /* since opening, frozen at closing */
  uint16_t silentMs;
  uint16_t closedMs;
} Water;

/* Why the portion cannot be filled now; RUNNING when it can. */
DispenseResult water_obstacle(const Inputs *in);
void water_start(Water *water, const DispenseWaterMessage *request, const Inputs *in);
/* Closes the valve because of `outcome`; the first outcome stands. */
void water_close(Water *water, DispenseResult outcome);
/* One millisecond; true when the portion is over and its run-on counted. */
bool water_step(Water *water, const Inputs *in);
/* Free-running flow count at which the interrupt closes the valve. */
uint16_t water_close_at(const Water *water);

#endif
