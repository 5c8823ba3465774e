/* One dispense at a time, idempotent by id, with its reports. */
#ifndef LETAN_SAFETY_DISPENSER_H
#define LETAN_SAFETY_DISPENSER_H
#include "dispense_history.h"
#include "flow_watch.h"
#include "io.h"
#include "snack.h"
#include "water.h"

typedef struct {
  bool running;
  DispenseReportMessage report; /* of the present or last dispense */
  Water water;
  Snack snack;
  FlowWatch watch;
  uint8_t sinceReportMs;
  uint8_t reportsOwed; /* closing reports still to send */
  bool reportDue;
  DispenseHistory *history;
} Dispenser;

void dispenser_init(Dispenser *dispenser, DispenseHistory *history);
/* Closing time of this unit's valve, where learning begins; not while dispensing. */
void dispenser_configure(Dispenser *dispenser, uint16_t closing_100us);
/* ACCEPTED: the id is new. REPEATED: it is known, its outcome is then due as a report. OUT_OF_RANGE: it is not newer than the newest
   id, yet unknown; it is not served. BUSY: another runs. */
AckResult dispenser_admit(Dispenser *dispenser, uint32_t dispense_id);
/* As above; after ACCEPTED a reason not to dispense arrives as the outcome at once. */
AckResult dispenser_water(Dispenser *dispenser, const DispenseWaterMessage *request, const Inputs *in);
AckResult dispenser_snack(Dispenser *dispenser, const DispenseSnackMessage *request, const Inputs *in);
void dispenser_abort(Dispenser *dispenser, DispenseResult outcome);
/* One millisecond. */
void dispenser_step(Dispenser *dispenser, const Inputs *in);
void dispenser_outputs(const Dispenser *dispenser, Outputs *out);
/* What is known of an id; result IDLE when nothing is. */
void dispenser_query(const Dispenser *dispenser, uint32_t dispense_id, DispenseReportMessage *report);
/* True once per report to send. */
bool dispenser_take_report(Dispenser *dispenser, DispenseReportMessage *report);

#endif
