/* Checked frames: seven-bit pairs, little-endian numbers, CRC-16/CCITT-FALSE. The message-independent half of the codec. */
#ifndef LETAN_LINK_CODEC_H
#define LETAN_LINK_CODEC_H
#include <stdint.h>

#define SYSEX_START 0xF0u
#define SYSEX_END 0xF7u
#define FIELD_BYTES_UNKNOWN 0xFFu
#define CRC_START 0xFFFFu

typedef enum { FRAME_OK, FRAME_LENGTH, FRAME_SEVEN_BIT, FRAME_CRC, FRAME_UNKNOWN_ID, FRAME_RANGE } FrameFault;

typedef struct {
  uint8_t *out;
  uint8_t at;
  uint16_t crc;
} FrameWriter;

typedef struct {
  const uint8_t *next;
} FrameReader;

/* CRC-16/CCITT-FALSE, a byte at a time and without a call: the program checks itself with it at boot. */
static inline __attribute__((always_inline)) uint16_t crc16_add(uint16_t crc, uint8_t byte) {
  /* In bytes: the part shifts one bit of one byte at a time. */
  uint8_t top = (uint8_t)((uint8_t)(crc >> 8) ^ byte);
  top ^= (uint8_t)(top >> 4);
  const uint8_t high = (uint8_t)((uint8_t)crc ^ (uint8_t)(top << 4) ^ (uint8_t)(top >> 3));
  const uint8_t low = (uint8_t)(top ^ (uint8_t)(top << 5));
  return (uint16_t)((uint16_t)((uint16_t)high << 8) | low);
}

void frame_begin(FrameWriter *writer, uint8_t *out, uint8_t id, uint8_t seq);
void frame_put_u8(FrameWriter *writer, uint8_t value);
void frame_put_u16(FrameWriter *writer, uint16_t value);
void frame_put_u32(FrameWriter *writer, uint32_t value);
/* Appends CRC and F7; returns the length of the whole frame. */
uint8_t frame_end(FrameWriter *writer);

/*
 * Checks the bytes between F0 and F7 against the size of the id's fields, FIELD_BYTES_UNKNOWN for an id not known. On FRAME_OK
 * the reader stands at seq.
 */
FrameFault frame_open(FrameReader *reader, const uint8_t *sysex, uint8_t length, uint8_t field_bytes);
uint8_t frame_get_u8(FrameReader *reader);
uint16_t frame_get_u16(FrameReader *reader);
uint32_t frame_get_u32(FrameReader *reader);

#endif
