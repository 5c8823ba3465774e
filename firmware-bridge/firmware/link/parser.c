#include "parser.h"
#include "codec.h"

void parser_init(Parser *parser) {
  *parser = (Parser){.status = 0};
}

static uint8_t data_bytes(uint8_t status) {
  switch (status < 0xF0u ? status & 0xF0u : status) {
    case 0x90: /* digital port */
    case 0xE0: /* analog */
    case 0xF4: /* pin mode */
    case 0xF5: /* digital pin */
      return 2;
    case 0xC0: /* report analog */
    case 0xD0: /* report digital port */
      return 1;
    default:
      return 0;
  }
}

static void begin(Parser *parser, const ParserReceiver *receiver, uint8_t status) {
  parser->inSysex = status == SYSEX_START;
  parser->overlong = false;
  parser->length = 0;
  parser->first = 0;
  parser->needed = data_bytes(status);
  parser->status = parser->needed > 0 ? status : 0;
  if (status == 0xF9u || status == 0xFFu) receiver->command(receiver->context, status, 0, 0);
}

static void end_sysex(Parser *parser, const ParserReceiver *receiver) {
  parser->inSysex = false;
  if (parser->overlong || parser->length == 0) parser->rejected++;
  else receiver->sysex(receiver->context, parser->bytes, parser->length);
}

static void take_data(Parser *parser, const ParserReceiver *receiver, uint8_t byte) {
  if (parser->inSysex) {
    if (parser->length < SYSEX_CAPACITY) parser->bytes[parser->length++] = byte;
    else parser->overlong = true;
    return;
  }
  if (parser->needed == 0) return;
  parser->needed--;
  if (parser->needed == 1) {
    parser->first = byte;
    return;
  }
  const bool single = data_bytes(parser->status) == 1;
  receiver->command(receiver->context, parser->status, single ? byte : parser->first, single ? 0 : byte);
  parser->status = 0;
}

void parser_feed(Parser *parser, const ParserReceiver *receiver, uint8_t byte) {
  if (byte < 0x80u) {
    take_data(parser, receiver, byte);
    return;
  }
  if (parser->inSysex && byte == SYSEX_END) {
    end_sysex(parser, receiver);
    return;
  }
  if (parser->inSysex) parser->rejected++;
  begin(parser, receiver, byte);
}
