/* The last dispenses, kept in memory that a reset does not clear, so that a repeated id never dispenses twice. */
#ifndef LETAN_SAFETY_DISPENSE_HISTORY_H
#define LETAN_SAFETY_DISPENSE_HISTORY_H
#include "io.h"

#define HISTORY_RECORDS 4u

typedef struct {
  DispenseReportMessage records[HISTORY_RECORDS];
  uint8_t newest;
  uint16_t crc;
} DispenseHistory;

/* After a reset: forgets everything unless the CRC is right; what was running then was interrupted. */
void dispense_history_recover(DispenseHistory *history);
/* Null when the id is not known. */
const DispenseReportMessage *dispense_history_find(const DispenseHistory *history, uint32_t dispense_id);
/* Adds the record of a new id, or replaces the newest if the id is the same. */
void dispense_history_put(DispenseHistory *history, const DispenseReportMessage *record);

#endif
