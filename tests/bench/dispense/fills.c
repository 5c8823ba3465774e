/*
 * Fills of 50-300 mL on units whose valves take 20-100 ms to close, with flow that differs by +-30 % from fill to fill and drifts
 * within one; each unit learns for ten fills. `fills <pulses/L> <units> <fills a unit> <seed>` prints one line a measured fill:
 * pulses beyond the target, and the volume's error in per cent where 200 mL were asked for.
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
  const double given = kitchen.pouredMl - before;
  printf("%d %s%.4f\n", report->pulses - target, ml == 200 ? "" : "-", fabs(given - ml) / ml * 100);
}

/* A valve ages, and its coil warms: the closing time wanders by some per cent around the unit's own. */
static void unit(double closing_ms, double pulses_per_ml, unsigned fills) {
  kitchen_init(pulses_per_ml, closing_ms);
  board_boot(STOP_CAUSE_POWER_UP);
  board_configure(CONFIGURED_100US);
  board_release();
  for (unsigned at = 0; at < LEARNING_FILLS + fills; at++) {
    kitchen.closingMs = closing_ms * (1 + 0.02 * sin(at / 9.0));
    fill(at + 1, at % 3 == 0 ? 200 : between(50, 300), at >= LEARNING_FILLS);
  }
}

int main(int count, char **words) {
  if (count != 5) return 2;
  const double pulses_per_ml = atof(words[1]) / 1000;
  const unsigned units = (unsigned)atoi(words[2]);
  dice_seed((uint64_t)atoll(words[4]));
  for (unsigned at = 0; at < units; at++) {
    unit(20 + 80.0 * at / (units > 1 ? units - 1 : 1), pulses_per_ml, (unsigned)atoi(words[3]));
  }
  return 0;
}
