/* Valve, pipe, flow meter and cup as physics has them, around the real firmware; and dice that a seed repeats. */
#ifndef KITCHEN_H
#define KITCHEN_H
#include <stdbool.h>
#include <stdint.h>
#include "safety/gate.h"
#include "safety/supervisor.h"

void dice_seed(uint64_t seed);
/* 0 <= roll() < 1. */
double roll(void);
double between(double low, double high);
bool chance(double share);

typedef struct {
  /* Truth of the unit. */
  double pulsesPerMl;
  double closingMs;
  double flowMlS; /* once the valve is wide open */
  double driftPerS; /* of the flow within a fill */
  /* Faults. */
  bool blocked;   /* nothing flows */
  bool stuckOpen; /* the valve does not close any more */
  bool meterDead;
  /* State. */
  double nowMs;
  double opensAtMs;
  double closesAtMs;
  double openness; /* 0..1 */
  double meter;    /* pulses, real */
  double pouredMl;
  bool told; /* what the valve was told last */
} Kitchen;

extern Kitchen kitchen;

void kitchen_init(double pulses_per_ml, double closing_ms);
/* One millisecond of water, pulses through the gate's interrupt; call between two ticks. */
void kitchen_step(void);
bool kitchen_flows(void);

/* The control board: real supervisor and gate. */
typedef struct {
  Supervisor supervisor;
  DispenseHistory history;
  Inputs in; /* what a test sets: cup, tank, leak, release */
  Outputs out;
} Board;

extern Board board;

/* `cause` POWER_UP forgets the history, any other reset keeps it. */
void board_boot(StopCause cause);
void board_configure(uint16_t closing_100us);
void board_heartbeat(void);
/* One tick, then the water until the next. */
void board_step(void);
/* Holds the release button as long as it takes. */
void board_release(void);

#endif
