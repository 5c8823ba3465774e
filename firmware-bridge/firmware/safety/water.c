#include "water.h"
#include "generated/limits.h"

DispenseResult water_obstacle(const Inputs *in) {
  if (in->leak) return DISPENSE_RESULT_LEAK;
  if (in->tankEmpty) return DISPENSE_RESULT_TANK_EMPTY;
  if (!in->cupPresent) return DISPENSE_RESULT_CUP_MISSING;
  return DISPENSE_RESULT_RUNNING;
}

void water_start(Water *water, const DispenseWaterMessage *request, const Inputs *in) {
  *water = (Water){.open = true,
                   .outcome = DISPENSE_RESULT_RUNNING,
                   .startPulses = in->flowPulses,
                   .target = request->pulses,
                   .cap = request->capPulses,
                   .capMs = request->capMs};
}

void water_close(Water *water, DispenseResult outcome) {
  if (!water->open) return;
  water->open = false;
  water->outcome = outcome;
}

static void judge(Water *water, const Inputs *in) {
  const DispenseResult obstacle = water_obstacle(in);
  if (water->pulses >= water->cap && water->cap < water->target) water_close(water, DISPENSE_RESULT_VOLUME_CAP);
  else if (water->pulses >= water->target) water_close(water, DISPENSE_RESULT_DONE);
  else if (obstacle != DISPENSE_RESULT_RUNNING) water_close(water, obstacle);
  else if (water->silentMs >= NO_FLOW_MS) water_close(water, DISPENSE_RESULT_NO_FLOW);
  else if (water->elapsedMs >= water->capMs) water_close(water, DISPENSE_RESULT_TIME_CAP);
}

bool water_step(Water *water, const Inputs *in) {
  const uint16_t pulses = (uint16_t)(in->flowPulses - water->startPulses);
  if (pulses != water->pulses) water->silentMs = 0;
  else if (water->silentMs < NO_FLOW_MS) water->silentMs++;
  water->pulses = pulses;
  if (water->open) {
    water->elapsedMs++;
    judge(water, in);
    return false;
  }
  return ++water->closedMs >= RUN_ON_MS;
}

uint16_t water_close_at(const Water *water) {
  return (uint16_t)(water->startPulses + (water->target < water->cap ? water->target : water->cap));
}
