/* The generated decoder of the host's messages, with frame_open replaced by what harnesses/codec.c proves of it. */
#include "proof.h"
#pragma CPROVER check push
#pragma CPROVER check disable "conversion"
#define frame_open frame_open_of_codec
#include "link/codec.c"
#undef frame_open
#include "link/generated/messages.c"
#pragma CPROVER check pop
#include "link/parser.h"

static uint8_t sysex[SYSEX_CAPACITY];
static uint8_t sysex_length;

FrameFault frame_open(FrameReader *reader, const uint8_t *bytes, uint8_t length, uint8_t field_bytes) {
  PROVE(bytes == sysex && length == sysex_length, "the whole frame is checked");
  const uint8_t fault = nondet_uint8();
  ASSUME(fault <= FRAME_UNKNOWN_ID);
  ASSUME(fault != FRAME_OK || (field_bytes != FIELD_BYTES_UNKNOWN && length == 7 + 2 * field_bytes));
  reader->next = &bytes[1];
  return (FrameFault)fault;
}

static bool within(int32_t value, int32_t least, int32_t most) {
  return value >= least && value <= most;
}

/* Restated from the protocol: what keeps a motion or a portion bounded, or a division defined. */
static void prove_ranges(const HostMessage *message) {
  if (message->id == ID_DRIVE) {
    const DriveMessage *const drive = &message->drive;
    PROVE(within(drive->leftMmS, -600, 600) && within(drive->rightMmS, -600, 600), "a taken drive is at most 600 mm/s");
    PROVE(within(drive->validMs, 20, 250), "a taken drive lapses within 250 ms");
  }
  if (message->id == ID_DISPENSE_WATER) {
    const DispenseWaterMessage *const water = &message->dispenseWater;
    PROVE(water->dispenseId != 0 && within(water->pulses, 1, 6000), "a taken portion has an id and at most 6000 pulses");
    PROVE(within(water->capPulses, 1, 6000) && within(water->capMs, 100, 30000), "a taken portion's caps are at most 6000 pulses and 30 s");
  }
  if (message->id == ID_CONFIGURE) {
    const ConfigureMessage *const limits = &message->configure;
    PROVE(within(limits->pulsesPerMetreLeft, 100, 20000) && within(limits->pulsesPerMetreRight, 100, 20000),
          "a taken configuration has no divisor near 0");
    PROVE(within(limits->speedCapMmS, 50, 600), "a taken configuration caps the speed at 600 mm/s");
    PROVE(limits->decelerationMmS2 >= 100 && limits->brakingMmS2 >= 100, "a taken configuration brakes");
  }
}

void prove_decode(void) {
  HAVOC(sysex);
  sysex_length = nondet_uint8();
  ASSUME(sysex_length <= SYSEX_CAPACITY);
  HostMessage message;
  if (decode_host_frame(sysex, sysex_length, &message) != FRAME_OK) return;
  PROVE(sysex_length >= 7 && message.id == sysex[0], "a taken message is the one of its id");
  prove_ranges(&message);
}
