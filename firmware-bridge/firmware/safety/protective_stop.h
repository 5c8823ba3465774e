/*
 * Stops that end by themselves when their cause is gone: obstacles in the way of the motion asked for, a failed range sensor, a
 * silent host. The cause is kept, with hysteresis, while the motion is still wanted; motion needs a fresh drive
 * command afterwards. An obstacle beside a parked robot is no stop.
 */
#ifndef LETAN_SAFETY_PROTECTIVE_STOP_H
#define LETAN_SAFETY_PROTECTIVE_STOP_H
#include "io.h"

typedef struct {
  StopCause cause;
  int16_t wantedLeftMmS; /* the motion asked for, kept while its obstacle holds */
  int16_t wantedRightMmS;
} ProtectiveStop;

void protective_stop_init(ProtectiveStop *stop);
/* A new motion is asked for; returns whether it may begin. Both 0 withdraws the motion. */
bool protective_stop_want(ProtectiveStop *stop, int16_t left, int16_t right, const Inputs *in, const ConfigureMessage *limits,
                          bool heartbeat_lost);
/* One millisecond. */
void protective_stop_step(ProtectiveStop *stop, const Inputs *in, const ConfigureMessage *limits, bool heartbeat_lost);

#endif
