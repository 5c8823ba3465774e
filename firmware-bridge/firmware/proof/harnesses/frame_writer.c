/* What is written is read again, whatever function the CRC is. */
#include "proof.h"
/* A frame's bytes are cut out of wider numbers on purpose. */
#pragma CPROVER check push
#pragma CPROVER check disable "conversion"
#define crc16_add crc16_add_of_codec
#include "link/codec.h"
#undef crc16_add
/* A function of which nothing else is known. */
uint16_t __CPROVER_uninterpreted_crc16_add(uint16_t crc, uint8_t byte);
#define crc16_add __CPROVER_uninterpreted_crc16_add
#include "link/codec.c"
#pragma CPROVER check pop

void prove_written(void) {
  uint8_t frame[32];
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
