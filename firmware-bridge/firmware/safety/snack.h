/* One snack: the spiral turns once, from home to home, then up to three quarter turns more until the beam sees a drop. */
#ifndef LETAN_SAFETY_SNACK_H
#define LETAN_SAFETY_SNACK_H
#include "io.h"

typedef enum { SNACK_LEAVING, SNACK_TURNING, SNACK_FALLING, SNACK_QUARTER, SNACK_OVER } SnackPhase;

typedef struct {
  SnackPhase phase;
  DispenseResult outcome;
  bool dropped;
  uint16_t elapsedMs; /* below SNACK_LIMIT_MS until over */
  uint16_t phaseMs;
  uint16_t turnMs; /* measured time of the whole turn */
  uint8_t homeMs; /* below SNACK_HOME_DEBOUNCE_MS */
  uint8_t quarters;
} Snack;

/* NOT_DROPPED when the beam is blocked before anything turns, else RUNNING. */
DispenseResult snack_obstacle(const Inputs *in);
void snack_start(Snack *snack);
void snack_end(Snack *snack, DispenseResult outcome);
/* One millisecond; true when it is over. */
bool snack_step(Snack *snack, const Inputs *in);
bool snack_motor(const Snack *snack);

#endif
