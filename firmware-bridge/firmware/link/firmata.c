#include "firmata.h"
#include <string.h>
#include "codec.h"
#include "firmata_replies.h"
#include "port.h"

enum { DEFAULT_SAMPLING_MS = 19, SAMPLE_PATIENCE_MS = 5, MODE_UNSET = 0x7F };

void firmata_init(Firmata *firmata) {
  *firmata = (Firmata){.samplingMs = DEFAULT_SAMPLING_MS, .replies = REPLY_VERSION | REPLY_FIRMWARE};
  memset(firmata->mode, MODE_UNSET, sizeof firmata->mode);
}

/* Whether a client may write to the pin; counts a refusal. */
static bool may_write(Firmata *firmata, uint8_t pin) {
  if (pin < MEGA_PIN_COUNT && !pin_reserved(pin)) return true;
  if (firmata->refusedWrites < 0xFFFFu) firmata->refusedWrites++;
  return false;
}

static void set_mode(Firmata *firmata, uint8_t pin, uint8_t mode) {
  if (!may_write(firmata, pin) || !pin_supports(pin, mode)) return;
  if (firmata->mode[pin] == MODE_PWM) pin_pwm(pin, 0);
  firmata->mode[pin] = mode;
  firmata->value[pin] = mode == MODE_PULL_UP ? 1u : 0u;
  pin_direction(pin, mode == MODE_OUTPUT || mode == MODE_PWM, mode == MODE_PULL_UP);
}

static void write_digital(Firmata *firmata, uint8_t pin, bool high) {
  if (!may_write(firmata, pin) || firmata->mode[pin] != MODE_OUTPUT) return;
  firmata->value[pin] = high ? 1 : 0;
  pin_write(pin, high);
}

static void write_analog(Firmata *firmata, uint8_t pin, uint16_t value) {
  if (!may_write(firmata, pin) || firmata->mode[pin] != MODE_PWM) return;
  firmata->value[pin] = (uint8_t)(value > 255u ? 255u : value);
  pin_pwm(pin, firmata->value[pin]);
}

/* A client writes whole ports: a low bit of an owned pin is only its neighbour's company, a high one is an attempt. */
static void write_port(Firmata *firmata, uint8_t port, uint8_t levels) {
  for (uint8_t bit = 0; bit < 8; bit++) {
    const uint8_t pin = (uint8_t)(port * 8u + bit);
    const bool high = ((levels >> bit) & 1) != 0;
    if (pin >= MEGA_PIN_COUNT) return;
    if (pin_reserved(pin) ? high : firmata->mode[pin] == MODE_OUTPUT) write_digital(firmata, pin, high);
  }
}

static uint8_t read_port(const Firmata *firmata, uint8_t port) {
  unsigned levels = 0;
  for (uint8_t bit = 0; bit < 8; bit++) {
    const uint8_t pin = (uint8_t)(port * 8u + bit);
    if (pin >= MEGA_PIN_COUNT) break;
    const bool input = firmata->mode[pin] == MODE_INPUT || firmata->mode[pin] == MODE_PULL_UP;
    if (input && pin_read(pin)) levels |= 1u << bit;
  }
  return (uint8_t)levels;
}

static void report_port(Firmata *firmata, uint8_t port, uint8_t levels) {
  if (output_room() < 3) return;
  firmata->lastPort[port] = levels;
  output_put((uint8_t)(0x90u | port));
  output_put(levels & 0x7Fu);
  output_put((uint8_t)(levels >> 7));
}

static void enable_port_report(Firmata *firmata, uint8_t port, bool on) {
  if (port >= FIRMATA_PORTS) return;
  const uint16_t mask = (uint16_t)(1u << port);
  firmata->digitalReports = (uint16_t)(on ? firmata->digitalReports | mask : firmata->digitalReports & ~mask);
  if (on) report_port(firmata, port, read_port(firmata, port));
}

static void enable_analog_report(Firmata *firmata, uint8_t channel, bool on) {
  const uint8_t pin = (uint8_t)(MEGA_FIRST_ANALOG_PIN + channel);
  if (pin >= MEGA_PIN_COUNT || pin_reserved(pin)) return;
  const uint16_t mask = (uint16_t)(1u << channel);
  firmata->analogReports = (uint16_t)(on ? firmata->analogReports | mask : firmata->analogReports & ~mask);
  analog_select(firmata->analogReports);
}

static void reset(Firmata *firmata) {
  for (uint8_t pin = 0; pin < MEGA_PIN_COUNT; pin++) {
    if (firmata->mode[pin] != MODE_UNSET) set_mode(firmata, pin, MODE_INPUT);
  }
  const uint16_t refused = firmata->refusedWrites;
  firmata_init(firmata);
  firmata->replies = 0;
  firmata->refusedWrites = refused;
  analog_select(0);
}

void firmata_command(Firmata *firmata, uint8_t status, uint8_t first, uint8_t second) {
  const uint8_t channel = status & 0x0Fu;
  const uint16_t value = (uint16_t)(first | ((uint16_t)second << 7));
  switch (status < 0xF0u ? status & 0xF0u : status) {
    case 0x90:
      write_port(firmata, channel, (uint8_t)value);
      break;
    case 0xC0:
      enable_analog_report(firmata, channel, first != 0);
      break;
    case 0xD0:
      enable_port_report(firmata, channel, first != 0);
      break;
    case 0xE0:
      write_analog(firmata, channel, value);
      break;
    case 0xF4:
      set_mode(firmata, first, second);
      break;
    case 0xF5:
      write_digital(firmata, first, second != 0);
      break;
    case 0xF9:
      firmata->replies |= REPLY_VERSION;
      break;
    case 0xFF:
      reset(firmata);
      break;
    default:
      break;
  }
}

void firmata_sysex(Firmata *firmata, const uint8_t *bytes, uint8_t length) {
  switch (bytes[0]) {
    case 0x69:
      firmata->replies |= REPLY_ANALOG_MAPPING;
      break;
    case 0x6B:
      firmata->replies |= REPLY_CAPABILITIES;
      break;
    case 0x6D:
      if (length < 2 || bytes[1] >= MEGA_PIN_COUNT) break;
      firmata->statePin = bytes[1];
      firmata->replies |= REPLY_PIN_STATE;
      break;
    case 0x6F:
      if (length >= 4) write_analog(firmata, bytes[1], (uint16_t)(bytes[2] | ((uint16_t)bytes[3] << 7)));
      break;
    case 0x70: /* servo: no pin offers it, but an owned one is not even asked */
      if (length >= 2) (void)may_write(firmata, bytes[1]);
      break;
    case 0x79:
      firmata->replies |= REPLY_FIRMWARE;
      break;
    case 0x7A:
      if (length >= 3) firmata->samplingMs = (uint16_t)(bytes[1] | ((uint16_t)bytes[2] << 7));
      if (firmata->samplingMs == 0) firmata->samplingMs = 1;
      break;
    default:
      break;
  }
}

static void sample(const Firmata *firmata) {
  for (uint8_t channel = 0; channel < 16; channel++) {
    if (((firmata->analogReports >> channel) & 1) == 0 || output_room() < 3) continue;
    const uint16_t reading = analog_reading(channel);
    output_put((uint8_t)(0xE0u | channel));
    output_put(reading & 0x7Fu);
    output_put((uint8_t)((reading >> 7) & 0x7Fu));
  }
}

bool firmata_tick(Firmata *firmata, bool busy) {
  for (uint8_t port = 0; firmata->digitalReports >> port; port++) {
    if (((firmata->digitalReports >> port) & 1) == 0) continue;
    const uint8_t levels = read_port(firmata, port);
    if (levels != firmata->lastPort[port]) report_port(firmata, port, levels);
  }
  if (++firmata->sinceSampleMs < firmata->samplingMs) return false;
  if (busy && firmata->sinceSampleMs < firmata->samplingMs + SAMPLE_PATIENCE_MS) return false;
  firmata->sinceSampleMs = 0;
  if (firmata->analogReports == 0) return false;
  sample(firmata);
  return true;
}

bool firmata_flush(Firmata *firmata) {
  if (firmata->replies == 0) return false;
  return firmata_reply(firmata);
}
