/*
 * Fills of 50-300 mL with flow that differs by +-30 % from fill to fill and drifts within one.
 * `fills <pulses/L> <units> <fills a unit> <seed>`: units whose valves take 20-100 ms to close, each of which learns for ten fills first.
 * One unit alone wears out: its valve goes from 20 to 100 ms over its fills. Prints a line a fill that is no learning fill: pulses
 * beyond the target, volume asked for and volume given in mL.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "kitchen.h"

#define LEARNING_FILLS 10
/* What a unit is configured with: it knows nothing of its own valve. */
#define CONFIGURED_100US 600

static void fill(uint32_t id, double ml, bool measured) {
  const double pulses_per_ml = kitchen.pulsesPerMl;
  const uint16_t target = (uint16_t)lround(ml * pulses_per_ml);
  const DispenseWaterMessage order = {id, target, (uint16_t)lround(ml * pulses_per_ml * 1.2), 30000};
  kitchen.flowMlS = 25 * between(0.7, 1.3);
  kitchen.driftPerS = between(-0.02, 0.02);
  const double before = kitchen.pouredMl;
  (void)supervisor_dispense_water(&board.supervisor, &order);
  for (unsigned at = 0; board.supervisor.dispenser.running; at++) {
    if (at % 20 == 0) board_heartbeat();
    board_step();
  }
  const DispenseReportMessage *const report = &board.supervisor.dispenser.report;
  if (report->result != DISPENSE_RESULT_DONE || report->dispenseId != id) {
    printf("fill %u ended with %u\n", id, report->result);
    exit(1);
  }
  if (!measured) return;
  printf("%d %.6f %.6f\n", report->pulses - target, ml, kitchen.pouredMl - before);
}

/* Over weeks a valve's coil and spring make it wander by some per cent around its own closing time. */
static double wander(double closing_ms, unsigned at) {
  return closing_ms * (1 + 0.02 * sin(at / 9.0));
}

static void unit(double from_ms, double to_ms, unsigned fills) {
  kitchen_init(kitchen.pulsesPerMl, from_ms);
  board_boot(STOP_CAUSE_POWER_UP);
  board_configure(CONFIGURED_100US);
  board_release();
  const unsigned all = LEARNING_FILLS + fills;
  for (unsigned at = 0; at < all; at++) {
    kitchen.closingMs = wander(from_ms + (to_ms - from_ms) * at / all, at);
    fill(at + 1, at % 3 == 0 ? 200 : between(50, 300), at >= LEARNING_FILLS);
  }
}

int main(int count, char **words) {
  if (count != 5) return 2;
  const unsigned units = (unsigned)atoi(words[2]);
  const unsigned fills = (unsigned)atoi(words[3]);
  kitchen.pulsesPerMl = atof(words[1]) / 1000;
  dice_seed((uint64_t)atoll(words[4]));
  if (units == 1) unit(20, 100, fills);
  for (unsigned at = 0; units > 1 && at < units; at++) {
    const double closing_ms = 20 + 80.0 * at / (units - 1);
    unit(closing_ms, closing_ms, fills);
  }
  return 0;
}
