/* Firmata 2.8 pin services for the pins no function of the firmware owns. Writes to owned pins are refused and counted. */
#ifndef LETAN_LINK_FIRMATA_H
#define LETAN_LINK_FIRMATA_H
#include <stdbool.h>
#include <stdint.h>
#include "../board/generated/pins.h"

#define FIRMATA_PORTS ((MEGA_PIN_COUNT + 7u) / 8u)

typedef struct {
  uint8_t mode[MEGA_PIN_COUNT];
  uint8_t value[MEGA_PIN_COUNT]; /* last value written */
  uint16_t analogReports;        /* one bit per channel */
  uint16_t digitalReports;       /* one bit per port */
  uint8_t lastPort[FIRMATA_PORTS];
  uint16_t samplingMs;
  uint16_t sinceSampleMs;
  uint16_t refusedWrites;
  uint8_t replies; /* answers waiting for room in the transmit buffer */
  uint8_t statePin;
} Firmata;

/* Queues the version and firmware reports a client expects after a reset. */
void firmata_init(Firmata *firmata);
void firmata_command(Firmata *firmata, uint8_t status, uint8_t first, uint8_t second);
void firmata_sysex(Firmata *firmata, const uint8_t *bytes, uint8_t length);
/* One millisecond: reports. A busy one puts samples off, for some milliseconds at most. Returns whether samples were sent. */
bool firmata_tick(Firmata *firmata, bool busy);
/* Sends the answers that have room; true while some are waiting. */
bool firmata_flush(Firmata *firmata);

#endif
