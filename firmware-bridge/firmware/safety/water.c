#include "water.h"
#include "generated/limits.h"

static DispenseResult hindrance(const Inputs *in) {
  if (in->leak) return DISPENSE_RESULT_LEAK;
  if (in->tankEmpty) return DISPENSE_RESULT_TANK_EMPTY;
  return in->cupPresent ? DISPENSE_RESULT_RUNNING : DISPENSE_RESULT_CUP_MISSING;
}

DispenseResult water_obstacle(const Inputs *in, const FlowWatch *watch) {
  return flow_while_closed(watch) ? DISPENSE_RESULT_FLOW_WHILE_CLOSED : hindrance(in);
}

void water_start(Water *water, const DispenseWaterMessage *request, const Inputs *in) {
  *water = (Water){.open = true,
                   .outcome = DISPENSE_RESULT_RUNNING,
                   .startPulses = in->flowPulses,
                   .target = request->pulses,
                   .cap = request->capPulses,
                   .capMs = request->capMs};
  flow_rate_start(&water->rate);
}

void water_close(Water *water, DispenseResult outcome) {
  if (!water->open) return;
  water->open = false;
  water->outcome = outcome;
  water->silentMs = 0;
}

/* Where to close: the target, unless the cap comes first. */
static uint16_t bound_of(const Water *water) {
  return water->target < water->cap ? water->target : water->cap;
}

static void judge(Water *water, const Inputs *in, uint16_t closing_100us) {
  const uint16_t bound = bound_of(water);
  const DispenseResult hindered = hindrance(in);
  if (water->pulses >= bound || over_run_reaches(&water->rate, (uint16_t)(bound - water->pulses), water->silentMs, closing_100us)) {
    water_close(water, DISPENSE_RESULT_DONE);
  } else if (hindered != DISPENSE_RESULT_RUNNING) water_close(water, hindered);
  else if (water->silentMs >= NO_FLOW_MS) water_close(water, DISPENSE_RESULT_NO_FLOW);
  else if (water->elapsedMs >= water->capMs) water_close(water, DISPENSE_RESULT_TIME_CAP);
}

/* Done is what gave the water asked for, at least seven eighths of it, and not beyond the cap. */
static DispenseResult filled(const Water *water) {
  if (water->cap < water->target || water->pulses > water->cap) return DISPENSE_RESULT_VOLUME_CAP;
  return water->pulses < water->target - water->target / 8u ? DISPENSE_RESULT_NO_FLOW : DISPENSE_RESULT_DONE;
}

static bool settle(Water *water, const FlowWatch *watch) {
  if (flow_while_closed(watch)) water->outcome = DISPENSE_RESULT_FLOW_WHILE_CLOSED;
  else if (water->silentMs < RUN_ON_QUIET_MS) return false;
  else if (water->outcome == DISPENSE_RESULT_DONE) water->outcome = filled(water);
  return true;
}

bool water_step(Water *water, const Inputs *in, const FlowWatch *watch, uint16_t closing_100us) {
  const uint16_t pulses = (uint16_t)(in->flowPulses - water->startPulses);
  water->silentMs = pulses == water->pulses ? (uint16_t)(water->silentMs + 1u) : 0;
  water->pulses = pulses;
  if (!water->open) return settle(water, watch);
  water->elapsedMs++;
  flow_rate_step(&water->rate, pulses, water->elapsedMs);
  judge(water, in, closing_100us);
  return false;
}

uint16_t water_close_at(const Water *water) {
  return (uint16_t)(water->startPulses + bound_of(water));
}

int16_t water_error(const Water *water) {
  return (int16_t)(water->pulses - water->target);
}
