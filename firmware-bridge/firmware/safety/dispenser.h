/* One dispense at a time, idempotent by id, with its reports. */
#ifndef LETAN_SAFETY_DISPENSER_H
#define LETAN_SAFETY_DISPENSER_H
#include "dispense_history.h"
#include "io.h"
#include "snack.h"
#include "water.h"

typedef struct {
  bool running;
  DispenseReportMessage report; /* of the present or last dispense */
  Water water;
  Snack snack;
  uint8_t sinceReportMs;
  uint8_t reportsOwed; /* closing reports still to send */
  bool reportDue;
  DispenseHistory *history;
} Dispenser;

void dispenser_init(Dispenser *dispenser, DispenseHistory *history);
/* REPEATED when the id is known, whose outcome is then due as a report; BUSY while another runs; else ACCEPTED, and a reason
   not to dispense arrives as the outcome at once. */
AckResult dispenser_water(Dispenser *dispenser, const DispenseWaterMessage *request, const Inputs *in);
AckResult dispenser_snack(Dispenser *dispenser, const DispenseSnackMessage *request, const Inputs *in);
/* The id is known already, or another dispense runs: what to answer; ACCEPTED when it is a new one. */
AckResult dispenser_admit(Dispenser *dispenser, uint32_t dispense_id);
void dispenser_abort(Dispenser *dispenser, DispenseResult outcome);
/* One millisecond. */
void dispenser_step(Dispenser *dispenser, const Inputs *in);
void dispenser_outputs(const Dispenser *dispenser, Outputs *out);
/* True once per report to send. */
bool dispenser_take_report(Dispenser *dispenser, DispenseReportMessage *report);

#endif
