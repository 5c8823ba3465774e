/* The CRC of frames, of the dispense history and of the flash. */
#include "proof.h"
/* Bytes are cut out of wider numbers on purpose. */
#pragma CPROVER check push
#pragma CPROVER check disable "conversion"
#include "link/codec.h"
#pragma CPROVER check pop

/* CRC-16/CCITT-FALSE of one byte, from its definition: the remainder of the message by x^16 + x^12 + x^5 + 1. */
static uint16_t remainder_of(uint16_t crc, uint8_t byte) {
  uint32_t dividend = (uint32_t)crc << 8 ^ (uint32_t)byte << 16;
  for (uint8_t bit = 0; bit < 8; bit++) {
    if (dividend & 0x800000UL >> bit) dividend ^= 0x11021UL << 7 >> bit;
  }
  return (uint16_t)(dividend & 0xFFFFUL);
}

void prove_crc(void) {
  const uint16_t crc = nondet_uint16();
  const uint8_t byte = nondet_uint8();
  PROVE(crc16_add(crc, byte) == remainder_of(crc, byte), "crc16_add is CRC-16/CCITT-FALSE");
}
