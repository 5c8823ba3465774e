#include "dispenser.h"
#include "generated/limits.h"

#define CLOSING_REPORTS 3u

void dispenser_init(Dispenser *dispenser, DispenseHistory *history) {
  *dispenser = (Dispenser){.running = false, .history = history};
  dispenser->water.outcome = DISPENSE_RESULT_IDLE;
  dispenser->snack.phase = SNACK_OVER;
  dispense_history_recover(history);
}

static void finish(Dispenser *dispenser, DispenseResult outcome) {
  dispenser->running = false;
  dispenser->report.result = (uint8_t)outcome;
  dispense_history_put(dispenser->history, &dispenser->report);
  dispenser->reportsOwed = CLOSING_REPORTS - 1u;
  dispenser->sinceReportMs = 0;
  dispenser->reportDue = true;
}

AckResult dispenser_admit(Dispenser *dispenser, uint32_t dispense_id) {
  const DispenseReportMessage *const known = dispense_history_find(dispenser->history, dispense_id);
  if (dispenser->running) return known && dispenser->report.dispenseId == dispense_id ? ACK_RESULT_REPEATED : ACK_RESULT_BUSY;
  if (!known) return ACK_RESULT_ACCEPTED;
  dispenser->report = *known;
  dispenser->reportsOwed = 0;
  dispenser->reportDue = true;
  return ACK_RESULT_REPEATED;
}

/* The record is written before anything opens: a reset in between must not forget the id. */
static void begin(Dispenser *dispenser, uint32_t dispense_id, DispenseKind kind, DispenseResult obstacle) {
  dispenser->report = (DispenseReportMessage){.dispenseId = dispense_id, .kind = (uint8_t)kind, .result = DISPENSE_RESULT_RUNNING};
  dispense_history_put(dispenser->history, &dispenser->report);
  dispenser->sinceReportMs = 0;
  dispenser->running = obstacle == DISPENSE_RESULT_RUNNING;
  if (!dispenser->running) finish(dispenser, obstacle);
}

AckResult dispenser_water(Dispenser *dispenser, const DispenseWaterMessage *request, const Inputs *in) {
  const AckResult admitted = dispenser_admit(dispenser, request->dispenseId);
  if (admitted != ACK_RESULT_ACCEPTED) return admitted;
  begin(dispenser, request->dispenseId, DISPENSE_KIND_WATER, water_obstacle(in));
  if (dispenser->running) water_start(&dispenser->water, request, in);
  return ACK_RESULT_ACCEPTED;
}

AckResult dispenser_snack(Dispenser *dispenser, const DispenseSnackMessage *request, const Inputs *in) {
  const AckResult admitted = dispenser_admit(dispenser, request->dispenseId);
  if (admitted != ACK_RESULT_ACCEPTED) return admitted;
  begin(dispenser, request->dispenseId, DISPENSE_KIND_SNACK, snack_obstacle(in));
  if (dispenser->running) snack_start(&dispenser->snack);
  return ACK_RESULT_ACCEPTED;
}

void dispenser_abort(Dispenser *dispenser, DispenseResult outcome) {
  if (!dispenser->running) return;
  if (dispenser->report.kind == DISPENSE_KIND_WATER) water_close(&dispenser->water, outcome);
  else snack_end(&dispenser->snack, outcome);
}

static bool step_running(Dispenser *dispenser, const Inputs *in) {
  if (dispenser->report.kind == DISPENSE_KIND_SNACK) {
    const bool over = snack_step(&dispenser->snack, in);
    dispenser->report.elapsedMs = dispenser->snack.elapsedMs;
    return over;
  }
  const bool over = water_step(&dispenser->water, in);
  dispenser->report.pulses = dispenser->water.pulses;
  dispenser->report.elapsedMs = dispenser->water.elapsedMs;
  return over;
}

static DispenseResult outcome_of(const Dispenser *dispenser) {
  return dispenser->report.kind == DISPENSE_KIND_WATER ? dispenser->water.outcome : dispenser->snack.outcome;
}

void dispenser_step(Dispenser *dispenser, const Inputs *in) {
  if (dispenser->running && step_running(dispenser, in)) {
    finish(dispenser, outcome_of(dispenser));
    return;
  }
  if (!dispenser->running && dispenser->reportsOwed == 0) return;
  if (++dispenser->sinceReportMs < REPORT_PERIOD_MS) return;
  dispenser->sinceReportMs = 0;
  dispenser->reportDue = true;
  if (dispenser->running) dispense_history_put(dispenser->history, &dispenser->report);
  else dispenser->reportsOwed--;
}

void dispenser_outputs(const Dispenser *dispenser, Outputs *out) {
  const bool water = dispenser->running && dispenser->report.kind == DISPENSE_KIND_WATER;
  const bool snack = dispenser->running && dispenser->report.kind == DISPENSE_KIND_SNACK;
  out->valveOpen = water && dispenser->water.open;
  out->valveCloseAt = water ? water_close_at(&dispenser->water) : 0;
  out->snackMotor = snack && snack_motor(&dispenser->snack);
}

bool dispenser_take_report(Dispenser *dispenser, DispenseReportMessage *report) {
  if (!dispenser->reportDue) return false;
  dispenser->reportDue = false;
  *report = dispenser->report;
  return true;
}
