/* The dispense history in memory that no reset clears, from any content; whatever function its CRC is. */
#include "contracts.h"
#pragma CPROVER check push
#pragma CPROVER check disable "conversion"
uint16_t __CPROVER_uninterpreted_crc16_add(uint16_t crc, uint8_t byte);
#define crc16_add __CPROVER_uninterpreted_crc16_add
#include "safety/dispense_history.c"
#pragma CPROVER check pop

static DispenseHistory history;

static bool valid(void) {
  return history.newest < HISTORY_RECORDS && history.newestId == ~history.newestIdInverse;
}

void prove_recover(void) {
  HAVOC(history);
  dispense_history_recover(&history);
  PROVE(valid(), "any memory is made a valid history");
  for (uint8_t index = 0; index < HISTORY_RECORDS; index++) {
    PROVE(history.records[index].result != DISPENSE_RESULT_RUNNING, "nothing is running after a reset");
  }
}

void prove_put(void) {
  HAVOC(history);
  ASSUME(valid());
  DispenseReportMessage record;
  HAVOC(record);
  ASSUME(record.dispenseId != 0);
  dispense_history_put(&history, &record);
  PROVE(valid(), "writing keeps the history valid");
  const DispenseReportMessage *const found = dispense_history_find(&history, record.dispenseId);
  PROVE(found != 0 && found->dispenseId == record.dispenseId, "what was written is found");
  PROVE(history.newestId == record.dispenseId, "the newest id is remembered");
}
