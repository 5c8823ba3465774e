#include "../../../../firmware-bridge/firmware/safety/dispense_history.h"
#include <string.h>
#include "check.h"

static DispenseHistory history;

static void forget(void) {
  memset(&history, 0xA5, sizeof history);
  dispense_history_recover(&history);
}

static void put(uint32_t id, DispenseResult result) {
  dispense_history_put(&history, &(DispenseReportMessage){.dispenseId = id,
                                                          .kind = DISPENSE_KIND_SNACK,
                                                          .result = (uint8_t)result,
                                                          .pulses = 0x1234,
                                                          .elapsedMs = 0x5678,
                                                          .targetPulses = 0x1357,
                                                          .closing100us = 0x0246});
}

static uint16_t sum(uint16_t crc, uint32_t value, unsigned bytes) {
  for (unsigned byte = 0; byte < bytes; byte++) crc = crc16_add(crc, (uint8_t)(value >> (8 * byte)));
  return crc;
}

static uint16_t sealed(void) {
  uint16_t crc = sum(0xFFFF, history.newest, 1);
  crc = sum(sum(crc, history.configuredClosing100us, 2), history.closing100us, 2);
  for (unsigned slot = 0; slot < 4; slot++) {
    const DispenseReportMessage *const record = &history.records[slot];
    crc = sum(sum(sum(crc, record->dispenseId, 4), record->kind, 1), record->result, 1);
    crc = sum(sum(sum(sum(crc, record->pulses, 2), record->elapsedMs, 2), record->targetPulses, 2), record->closing100us, 2);
  }
  return crc;
}

static void after_a_power_cut_nothing_is_known(void) {
  forget();
  CHECK(history.newestId == 0 && history.newest == 0 && history.closing100us == 0 && history.configuredClosing100us == 0);
  CHECK(!dispense_history_find(&history, 0xA5A5A5A5));
}

static void the_last_four_are_known(void) {
  forget();
  for (uint32_t id = 100001; id <= 100005; id++) put(id, DISPENSE_RESULT_DONE);
  CHECK(!dispense_history_find(&history, 100001));
  for (uint32_t id = 100002; id <= 100005; id++) {
    const DispenseReportMessage *const record = dispense_history_find(&history, id);
    CHECK(record && record->dispenseId == id && record->pulses == 0x1234 && record->result == DISPENSE_RESULT_DONE);
  }
  CHECK(history.newestId == 100005);
}

static void the_same_id_replaces_its_record(void) {
  forget();
  put(7, DISPENSE_RESULT_DONE);
  CHECK(history.newest == 1);
  put(8, DISPENSE_RESULT_RUNNING);
  put(8, DISPENSE_RESULT_LEAK);
  CHECK(dispense_history_find(&history, 7)->result == DISPENSE_RESULT_DONE);
  CHECK(dispense_history_find(&history, 8)->result == DISPENSE_RESULT_LEAK);
  CHECK(history.newest == 2);
}

static void a_reset_keeps_everything(void) {
  forget();
  dispense_history_configure(&history, 300);
  put(7, DISPENSE_RESULT_DONE);
  put(8, DISPENSE_RESULT_RUNNING);
  dispense_history_recover(&history);
  CHECK(dispense_history_find(&history, 7)->result == DISPENSE_RESULT_DONE);
  CHECK(dispense_history_find(&history, 8)->result == DISPENSE_RESULT_INTERRUPTED);
  CHECK(history.closing100us == 300 && history.newestId == 8);
  /* The changed outcome is sealed again. */
  dispense_history_recover(&history);
  CHECK(dispense_history_find(&history, 8)->result == DISPENSE_RESULT_INTERRUPTED);
}

static void whatever_ran_was_interrupted(void) {
  forget();
  for (uint32_t id = 1; id <= 4; id++) put(id, DISPENSE_RESULT_RUNNING);
  dispense_history_recover(&history);
  for (uint32_t id = 1; id <= 4; id++) CHECK(dispense_history_find(&history, id)->result == DISPENSE_RESULT_INTERRUPTED);
}

/* Every byte that the CRC must cover, damaged one after the other; the newest id is known all the same. */
static void damage_forgets_outcomes_but_not_the_newest_id(void) {
  static DispenseHistory good;
  forget();
  dispense_history_configure(&history, 612);
  for (uint32_t id = 0x01020304; id <= 0x01020307; id++) put(id, DISPENSE_RESULT_DONE);
  good = history;
  uint16_t *const words[] = {&history.configuredClosing100us, &history.closing100us, &history.crc};
  for (unsigned index = 0; index < COUNT(words) * 2; index++) {
    history = good;
    *words[index / 2] ^= (uint16_t)(index % 2 ? 0x0100 : 0x0001);
    dispense_history_recover(&history);
    CHECK(!dispense_history_find(&history, 0x01020307) && history.newestId == 0x01020307 && history.closing100us == 0);
  }
  for (unsigned slot = 0; slot < 4; slot++) {
    for (unsigned byte = 0; byte < 14; byte++) {
      history = good;
      ((uint8_t *)&history.records[slot])[byte] ^= 0x01;
      dispense_history_recover(&history);
      CHECK(history.newestId == 0x01020307 && history.closing100us == 0);
    }
  }
  history = good;
  history.newest = 4;
  history.crc = sealed();
  dispense_history_recover(&history);
  CHECK(history.newest == 0 && history.closing100us == 0);
  history = good;
  CHECK(history.crc == sealed());
  history = good;
  history.newest = 1;
  dispense_history_recover(&history);
  CHECK(history.closing100us == 0);
}

/* A reset between the two copies of the id: the record before it tells the newest. */
static void a_torn_id_is_taken_from_the_records(void) {
  forget();
  put(7, DISPENSE_RESULT_DONE);
  history.newestId = 8;
  dispense_history_recover(&history);
  CHECK(history.newestId == 7 && history.newestIdInverse == ~(uint32_t)7);
  CHECK(dispense_history_find(&history, 7)->result == DISPENSE_RESULT_DONE);
}

/* A reset between id and record: the id counts as begun. */
static void an_id_without_a_record_is_not_forgotten(void) {
  forget();
  put(7, DISPENSE_RESULT_DONE);
  history.newestId = 8;
  history.newestIdInverse = ~(uint32_t)8;
  dispense_history_recover(&history);
  CHECK(history.newestId == 8 && !dispense_history_find(&history, 8));
}

static void the_closing_time_begins_as_configured(void) {
  forget();
  dispense_history_configure(&history, 600);
  CHECK(history.closing100us == 600);
  history.closing100us = 640;
  dispense_history_configure(&history, 600);
  CHECK(history.closing100us == 640);
  dispense_history_configure(&history, 601);
  CHECK(history.closing100us == 601);
  dispense_history_recover(&history);
  CHECK(history.closing100us == 601 && history.configuredClosing100us == 601);
}

/* Behind the records lie bytes that are none. */
static void only_records_are_searched(void) {
  memset(&history, 0, sizeof history);
  dispense_history_configure(&history, 600);
  CHECK(!dispense_history_find(&history, (uint32_t)600 << 16));
}

const Test history_tests[] = {{"after a power cut nothing is known", after_a_power_cut_nothing_is_known},
                              {"the last four are known", the_last_four_are_known},
                              {"the same id replaces its record", the_same_id_replaces_its_record},
                              {"a reset keeps everything", a_reset_keeps_everything},
                              {"whatever ran was interrupted", whatever_ran_was_interrupted},
                              {"damage forgets outcomes, not the newest id", damage_forgets_outcomes_but_not_the_newest_id},
                              {"a torn id is taken from the records", a_torn_id_is_taken_from_the_records},
                              {"an id without a record is not forgotten", an_id_without_a_record_is_not_forgotten},
                              {"the closing time begins as configured", the_closing_time_begins_as_configured},
                              {"only records are searched", only_records_are_searched}};
SUITE(history);
