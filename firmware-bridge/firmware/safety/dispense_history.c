#include "dispense_history.h"

static uint16_t crc_u32(uint16_t crc, uint32_t value) {
  for (uint8_t shift = 0; shift < 32; shift = (uint8_t)(shift + 8)) crc = crc16_add(crc, (uint8_t)(value >> shift));
  return crc;
}

/* Field by field: padding bytes of the host build hold anything. */
static uint16_t checksum(const DispenseHistory *history) {
  uint16_t crc = crc16_add(CRC_START, history->newest);
  for (uint8_t index = 0; index < HISTORY_RECORDS; index++) {
    const DispenseReportMessage *const record = &history->records[index];
    crc = crc_u32(crc, record->dispenseId);
    crc = crc_u32(crc, ((uint32_t)record->kind << 8) | record->result);
    crc = crc_u32(crc, ((uint32_t)record->pulses << 16) | record->elapsedMs);
  }
  return crc;
}

void dispense_history_recover(DispenseHistory *history) {
  if (history->newest >= HISTORY_RECORDS || checksum(history) != history->crc) *history = (DispenseHistory){.newest = 0};
  for (uint8_t index = 0; index < HISTORY_RECORDS; index++) {
    DispenseReportMessage *const record = &history->records[index];
    if (record->result == DISPENSE_RESULT_RUNNING) record->result = DISPENSE_RESULT_INTERRUPTED;
  }
  history->crc = checksum(history);
}

const DispenseReportMessage *dispense_history_find(const DispenseHistory *history, uint32_t dispense_id) {
  for (uint8_t index = 0; index < HISTORY_RECORDS; index++) {
    if (history->records[index].dispenseId == dispense_id) return &history->records[index];
  }
  return 0;
}

void dispense_history_put(DispenseHistory *history, const DispenseReportMessage *record) {
  if (history->records[history->newest].dispenseId != record->dispenseId) {
    history->newest = (uint8_t)((history->newest + 1u) % HISTORY_RECORDS);
  }
  history->records[history->newest] = *record;
  history->crc = checksum(history);
}
