/*
 * Which frames are taken. crc16_add is replaced by a witness that answers anything and sees in which order it was asked, so all of this
 * holds whatever the CRC is; that it is the right one is proved in harnesses/crc.c.
 */
#include "proof.h"
/* A frame's bytes are cut out of wider numbers on purpose. */
#pragma CPROVER check push
#pragma CPROVER check disable "conversion"
#define crc16_add crc16_add_of_codec
#include "link/codec.h"
#undef crc16_add
static uint16_t crc16_add(uint16_t crc, uint8_t byte);
#include "link/codec.c"
#pragma CPROVER check pop
#include "link/parser.h"

static uint8_t sysex[SYSEX_CAPACITY];
static uint8_t asked;        /* how often the witness was */
static uint16_t answered;    /* its last answer */
static bool in_order = true; /* it was asked for id, seq and fields, one after the other */

static uint8_t value_at(uint8_t pair) {
  return (uint8_t)(sysex[1 + 2 * pair] + 128u * sysex[2 + 2 * pair]);
}

static uint16_t crc16_add(uint16_t crc, uint8_t byte) {
  const bool first = asked == 0;
  in_order = in_order && crc == (first ? 0xFFFFu : answered) && byte == (first ? sysex[0] : value_at((uint8_t)(asked - 1)));
  asked++;
  answered = nondet_uint16();
  return answered;
}

static bool in_pairs(uint8_t length) {
  for (uint8_t at = 1; at < SYSEX_CAPACITY; at++) {
    if (at < length && sysex[at] > (at % 2u == 1 ? 127u : 1u)) return false;
  }
  return true;
}

void prove_open(void) {
  HAVOC(sysex);
  const uint8_t length = nondet_uint8();
  const uint8_t field_bytes = nondet_uint8();
  ASSUME(length <= SYSEX_CAPACITY);
  FrameReader reader;
  const bool taken = frame_open(&reader, sysex, length, field_bytes) == FRAME_OK;
  PROVE(!taken || field_bytes != FIELD_BYTES_UNKNOWN, "no frame of an unknown id is taken");
  PROVE(!taken || length == 1 + 2 * (1 + field_bytes + 2), "no frame of a wrong length is taken");
  const bool well_formed = field_bytes != FIELD_BYTES_UNKNOWN && length == 1 + 2 * (1 + field_bytes + 2) && in_pairs(length);
  PROVE(!taken || well_formed, "no frame with a byte outside its seven-bit pair is taken");
  if (!well_formed) return;
  PROVE(in_order && asked == 2 + field_bytes, "the CRC is that of id, seq and every field");
  const bool agrees = value_at((uint8_t)(1 + field_bytes)) == (answered & 0xFFu) && value_at((uint8_t)(2 + field_bytes)) == answered >> 8;
  PROVE(!taken || agrees, "no frame with a wrong CRC is taken");
  PROVE(taken || !agrees, "a whole frame is taken");
  PROVE(!taken || reader.next == &sysex[1], "an opened frame is read from its seq");
}
