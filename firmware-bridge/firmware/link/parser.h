/*
 * Splits the host's byte stream into Firmata messages. Any status byte begins anew, so the parser is in step again after at most one
 * damaged message. Pure: the caller gives the receivers.
 */
#ifndef LETAN_LINK_PARSER_H
#define LETAN_LINK_PARSER_H
#include <stdbool.h>
#include <stdint.h>

/* Longest sysex taken, id included; Firmata queries and our frames are shorter. */
#define SYSEX_CAPACITY 64u

typedef struct {
  /* A message of a command byte (channel in the low half of commands below F0) and up to two seven-bit bytes. */
  void (*command)(void *context, uint8_t status, uint8_t first, uint8_t second);
  /* The bytes between F0 and F7; length at least 1. */
  void (*sysex)(void *context, const uint8_t *bytes, uint8_t length);
  void *context;
} ParserReceiver;

typedef struct {
  uint8_t status; /* command under way, 0 when none */
  uint8_t needed; /* data bytes still to come */
  uint8_t first;
  bool inSysex;
  bool overlong;
  uint8_t length;
  uint16_t rejected; /* sysex broken off or overlong */
  uint8_t bytes[SYSEX_CAPACITY];
} Parser;

void parser_init(Parser *parser);
void parser_feed(Parser *parser, const ParserReceiver *receiver, uint8_t byte);

#endif
