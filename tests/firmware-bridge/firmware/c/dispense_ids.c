#include "../../../../firmware-bridge/firmware/safety/dispenser.h"
#include <string.h>
#include "check.h"

static DispenseHistory history;
static Dispenser dispenser;
static Inputs in;
static Outputs out;
static DispenseReportMessage report;
static unsigned reports;

static void fresh(void) {
  memset(&history, 0xA5, sizeof history);
  dispenser_init(&dispenser, &history);
  in = (Inputs){.flowPulses = 100, .cupPresent = true, .snackHome = true};
}

static void step(void) {
  dispenser_step(&dispenser, &in);
  dispenser_outputs(&dispenser, &out);
  if (dispenser_take_report(&dispenser, &report)) reports++;
}

/* `ms` milliseconds with a pulse in the last of each `every`, 0 for none. */
static void flow(unsigned ms, unsigned every) {
  for (unsigned at = 1; at <= ms; at++) {
    if (every != 0 && at % every == 0) in.flowPulses++;
    step();
  }
}

static AckResult ask(uint32_t id) {
  return dispenser_water(&dispenser, &(DispenseWaterMessage){id, 100, 120, 5000}, &in);
}

static AckResult ask_snack(uint32_t id) {
  return dispenser_snack(&dispenser, &(DispenseSnackMessage){id}, &in);
}

static DispenseResult known(uint32_t id) {
  DispenseReportMessage found;
  dispenser_query(&dispenser, id, &found);
  CHECK(found.dispenseId == id);
  return (DispenseResult)found.result;
}

/* A whole portion of 100 pulses, one each 10 ms, with `run_on` after the order to close. */
static void pour(uint32_t id, unsigned run_on) {
  CHECK(ask(id) == ACK_RESULT_ACCEPTED);
  while (dispenser.water.open) flow(10, 10);
  flow(run_on * 10, 10);
  flow(201, 0);
}

static void the_valve_opens_for_water_alone(void) {
  fresh();
  step();
  CHECK(!out.valveOpen && !out.snackMotor);
  CHECK(ask(5) == ACK_RESULT_ACCEPTED);
  step();
  CHECK(out.valveOpen && !out.snackMotor && out.valveCloseAt == 200);
  dispenser_abort(&dispenser, DISPENSE_RESULT_INTERRUPTED);
  dispenser_outputs(&dispenser, &out);
  CHECK(!out.valveOpen && dispenser.running);
  flow(200, 0);
  CHECK(!dispenser.running && known(5) == DISPENSE_RESULT_INTERRUPTED);
  CHECK(ask_snack(6) == ACK_RESULT_ACCEPTED);
  step();
  CHECK(out.snackMotor && !out.valveOpen);
  dispenser_abort(&dispenser, DISPENSE_RESULT_NOT_RENEWED);
  dispenser_outputs(&dispenser, &out);
  CHECK(!out.snackMotor && dispenser.water.outcome == DISPENSE_RESULT_INTERRUPTED);
  step();
  CHECK(!dispenser.running && !out.snackMotor && known(6) == DISPENSE_RESULT_NOT_RENEWED);
  dispenser_abort(&dispenser, DISPENSE_RESULT_LEAK);
  CHECK(known(6) == DISPENSE_RESULT_NOT_RENEWED && dispenser.snack.outcome == DISPENSE_RESULT_NOT_RENEWED);
}

static void an_id_serves_once(void) {
  fresh();
  CHECK(ask(5) == ACK_RESULT_ACCEPTED);
  CHECK(ask(5) == ACK_RESULT_REPEATED);
  CHECK(ask(6) == ACK_RESULT_BUSY && ask(4) == ACK_RESULT_BUSY && ask_snack(6) == ACK_RESULT_BUSY);
  dispenser_abort(&dispenser, DISPENSE_RESULT_INTERRUPTED);
  flow(1000, 0);
  CHECK(ask(5) == ACK_RESULT_REPEATED && ask_snack(5) == ACK_RESULT_REPEATED && !dispenser.running);
  CHECK(dispenser_take_report(&dispenser, &report) && report.dispenseId == 5 && report.result == DISPENSE_RESULT_INTERRUPTED);
  CHECK(!dispenser_take_report(&dispenser, &report));
}

static void an_id_older_than_the_newest_is_not_served(void) {
  fresh();
  CHECK(ask_snack(9) == ACK_RESULT_ACCEPTED);
  dispenser_abort(&dispenser, DISPENSE_RESULT_INTERRUPTED);
  step();
  CHECK(ask(8) == ACK_RESULT_OUT_OF_RANGE && ask(1) == ACK_RESULT_OUT_OF_RANGE && !dispenser.running);
  CHECK(known(8) == DISPENSE_RESULT_IDLE);
  CHECK(ask(10) == ACK_RESULT_ACCEPTED);
}

/* The board was reset between keeping the id and its record. */
static void an_id_begun_without_a_record_is_not_served(void) {
  fresh();
  history.newestId = 8;
  history.newestIdInverse = ~(uint32_t)8;
  dispenser_init(&dispenser, &history);
  CHECK(ask(8) == ACK_RESULT_OUT_OF_RANGE && ask(9) == ACK_RESULT_ACCEPTED);
}

static void the_record_is_kept_before_anything_opens(void) {
  fresh();
  CHECK(ask(5) == ACK_RESULT_ACCEPTED);
  CHECK(history.newestId == 5 && known(5) == DISPENSE_RESULT_RUNNING);
}

static void each_snack_begins_afresh(void) {
  fresh();
  for (uint32_t id = 1; id <= 2; id++) {
    CHECK(ask_snack(id) == ACK_RESULT_ACCEPTED);
    step();
    CHECK(out.snackMotor && dispenser.running && dispenser.snack.elapsedMs == 1);
    dispenser_abort(&dispenser, DISPENSE_RESULT_INTERRUPTED);
    step();
  }
}

static void more_outcomes_than_records(void) {
  fresh();
  in.leak = true;
  for (uint32_t id = 1; id <= 6; id++) CHECK(ask(id) == ACK_RESULT_ACCEPTED);
  in.leak = false;
  CHECK(ask(1) == ACK_RESULT_OUT_OF_RANGE && ask(2) == ACK_RESULT_OUT_OF_RANGE);
  for (uint32_t id = 3; id <= 6; id++) CHECK(ask(id) == ACK_RESULT_REPEATED && known(id) == DISPENSE_RESULT_LEAK);
  CHECK(!dispenser.running);
}

static void an_obstacle_is_an_outcome_at_once(void) {
  fresh();
  in.tankEmpty = true;
  CHECK(ask(5) == ACK_RESULT_ACCEPTED && !dispenser.running);
  CHECK(dispenser_take_report(&dispenser, &report));
  CHECK(report.dispenseId == 5 && report.kind == DISPENSE_KIND_WATER && report.result == DISPENSE_RESULT_TANK_EMPTY);
  CHECK(report.targetPulses == 100 && report.pulses == 0 && report.elapsedMs == 0);
  in.snackBeam = true;
  CHECK(ask_snack(6) == ACK_RESULT_ACCEPTED && !dispenser.running);
  CHECK(known(6) == DISPENSE_RESULT_NOT_DROPPED && dispenser.report.targetPulses == 0 && dispenser.report.kind == DISPENSE_KIND_SNACK);
}

static void reports_each_100_ms_and_the_last_three_times(void) {
  fresh();
  CHECK(ask(5) == ACK_RESULT_ACCEPTED);
  reports = 0;
  flow(99, 10);
  CHECK(reports == 0);
  flow(1, 1);
  CHECK(reports == 1 && report.result == DISPENSE_RESULT_RUNNING && report.pulses == 10 && report.elapsedMs == 100);
  CHECK(history.records[history.newest].pulses == 9);
  flow(99, 0);
  CHECK(reports == 1);
  flow(1, 0);
  CHECK(reports == 2);
  flow(30, 0);
  dispenser_abort(&dispenser, DISPENSE_RESULT_INTERRUPTED);
  flow(199, 0);
  reports = 0;
  flow(1, 0);
  CHECK(reports == 1 && report.result == DISPENSE_RESULT_INTERRUPTED && report.pulses == 10 && report.elapsedMs == 230);
  flow(99, 0);
  CHECK(reports == 1);
  flow(1, 0);
  CHECK(reports == 2);
  flow(99, 0);
  CHECK(reports == 2);
  flow(1, 0);
  CHECK(reports == 3);
  flow(1000, 0);
  CHECK(reports == 3);
}

/* The rest of an older report's repetitions must not be sent as the new one's. */
static void a_new_dispense_begins_its_own_reports(void) {
  fresh();
  in.leak = true;
  CHECK(ask(5) == ACK_RESULT_ACCEPTED);
  flow(50, 0);
  in.leak = false;
  CHECK(ask(6) == ACK_RESULT_ACCEPTED);
  reports = 0;
  flow(99, 0);
  CHECK(reports == 0);
  flow(1, 0);
  CHECK(reports == 1 && report.dispenseId == 6);
  dispenser_abort(&dispenser, DISPENSE_RESULT_INTERRUPTED);
  flow(210, 0);
  CHECK(report.dispenseId == 6 && report.result == DISPENSE_RESULT_INTERRUPTED);
  CHECK(ask(5) == ACK_RESULT_REPEATED);
  reports = 0;
  flow(1000, 0);
  CHECK(reports == 1 && report.dispenseId == 5);
  CHECK(ask_snack(7) == ACK_RESULT_ACCEPTED);
  reports = 0;
  flow(100, 0);
  CHECK(reports == 1 && report.kind == DISPENSE_KIND_SNACK && report.elapsedMs == 100);
}

/* Told to begin at 0, the valve really takes 60 ms: six pulses run on. */
static void learns_the_closing_time(void) {
  fresh();
  dispenser_configure(&dispenser, 0);
  pour(5, 6);
  CHECK(known(5) == DISPENSE_RESULT_DONE);
  CHECK(report.pulses == 106 && report.targetPulses == 100 && report.closing100us == 100);
  CHECK(history.closing100us == 100);
  dispenser_query(&dispenser, 77, &report);
  CHECK(report.closing100us == 100 && report.result == DISPENSE_RESULT_IDLE);
}

static void learns_from_good_portions_alone(void) {
  fresh();
  dispenser_configure(&dispenser, 600);
  CHECK(ask(5) == ACK_RESULT_ACCEPTED);
  flow(500, 10);
  in.cupPresent = false;
  flow(300, 0);
  CHECK(known(5) == DISPENSE_RESULT_CUP_MISSING && history.closing100us == 600);
  in.cupPresent = true;
  CHECK(ask_snack(6) == ACK_RESULT_ACCEPTED);
  in.snackHome = false;
  flow(1000, 0);
  in.snackHome = true;
  in.snackBeam = true;
  flow(10, 0);
  CHECK(known(6) == DISPENSE_RESULT_DONE && history.closing100us == 600);
}

static void a_reset_keeps_what_was_learned(void) {
  fresh();
  dispenser_configure(&dispenser, 0);
  pour(5, 6);
  dispenser_init(&dispenser, &history);
  dispenser_configure(&dispenser, 0);
  CHECK(history.closing100us == 100);
  CHECK(ask(5) == ACK_RESULT_REPEATED && known(5) == DISPENSE_RESULT_DONE);
}

static void water_at_a_closed_valve_refuses_water_alone(void) {
  fresh();
  flow(1000, 0);
  flow(40, 10);
  CHECK(flow_while_closed(&dispenser.watch));
  CHECK(ask(5) == ACK_RESULT_ACCEPTED && !dispenser.running && known(5) == DISPENSE_RESULT_FLOW_WHILE_CLOSED);
  CHECK(ask_snack(6) == ACK_RESULT_ACCEPTED && dispenser.running);
  flow(100, 10);
  CHECK(flow_while_closed(&dispenser.watch));
  dispenser_abort(&dispenser, DISPENSE_RESULT_INTERRUPTED);
  flow(1000, 0);
  CHECK(ask(7) == ACK_RESULT_ACCEPTED && dispenser.running);
}

static void a_valve_that_stays_open_is_named(void) {
  fresh();
  dispenser_configure(&dispenser, 600);
  CHECK(ask(5) == ACK_RESULT_ACCEPTED);
  while (dispenser.water.open) flow(10, 10);
  flow(1029, 10);
  CHECK(dispenser.running && !out.valveOpen);
  flow(1, 1);
  CHECK(!dispenser.running && known(5) == DISPENSE_RESULT_FLOW_WHILE_CLOSED);
  CHECK(ask(6) == ACK_RESULT_ACCEPTED && known(6) == DISPENSE_RESULT_FLOW_WHILE_CLOSED);
}

const Test dispenser_tests[] = {{"the valve opens for water alone", the_valve_opens_for_water_alone},
                                {"an id serves once", an_id_serves_once},
                                {"an id older than the newest is not served", an_id_older_than_the_newest_is_not_served},
                                {"an id begun without a record is not served", an_id_begun_without_a_record_is_not_served},
                                {"the record is kept before anything opens", the_record_is_kept_before_anything_opens},
                                {"each snack begins afresh", each_snack_begins_afresh},
                                {"more outcomes than records", more_outcomes_than_records},
                                {"an obstacle is an outcome at once", an_obstacle_is_an_outcome_at_once},
                                {"reports each 100 ms, the last three times", reports_each_100_ms_and_the_last_three_times},
                                {"a new dispense begins its own reports", a_new_dispense_begins_its_own_reports},
                                {"learns the closing time", learns_the_closing_time},
                                {"learns from good portions alone", learns_from_good_portions_alone},
                                {"a reset keeps what was learned", a_reset_keeps_what_was_learned},
                                {"water at a closed valve refuses water alone", water_at_a_closed_valve_refuses_water_alone},
                                {"a valve that stays open is named", a_valve_that_stays_open_is_named}};
SUITE(dispenser);
