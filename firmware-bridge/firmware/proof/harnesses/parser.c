/* The host's byte stream: any bytes, for ever. */
#include "link/parser.h"
#include "link/codec.h"
#include "proof.h"

static Parser parser;
static unsigned sysexes;
static unsigned commands;

static bool seven_bit(uint8_t byte) {
  return byte < 0x80u;
}

static bool valid(void) {
  if (parser.length > SYSEX_CAPACITY || parser.needed > 2) return false;
  if (parser.inSysex && (parser.needed != 0 || parser.status != 0)) return false;
  if ((parser.needed == 0) != (parser.status == 0)) return false;
  if (parser.status != 0 && seven_bit(parser.status)) return false;
  if (!seven_bit(parser.first) || (parser.overlong && parser.length < SYSEX_CAPACITY)) return false;
  for (uint8_t at = 0; at < SYSEX_CAPACITY; at++) {
    if (at < parser.length && !seven_bit(parser.bytes[at])) return false;
  }
  return true;
}

static void on_command(void *context, uint8_t status, uint8_t first, uint8_t second) {
  PROVE(context == &parser, "the receiver gets its own context");
  PROVE(!seven_bit(status) && seven_bit(first) && seven_bit(second), "a command is a status byte and seven-bit data");
  commands++;
}

static void on_sysex(void *context, const uint8_t *bytes, uint8_t length) {
  PROVE(context == &parser, "the receiver gets its own context");
  PROVE(length >= 1 && length <= SYSEX_CAPACITY, "a sysex is neither empty nor longer than the buffer");
  for (uint8_t at = 0; at < SYSEX_CAPACITY; at++) {
    PROVE(at >= length || seven_bit(bytes[at]), "a sysex holds seven-bit bytes alone");
  }
  sysexes++;
}

static const ParserReceiver receiver = {.command = on_command, .sysex = on_sysex, .context = &parser};

void prove_start(void) {
  HAVOC(parser);
  parser_init(&parser);
  PROVE(valid(), "parser_init makes a valid state");
}

void prove_step(void) {
  HAVOC(parser);
  ASSUME(valid());
  const Parser before = parser;
  const uint8_t byte = nondet_uint8();
  parser_feed(&parser, &receiver, byte);
  PROVE(valid(), "a byte keeps the parser valid");
  PROVE(sysexes == 0 || (byte == SYSEX_END && before.inSysex && !before.overlong), "a sysex ends with F7 and has lost no byte");
  PROVE(sysexes + commands <= 1, "a byte ends one message at most");
  if (byte == SYSEX_START) PROVE(parser.inSysex && parser.length == 0 && !parser.overlong, "F0 begins anew, whatever came before");
  if (before.inSysex && seven_bit(byte) && before.length < SYSEX_CAPACITY) {
    PROVE(parser.length == before.length + 1 && parser.bytes[before.length] == byte, "a data byte is appended");
  }
}
