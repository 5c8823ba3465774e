#include "dispenser.h"
#include "generated/limits.h"

#define CLOSING_REPORTS 3u

void dispenser_init(Dispenser *dispenser, DispenseHistory *history) {
  *dispenser = (Dispenser){.history = history};
  dispense_history_recover(history);
}

void dispenser_configure(Dispenser *dispenser, uint16_t closing_100us) {
  dispense_history_configure(dispenser->history, closing_100us);
}

static bool is_water(const Dispenser *dispenser) {
  return dispenser->report.kind == DISPENSE_KIND_WATER;
}

static void finish(Dispenser *dispenser, DispenseResult outcome) {
  DispenseHistory *const history = dispenser->history;
  if (outcome == DISPENSE_RESULT_DONE && is_water(dispenser)) {
    const Water *const water = &dispenser->water;
    history->closing100us = over_run_learn(&water->rate, water_error(water), history->closing100us);
  }
  dispenser->running = false;
  dispenser->report.result = (uint8_t)outcome;
  dispenser->report.closing100us = history->closing100us;
  dispense_history_put(history, &dispenser->report);
  dispenser->reportsOwed = CLOSING_REPORTS - 1u;
  dispenser->sinceReportMs = 0;
  dispenser->reportDue = true;
}

AckResult dispenser_admit(Dispenser *dispenser, uint32_t dispense_id) {
  if (dispenser->running) return dispenser->report.dispenseId == dispense_id ? ACK_RESULT_REPEATED : ACK_RESULT_BUSY;
  const DispenseReportMessage *const known = dispense_history_find(dispenser->history, dispense_id);
  if (!known) return dispense_id > dispenser->history->newestId ? ACK_RESULT_ACCEPTED : ACK_RESULT_OUT_OF_RANGE;
  dispenser->report = *known;
  dispenser->reportsOwed = 0;
  dispenser->reportDue = true;
  return ACK_RESULT_REPEATED;
}

/* The record is written before anything opens: a reset in between must not forget the id. */
static void begin(Dispenser *dispenser, uint32_t dispense_id, DispenseKind kind, uint16_t target, DispenseResult obstacle) {
  dispenser->report = (DispenseReportMessage){.dispenseId = dispense_id,
                                              .kind = (uint8_t)kind,
                                              .result = DISPENSE_RESULT_RUNNING,
                                              .targetPulses = target,
                                              .closing100us = dispenser->history->closing100us};
  dispense_history_put(dispenser->history, &dispenser->report);
  dispenser->sinceReportMs = 0;
  dispenser->running = obstacle == DISPENSE_RESULT_RUNNING;
  if (!dispenser->running) finish(dispenser, obstacle);
}

AckResult dispenser_water(Dispenser *dispenser, const DispenseWaterMessage *request, const Inputs *in) {
  const AckResult admitted = dispenser_admit(dispenser, request->dispenseId);
  if (admitted != ACK_RESULT_ACCEPTED) return admitted;
  water_start(&dispenser->water, request, in);
  begin(dispenser, request->dispenseId, DISPENSE_KIND_WATER, request->pulses, water_obstacle(in, &dispenser->watch));
  return ACK_RESULT_ACCEPTED;
}

AckResult dispenser_snack(Dispenser *dispenser, const DispenseSnackMessage *request, const Inputs *in) {
  const AckResult admitted = dispenser_admit(dispenser, request->dispenseId);
  if (admitted != ACK_RESULT_ACCEPTED) return admitted;
  snack_start(&dispenser->snack);
  begin(dispenser, request->dispenseId, DISPENSE_KIND_SNACK, 0, snack_obstacle(in));
  return ACK_RESULT_ACCEPTED;
}

void dispenser_abort(Dispenser *dispenser, DispenseResult outcome) {
  if (!dispenser->running) return;
  if (is_water(dispenser)) water_close(&dispenser->water, outcome);
  else snack_end(&dispenser->snack, outcome);
}

static bool valve_open(const Dispenser *dispenser) {
  return dispenser->running && is_water(dispenser) && dispenser->water.open;
}

/* The outcome once it is final, else RUNNING. */
static DispenseResult step_running(Dispenser *dispenser, const Inputs *in) {
  if (!is_water(dispenser)) {
    const bool over = snack_step(&dispenser->snack, in);
    dispenser->report.elapsedMs = dispenser->snack.elapsedMs;
    return over ? dispenser->snack.outcome : DISPENSE_RESULT_RUNNING;
  }
  const bool over = water_step(&dispenser->water, in, &dispenser->watch, dispenser->history->closing100us);
  dispenser->report.pulses = dispenser->water.pulses;
  dispenser->report.elapsedMs = dispenser->water.elapsedMs;
  return over ? dispenser->water.outcome : DISPENSE_RESULT_RUNNING;
}

static void report_on_time(Dispenser *dispenser) {
  if (!dispenser->running && dispenser->reportsOwed == 0) return;
  if (++dispenser->sinceReportMs < REPORT_PERIOD_MS) return;
  dispenser->sinceReportMs = 0;
  dispenser->reportDue = true;
  if (dispenser->running) dispense_history_put(dispenser->history, &dispenser->report);
  else dispenser->reportsOwed--;
}

void dispenser_step(Dispenser *dispenser, const Inputs *in) {
  flow_watch_step(&dispenser->watch, in->flowPulses, valve_open(dispenser));
  report_on_time(dispenser);
  if (!dispenser->running) return;
  const DispenseResult outcome = step_running(dispenser, in);
  if (outcome != DISPENSE_RESULT_RUNNING) finish(dispenser, outcome);
}

void dispenser_outputs(const Dispenser *dispenser, Outputs *out) {
  out->valveOpen = valve_open(dispenser);
  out->valveCloseAt = water_close_at(&dispenser->water);
  out->snackMotor = dispenser->running && !is_water(dispenser) && snack_motor(&dispenser->snack);
}

void dispenser_query(const Dispenser *dispenser, uint32_t dispense_id, DispenseReportMessage *report) {
  const DispenseReportMessage *const known = dispense_history_find(dispenser->history, dispense_id);
  if (known) *report = *known;
  else *report = (DispenseReportMessage){.dispenseId = dispense_id, .closing100us = dispenser->history->closing100us};
}

bool dispenser_take_report(Dispenser *dispenser, DispenseReportMessage *report) {
  if (!dispenser->reportDue) return false;
  dispenser->reportDue = false;
  *report = dispenser->report;
  return true;
}
