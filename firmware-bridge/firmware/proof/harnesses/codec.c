/* Frames: what is taken, and that what is written is taken. */
#include "proof.h"
/* A frame's bytes are cut out of wider numbers on purpose: conversions are checked everywhere else. */
#pragma CPROVER check push
#pragma CPROVER check disable "conversion"
#include "link/codec.c"
#pragma CPROVER check pop
#include "link/generated/messages.h"
#include "link/parser.h"

#ifdef PROOF_OF_FAULT
/* A fault shows in short frames too, and is found sooner. */
#define LONGEST 20u
#define MOST_FIELD_BYTES 5u
#else
#define LONGEST SYSEX_CAPACITY
/* Fields of the longest frame that a host sends: F0, id, pairs of seq and CRC, F7 around them. */
#define MOST_FIELD_BYTES ((MAX_HOST_FRAME_BYTES - 9u) / 2u)
#endif

static uint8_t sysex[LONGEST];

/* CRC-16/CCITT-FALSE of one byte, from its definition: the remainder of the message by x^16 + x^12 + x^5 + 1. */
static uint16_t remainder_of(uint16_t crc, uint8_t byte) {
  uint32_t dividend = (uint32_t)crc << 8 ^ (uint32_t)byte << 16;
  for (uint8_t bit = 0; bit < 8; bit++) {
    if (dividend & 0x800000UL >> bit) dividend ^= 0x11021UL << 7 >> bit;
  }
  return (uint16_t)(dividend & 0xFFFFUL);
}

static uint8_t value_at(uint8_t pair) {
  return (uint8_t)(sysex[1 + 2 * pair] + 128u * sysex[2 + 2 * pair]);
}

void prove_crc(void) {
  const uint16_t crc = nondet_uint16();
  const uint8_t byte = nondet_uint8();
  PROVE(crc16_add(crc, byte) == remainder_of(crc, byte), "crc16_add is CRC-16/CCITT-FALSE");
}

/* What frame_open took: length, pairs and CRC are right. */
static void prove_taken(uint8_t length, uint8_t field_bytes) {
  PROVE(length == 1 + 2 * (1 + field_bytes + 2), "no frame of a wrong length is taken");
  for (uint8_t at = 1; at < LONGEST; at++) {
    const bool in_pair = at >= length || sysex[at] <= (at % 2u == 1 ? 127u : 1u);
    PROVE(in_pair, "no frame with a byte outside its seven-bit pair is taken");
    ASSUME(in_pair); /* just proved; without it a fault there would make the CRC below a riddle */
  }
  uint16_t crc = crc16_add(0xFFFFu, sysex[0]);
  for (uint8_t pair = 0; pair <= MOST_FIELD_BYTES; pair++) {
    if (pair <= field_bytes) crc = crc16_add(crc, value_at(pair));
  }
  PROVE(crc == value_at((uint8_t)(1 + field_bytes)) + 256u * value_at((uint8_t)(2 + field_bytes)), "no frame with a wrong CRC is taken");
}

void prove_open(void) {
  HAVOC(sysex);
  const uint8_t length = nondet_uint8();
  const uint8_t field_bytes = nondet_uint8();
  ASSUME(length >= 1 && length <= LONGEST && field_bytes <= MOST_FIELD_BYTES);
  FrameReader reader;
  if (frame_open(&reader, sysex, length, field_bytes) != FRAME_OK) return;
  prove_taken(length, field_bytes);
  PROVE(reader.next == &sysex[1], "an opened frame is read from its seq");
}

void prove_unknown(void) {
  HAVOC(sysex);
  const uint8_t length = nondet_uint8();
  ASSUME(length >= 1 && length <= LONGEST);
  FrameReader reader;
  PROVE(frame_open(&reader, sysex, length, FIELD_BYTES_UNKNOWN) != FRAME_OK, "no frame of an unknown id is taken");
}

void prove_written(void) {
  uint8_t frame[LONGEST + 2];
  const uint8_t id = nondet_uint8();
  const uint16_t first = nondet_uint16();
  const uint32_t second = nondet_uint32();
  FrameWriter writer;
  frame_begin(&writer, frame, id, nondet_uint8());
  frame_put_u16(&writer, first);
  frame_put_u32(&writer, second);
  const uint8_t length = frame_end(&writer);
  FrameReader reader;
  PROVE(frame[0] == SYSEX_START && frame[length - 1] == SYSEX_END && frame[1] == id, "a written frame stands between F0 and F7");
  PROVE(frame_open(&reader, &frame[1], (uint8_t)(length - 2), 6) == FRAME_OK, "a written frame is taken");
  (void)frame_get_u8(&reader);
  PROVE(frame_get_u16(&reader) == first && frame_get_u32(&reader) == second, "what was written is read");
}
