/*
 * Fuzz target: any bytes from the host, any millisecond in between, into the whole link and the safety functions behind it. It fails on
 * memory errors and undefined behaviour (the sanitizers see those), when a client reaches a pin that the firmware owns, when a frame is
 * obeyed whose CRC is wrong, and when outputs are on during a latched stop. `-DBROKEN` takes a check away: that target must fail.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "board/generated/pins.h"
#include "link/port.h"
#include "link/session.h"

static const uint8_t reserved[] = RESERVED_PIN_BYTES;

static void must(bool good, const char *what) {
  if (good) return;
  fprintf(stderr, "%s\n", what);
  abort();
}

static void must_be_free(uint8_t pin) {
  must(pin < MEGA_PIN_COUNT, "a pin that does not exist was touched");
  must(((reserved[pin / 8u] >> (pin % 8u)) & 1) == 0, "a client touched a pin that the firmware owns");
}

uint16_t output_room(void) {
  return 1023;
}
void output_put(uint8_t byte) {
  (void)byte;
}
void output_write(const uint8_t *bytes, uint8_t count) {
  (void)bytes;
  (void)count;
}
void pin_direction(uint8_t pin, bool output, bool pull_up) {
  (void)output;
  (void)pull_up;
  must_be_free(pin);
}
void pin_write(uint8_t pin, bool high) {
  (void)high;
  must_be_free(pin);
}
bool pin_read(uint8_t pin) {
  must_be_free(pin);
  return false;
}
void pin_pwm(uint8_t pin, uint8_t duty) {
  (void)duty;
  must_be_free(pin);
}
uint16_t analog_reading(uint8_t channel) {
  must(channel < 16, "an analog channel that does not exist was read");
  return channel;
}
void analog_select(uint16_t channels) {
  (void)channels;
}

/* An independent check of one frame, from the protocol's document: pairs, length, CRC-16/CCITT-FALSE bit by bit. */
static bool frame_is_sound(const uint8_t *sysex, size_t length) {
  if (length < 7 || length % 2 == 0) return false;
  uint8_t plain[64];
  size_t count = 0;
  plain[count++] = sysex[0];
  for (size_t at = 1; at + 1 < length; at += 2) {
    if (sysex[at + 1] > 1) return false;
    plain[count++] = (uint8_t)(sysex[at] | (sysex[at + 1] << 7));
  }
  unsigned crc = 0xFFFF;
  for (size_t bit = 0; bit < (count - 2) * 8; bit++) {
    const unsigned in = (plain[bit / 8] >> (7 - bit % 8)) & 1u;
    const unsigned top = (crc >> 15) & 1u;
    crc = (crc << 1) & 0xFFFFu;
    if (in != top) crc ^= 0x1021;
  }
  return crc == (plain[count - 2] | ((unsigned)plain[count - 1] << 8));
}

static Supervisor supervisor;
static Session session;
static DispenseHistory history;
static uint8_t last_sysex[256];
static size_t last_length;
static bool in_sysex;

/* What the host has sent since F0, noted beside the parser. */
static void note(uint8_t byte) {
  if (byte == 0xF0) {
    in_sysex = true;
    last_length = 0;
  } else if (byte >= 0x80 && byte != 0xF7) {
    in_sysex = false;
  } else if (in_sysex && byte < 0x80 && last_length < sizeof last_sysex) {
    last_sysex[last_length++] = byte;
  }
}

static void feed(uint8_t byte) {
  const uint32_t host_time_before = supervisor.hostTimeMs;
  const bool running_before = supervisor.dispenser.running;
  note(byte);
#ifdef BROKEN
  /* As if the decoder did not look at the CRC: whatever looks like a heartbeat is believed. */
  if (byte == 0xF7 && in_sysex && last_length == 15 && last_sysex[0] == ID_HEARTBEAT) supervisor.hostTimeMs++;
#endif
  session_feed(&session, byte);
  if (supervisor.hostTimeMs != host_time_before || supervisor.dispenser.running != running_before) {
    must(byte == 0xF7 && in_sysex && frame_is_sound(last_sysex, last_length), "a damaged frame was obeyed");
  }
  if (byte == 0xF7) in_sysex = false;
}

static void tick(uint8_t contacts) {
  Inputs in = {.eStopOpen = (contacts & 1) != 0,
               .bumperLeft = (contacts & 2) != 0,
               .hatchOpen = (contacts & 4) != 0,
               .releasePressed = (contacts & 8) != 0,
               .frontLeftMm = 3000,
               .frontRightMm = 3000,
               .leftMm = 65535,
               .rightMm = 65535,
               .rearMm = 65535,
               .batteryMv = 25000,
               .cupPresent = true,
               .snackHome = true};
  Outputs out;
  /* A byte stands for many milliseconds, so that buttons and time-outs come within reach. */
  for (unsigned ms = 0; ms <= (unsigned)(contacts >> 4) * 8u; ms++) {
    supervisor_step(&supervisor, &in, &out);
    session_tick(&session, &(Load){.worstTickUs = 1});
    session_flush(&session);
    if (supervisor.latch.cause != STOP_CAUSE_NONE && supervisor.latch.powerOff) {
      must(!out.motorEnable && !out.valveOpen && !out.snackMotor, "something is on during a latched stop");
    }
    must(!(out.valveOpen && out.motorEnable), "the valve is open while the motors have power");
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  memset(&history, 0, sizeof history);
  supervisor_init(&supervisor, STOP_CAUSE_POWER_UP, &history);
  session_init(&session, &supervisor, &(BootReport){.resetCause = RESET_CAUSE_POWER_ON});
  in_sysex = false;
  last_length = 0;
  for (size_t at = 0; at < size; at++) {
    /* FE never belongs to the protocol: the byte after it lets time pass. */
    if (data[at] == 0xFE && at + 1 < size) tick(data[++at]);
    else feed(data[at]);
  }
  return 0;
}
