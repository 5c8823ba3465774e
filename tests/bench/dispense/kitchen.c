#include "kitchen.h"
#include <math.h>
#include <string.h>

/* As in simulators/lobby: half a revolution of the valve's armature, then a tenth of a second until the flow stands. */
#define OPENING_MS 50.0
#define RAMP_MS 100.0
#define NEVER 1e18

static uint64_t state;
Kitchen kitchen;
Board board;

void dice_seed(uint64_t seed) {
  state = seed * 0x9E3779B97F4A7C15u + 1;
  for (int warm = 0; warm < 8; warm++) (void)roll();
}

double roll(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (double)(state >> 11) / 9007199254740992.0;
}

double between(double low, double high) {
  return low + (high - low) * roll();
}

bool chance(double share) {
  return roll() < share;
}

void kitchen_init(double pulses_per_ml, double closing_ms) {
  kitchen = (Kitchen){.pulsesPerMl = pulses_per_ml, .closingMs = closing_ms, .flowMlS = 25, .opensAtMs = NEVER, .closesAtMs = 0};
}

/* The valve hears an order `after` this millisecond began. */
static void hear(double after) {
  if (host_port.valve == kitchen.told) return;
  kitchen.told = host_port.valve;
  if (kitchen.told) {
    kitchen.opensAtMs = kitchen.nowMs + after + OPENING_MS;
    kitchen.closesAtMs = NEVER;
  } else kitchen.closesAtMs = kitchen.nowMs + after + kitchen.closingMs;
}

/* Share of the present millisecond during which water passes the valve. */
static double passing(void) {
  if (kitchen.blocked) return 0;
  if (kitchen.stuckOpen && kitchen.openness > 0) return 1;
  const double from = fmax(kitchen.opensAtMs, kitchen.nowMs);
  const double to = fmin(kitchen.closesAtMs, kitchen.nowMs + 1);
  return to > from ? to - from : 0;
}

bool kitchen_flows(void) {
  return kitchen.openness > 0 && !kitchen.blocked;
}

void kitchen_step(void) {
  hear(0);
  const double share = passing();
  kitchen.openness = share > 0 ? fmin(1, kitchen.openness + share / RAMP_MS) : 0;
  const double drift = 1 + kitchen.driftPerS * (kitchen.nowMs - kitchen.opensAtMs) / 1000;
  const double ml = kitchen.flowMlS * (kitchen.told ? drift : fmax(drift, 0.5)) * kitchen.openness * share / 1000;
  kitchen.pouredMl += ml;
  if (!kitchen.meterDead) {
    const double from = kitchen.meter;
    const double step = ml * kitchen.pulsesPerMl;
    kitchen.meter += step;
    for (double pulse = floor(from) + 1; pulse <= kitchen.meter; pulse++) {
      gate_flow_pulse();
      hear((pulse - from) / step);
    }
  }
  kitchen.nowMs += 1;
}

void board_boot(StopCause cause) {
  if (cause == STOP_CAUSE_POWER_UP) memset(&board.history, 0xA5, sizeof board.history);
  memset(&host_port, 0, sizeof host_port);
  gate_init();
  board.in = (Inputs){.frontLeftMm = 5000,
                      .frontRightMm = 5000,
                      .leftMm = 65535,
                      .rightMm = 65535,
                      .rearMm = 65535,
                      .batteryMv = 25000,
                      .cupPresent = true,
                      .snackHome = true};
  supervisor_init(&board.supervisor, cause, &board.history);
}

void board_configure(uint16_t closing_100us) {
  const ConfigureMessage unit = {.pulsesPerMetreLeft = 1910,
                                 .pulsesPerMetreRight = 1910,
                                 .speedCapMmS = 300,
                                 .marginMm = 450,
                                 .resumeMm = 650,
                                 .decelerationMmS2 = 800,
                                 .brakingMmS2 = 700,
                                 .brakingDelayMs = 90,
                                 .valveClosing100us = closing_100us};
  (void)supervisor_configure(&board.supervisor, &unit);
}

void board_heartbeat(void) {
  supervisor_heartbeat(&board.supervisor, &(HeartbeatMessage){.hostTimeMs = 1});
}

void board_step(void) {
  gate_take(&board.in);
  supervisor_step(&board.supervisor, &board.in, &board.out);
  gate_apply(&board.out);
  kitchen_step();
}

void board_release(void) {
  for (int at = 0; at < 400; at++) {
    if (at % 20 == 0) board_heartbeat();
    board.in.releasePressed = at >= 200 && at < 300;
    board_step();
  }
}
