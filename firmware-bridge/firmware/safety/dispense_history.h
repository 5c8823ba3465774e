/*
 * The last dispenses and the learned closing time, kept in memory that a reset does not clear. Ids grow: one that is not newer than
 * the newest ever begun is never served, whether its outcome is still known or not.
 */
#ifndef LETAN_SAFETY_DISPENSE_HISTORY_H
#define LETAN_SAFETY_DISPENSE_HISTORY_H
#include "io.h"

#define HISTORY_RECORDS 4u

typedef struct {
  DispenseReportMessage records[HISTORY_RECORDS];
  uint8_t newest;
  uint16_t configuredClosing100us; /* where learning began */
  uint16_t closing100us;           /* 0..CLOSING_MAX_100US */
  uint16_t crc;                    /* of all above */
  /* Guarded by its own inverse and never written together with the rest: a reset in the middle of a write spoils one of them only. */
  uint32_t newestId;
  uint32_t newestIdInverse;
} DispenseHistory;

/* After a reset: forgets what is damaged; what was running then was interrupted. */
void dispense_history_recover(DispenseHistory *history);
/* Null when the id is not known. */
const DispenseReportMessage *dispense_history_find(const DispenseHistory *history, uint32_t dispense_id);
/* Adds the record of a new id, or replaces the newest if the id is the same. */
void dispense_history_put(DispenseHistory *history, const DispenseReportMessage *record);
/* The valve's closing time as configured; what was learned stands while this stays the same. */
void dispense_history_configure(DispenseHistory *history, uint16_t closing_100us);

#endif
