#include "firmata_replies.h"
#include "codec.h"
#include "port.h"
#include "version.h"

enum { FIRMATA_MAJOR = 2, FIRMATA_MINOR = 8, NOT_ANALOG = 0x7F, END_OF_PIN = 0x7F, MODE_BYTES = 11 };

bool pin_reserved(uint8_t pin) {
  static const uint8_t reserved[] = RESERVED_PIN_BYTES;
  return ((reserved[pin / 8u] >> (pin % 8u)) & 1) != 0;
}

bool pin_supports(uint8_t pin, uint8_t mode) {
  if (pin_reserved(pin)) return false;
  switch (mode) {
    case MODE_INPUT:
    case MODE_OUTPUT:
    case MODE_PULL_UP:
      return true;
    case MODE_ANALOG:
      return pin >= MEGA_FIRST_ANALOG_PIN;
    case MODE_PWM:
      return pin >= PIN_LIGHT_BLUE_NUMBER && pin <= PIN_LIGHT_RED_NUMBER;
    default:
      return false;
  }
}

static void version(const Firmata *firmata) {
  (void)firmata;
  output_put(0xF9u);
  output_put(FIRMATA_MAJOR);
  output_put(FIRMATA_MINOR);
}

static void firmware(const Firmata *firmata) {
  static const char name[] = "letan";
  (void)firmata;
  output_put(SYSEX_START);
  output_put(0x79u);
  output_put(FIRMWARE_MAJOR);
  output_put(FIRMWARE_MINOR);
  for (uint8_t at = 0; at < sizeof name - 1; at++) {
    output_put((uint8_t)name[at] & 0x7Fu);
    output_put(0);
  }
  output_put(SYSEX_END);
}

/* What one pin offers, resolution in bits behind each mode; returns the bytes. */
static uint8_t modes_of(uint8_t pin, uint8_t *modes) {
  static const uint8_t digital[] = {MODE_INPUT, 1, MODE_OUTPUT, 1, MODE_PULL_UP, 1};
  uint8_t count = 0;
  if (pin_supports(pin, MODE_INPUT)) {
    for (; count < sizeof digital; count++) modes[count] = digital[count];
  }
  if (pin_supports(pin, MODE_ANALOG)) {
    modes[count++] = MODE_ANALOG;
    modes[count++] = 10;
  }
  if (pin_supports(pin, MODE_PWM)) {
    modes[count++] = MODE_PWM;
    modes[count++] = 8;
  }
  modes[count++] = END_OF_PIN;
  return count;
}

/* By pins, not by bytes: 600 bytes one at a time took two milliseconds. */
static void capabilities(const Firmata *firmata) {
  (void)firmata;
  output_put(SYSEX_START);
  output_put(0x6Cu);
  for (uint8_t pin = 0; pin < MEGA_PIN_COUNT; pin++) {
    uint8_t modes[MODE_BYTES];
    output_write(modes, modes_of(pin, modes));
  }
  output_put(SYSEX_END);
}

/* Owned channels stay in the mapping: clients take a channel's place in the list for its number. */
static void analog_mapping(const Firmata *firmata) {
  (void)firmata;
  output_put(SYSEX_START);
  output_put(0x6Au);
  for (uint8_t pin = 0; pin < MEGA_PIN_COUNT; pin++) {
    output_put(pin < MEGA_FIRST_ANALOG_PIN ? NOT_ANALOG : (uint8_t)(pin - MEGA_FIRST_ANALOG_PIN));
  }
  output_put(SYSEX_END);
}

static void pin_state(const Firmata *firmata) {
  const uint8_t pin = firmata->statePin;
  output_put(SYSEX_START);
  output_put(0x6Eu);
  output_put(pin);
  output_put(firmata->mode[pin]);
  output_put(firmata->value[pin] & 0x7Fu);
  output_put((uint8_t)(firmata->value[pin] >> 7));
  output_put(SYSEX_END);
}

/* `bytes` is an upper bound: no pin offers more than four modes of two bytes, and an end each. */
typedef struct {
  uint8_t reply;
  uint16_t bytes;
  void (*send)(const Firmata *firmata);
} Reply;

bool firmata_reply(Firmata *firmata) {
  static const Reply replies[] = {{REPLY_VERSION, 3, version},
                                  {REPLY_FIRMWARE, 20, firmware},
                                  {REPLY_CAPABILITIES, 3u + 9u * MEGA_PIN_COUNT, capabilities},
                                  {REPLY_ANALOG_MAPPING, 3u + MEGA_PIN_COUNT, analog_mapping},
                                  {REPLY_PIN_STATE, 8, pin_state}};
  for (uint8_t index = 0; index < sizeof replies / sizeof replies[0]; index++) {
    if (!(firmata->replies & replies[index].reply)) continue;
    if (output_room() < replies[index].bytes) return true;
    replies[index].send(firmata);
    firmata->replies = (uint8_t)(firmata->replies & ~replies[index].reply);
  }
  return false;
}
