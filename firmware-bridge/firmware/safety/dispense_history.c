#include "dispense_history.h"
#include <stdatomic.h>

/* Keeps the compiler from moving a write to the other side; a reset may come between the two. */
static void write_before_going_on(void) {
  atomic_signal_fence(memory_order_seq_cst);
}

static uint16_t crc_u16(uint16_t crc, uint16_t value) {
  return crc16_add(crc16_add(crc, (uint8_t)value), (uint8_t)(value >> 8));
}

/* Field by field: padding bytes of the host build hold anything. */
static uint16_t checksum(const DispenseHistory *history) {
  uint16_t crc = crc16_add(CRC_START, history->newest);
  crc = crc_u16(crc, history->configuredClosing100us);
  crc = crc_u16(crc, history->closing100us);
  for (uint8_t index = 0; index < HISTORY_RECORDS; index++) {
    const DispenseReportMessage *const record = &history->records[index];
    crc = crc_u16(crc, (uint16_t)record->dispenseId);
    crc = crc_u16(crc, (uint16_t)(record->dispenseId >> 16));
    crc = crc16_add(crc16_add(crc, record->kind), record->result);
    crc = crc_u16(crc, record->pulses);
    crc = crc_u16(crc, record->elapsedMs);
    crc = crc_u16(crc, record->targetPulses);
    crc = crc_u16(crc, record->closing100us);
  }
  return crc;
}

static void remember_id(DispenseHistory *history, uint32_t dispense_id) {
  history->newestId = dispense_id;
  history->newestIdInverse = ~dispense_id;
  write_before_going_on();
}

static void seal(DispenseHistory *history) {
  history->crc = checksum(history);
  write_before_going_on();
}

void dispense_history_recover(DispenseHistory *history) {
  const uint32_t kept_id = history->newestId == ~history->newestIdInverse ? history->newestId : 0;
  if (history->newest >= HISTORY_RECORDS || checksum(history) != history->crc) *history = (DispenseHistory){.newest = 0};
  for (uint8_t index = 0; index < HISTORY_RECORDS; index++) {
    DispenseReportMessage *const record = &history->records[index];
    if (record->result == DISPENSE_RESULT_RUNNING) record->result = DISPENSE_RESULT_INTERRUPTED;
  }
  seal(history);
  const uint32_t recorded_id = history->records[history->newest].dispenseId;
  remember_id(history, kept_id > recorded_id ? kept_id : recorded_id);
}

const DispenseReportMessage *dispense_history_find(const DispenseHistory *history, uint32_t dispense_id) {
  for (uint8_t index = 0; index < HISTORY_RECORDS; index++) {
    if (history->records[index].dispenseId == dispense_id) return &history->records[index];
  }
  return 0;
}

void dispense_history_put(DispenseHistory *history, const DispenseReportMessage *record) {
  if (history->newestId != record->dispenseId) {
    remember_id(history, record->dispenseId);
    history->newest = (uint8_t)((history->newest + 1u) % HISTORY_RECORDS);
  }
  history->records[history->newest] = *record;
  seal(history);
}

void dispense_history_configure(DispenseHistory *history, uint16_t closing_100us) {
  if (history->configuredClosing100us == closing_100us) return;
  history->configuredClosing100us = closing_100us;
  history->closing100us = closing_100us;
  seal(history);
}
