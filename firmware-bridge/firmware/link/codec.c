#include "codec.h"

static void put_pair(FrameWriter *writer, uint8_t byte) {
  writer->out[writer->at++] = byte & 0x7Fu;
  writer->out[writer->at++] = (uint8_t)(byte >> 7);
}

void frame_begin(FrameWriter *writer, uint8_t *out, uint8_t id, uint8_t seq) {
  writer->out = out;
  writer->out[0] = SYSEX_START;
  writer->out[1] = id;
  writer->at = 2;
  writer->crc = crc16_add(CRC_START, id);
  frame_put_u8(writer, seq);
}

void frame_put_u8(FrameWriter *writer, uint8_t value) {
  writer->crc = crc16_add(writer->crc, value);
  put_pair(writer, value);
}

void frame_put_u16(FrameWriter *writer, uint16_t value) {
  frame_put_u8(writer, (uint8_t)value);
  frame_put_u8(writer, (uint8_t)(value >> 8));
}

void frame_put_u32(FrameWriter *writer, uint32_t value) {
  frame_put_u16(writer, (uint16_t)value);
  frame_put_u16(writer, (uint16_t)(value >> 16));
}

uint8_t frame_end(FrameWriter *writer) {
  const uint16_t crc = writer->crc;
  put_pair(writer, (uint8_t)crc);
  put_pair(writer, (uint8_t)(crc >> 8));
  writer->out[writer->at++] = SYSEX_END;
  return writer->at;
}

FrameFault frame_open(FrameReader *reader, const uint8_t *sysex, uint8_t length, uint8_t field_bytes) {
  /* Shortest frame: id and the pairs of seq and CRC. */
  if (length < 7 || (length & 1u) == 0) return FRAME_LENGTH;
  if (field_bytes != FIELD_BYTES_UNKNOWN && length != 7u + 2u * field_bytes) return FRAME_LENGTH;
  for (uint8_t at = 1; at < length; at = (uint8_t)(at + 2)) {
    if (sysex[at] > 0x7Fu || sysex[at + 1] > 1u) return FRAME_SEVEN_BIT;
  }
  reader->next = &sysex[1];
  uint16_t crc = crc16_add(CRC_START, sysex[0]);
  const uint8_t *const stated_at = &sysex[length - 4];
  while (reader->next < stated_at) crc = crc16_add(crc, frame_get_u8(reader));
  if (frame_get_u16(reader) != crc) return FRAME_CRC;
  reader->next = &sysex[1];
  return field_bytes == FIELD_BYTES_UNKNOWN ? FRAME_UNKNOWN_ID : FRAME_OK;
}

uint8_t frame_get_u8(FrameReader *reader) {
  const uint8_t value = (uint8_t)(reader->next[0] | (uint8_t)(reader->next[1] << 7));
  reader->next += 2;
  return value;
}

uint16_t frame_get_u16(FrameReader *reader) {
  const uint8_t low = frame_get_u8(reader);
  return (uint16_t)(low | ((uint16_t)frame_get_u8(reader) << 8));
}

uint32_t frame_get_u32(FrameReader *reader) {
  const uint16_t low = frame_get_u16(reader);
  return low | ((uint32_t)frame_get_u16(reader) << 16);
}
