#include <stdio.h>
#include <string.h>
#include "../../../../firmware-bridge/firmware/link/port.h"
#include "../../../../firmware-bridge/firmware/link/session.h"
#include "check.h"

/* A board of memory. */
static uint8_t sent[8192];
static unsigned sent_count;
static uint16_t room = 1023;
static bool level[MEGA_PIN_COUNT], is_output[MEGA_PIN_COUNT];
static uint8_t duty[MEGA_PIN_COUNT];
static bool touched[MEGA_PIN_COUNT]; /* direction, level or PWM was set */

uint16_t output_room(void) {
  return room;
}
void output_put(uint8_t byte) {
  if (sent_count < sizeof sent) sent[sent_count++] = byte;
}
void output_write(const uint8_t *bytes, uint8_t count) {
  while (count-- > 0) output_put(*bytes++);
}
void pin_direction(uint8_t pin, bool output, bool pull_up) {
  touched[pin] = true;
  is_output[pin] = output;
  level[pin] = pull_up;
}
void pin_write(uint8_t pin, bool high) {
  touched[pin] = true;
  level[pin] = high;
}
bool pin_read(uint8_t pin) {
  return level[pin];
}
void pin_pwm(uint8_t pin, uint8_t value) {
  touched[pin] = true;
  duty[pin] = value;
}
uint16_t analog_reading(uint8_t channel) {
  return (uint16_t)(1000u + channel);
}
void analog_select(uint16_t channels) {
  (void)channels;
}

static Supervisor robot;
static Session session;
static const Load load = {.worstTickUs = 311, .missedTicks = 2, .stackFreeBytes = 1501};
static Inputs in;
static Outputs out;

static void feed(const uint8_t *bytes, unsigned count) {
  for (unsigned at = 0; at < count; at++) session_feed(&session, bytes[at]);
  session_flush(&session);
}
#define FEED(...) feed((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void start(void) {
  start_robot(&robot, &in);
  session_init(&session, &robot, &(BootReport){.resetCause = RESET_CAUSE_POWER_ON});
  room = 1023;
  session_flush(&session);
  sent_count = 0;
}

static bool got(const uint8_t *wanted, unsigned count) {
  return sent_count >= count && memcmp(sent, wanted, count) == 0;
}
#define GOT(...) got((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* Decodes the newest frame sent. */
static FrameFault newest(FirmwareMessage *message) {
  unsigned at = sent_count;
  while (at > 0 && sent[at - 1] != 0xF0) at--;
  return decode_firmware_frame(&sent[at], (uint8_t)(sent_count - at - 1), message);
}

static void greets_after_boot(void) {
  FirmwareMessage message;
  start_robot(&robot, &in);
  sent_count = 0;
  const RunRecord previous = {.uptimeMs = 123456, .lastStopCause = STOP_CAUSE_CLIFF, .lastStopAtMs = 120000};
  session_init(&session, &robot, &(BootReport){.resetCause = RESET_CAUSE_WATCHDOG, .previous = previous, .ramDamaged = true});
  session_flush(&session);
  CHECK(GOT(0xF9, 2, 8, 0xF0, 0x79));
  CHECK(newest(&message) == FRAME_OK && message.id == 0x0A && message.identity.resetCause == 3);
  CHECK(message.identity.previousUptimeMs == 123456 && message.identity.previousStopCause == 6);
  CHECK(message.identity.previousStopAtMs == 120000 && message.identity.selfTest == 2);
}

static void tells_the_self_test(void) {
  FirmwareMessage message;
  start_robot(&robot, &in);
  session_init(&session, &robot, &(BootReport){.resetCause = RESET_CAUSE_BROWN_OUT, .flashDamaged = true});
  room = 112; /* identity is owed until there is room for any frame */
  session_flush(&session);
  CHECK(newest(&message) != FRAME_OK || message.id != 0x0A);
  room = 1023;
  session_flush(&session);
  CHECK(newest(&message) == FRAME_OK && message.id == 0x0A);
  CHECK(message.identity.resetCause == 2 && message.identity.selfTest == 1 && message.identity.previousUptimeMs == 0);
}

static void answers_queries(void) {
  start();
  FEED(0xF9);
  CHECK(GOT(0xF9, 2, 8));
  sent_count = 0;
  FEED(0xF0, 0x69, 0xF7);
  CHECK(sent_count == 73 && sent[1] == 0x6A && sent[2] == 0x7F && sent[2 + 54] == 0 && sent[2 + 69] == 15 && sent[72] == 0xF7);
  sent_count = 0;
  FEED(0xF0, 0x6B, 0xF7);
  unsigned pins = 0;
  for (unsigned at = 2; at < sent_count; at++) pins += sent[at] == 0x7F;
  CHECK(pins == 70 && sent[sent_count - 1] == 0xF7);
  CHECK(sent[2] == 0x7F && sent[3] == 0x7F); /* pins 0 and 1: no modes */
}

static void waits_for_room(void) {
  start();
  room = 100;
  FEED(0xF0, 0x6B, 0xF7);
  CHECK(sent_count == 0);
  room = 1023;
  session_flush(&session);
  CHECK(sent_count > 100);
}

static void refuses_owned_pins(void) {
  start();
  FEED(0xF4, 24, 1);      /* mode of the motor enable pin */
  FEED(0xF5, 24, 1);      /* its level */
  FEED(0xE6, 100, 1);     /* PWM of the left motor */
  FEED(0x92, 0x01, 0x01); /* port 2: pins 16 (free, no output yet) and 23 (motor direction) */
  FEED(0xF0, 0x6F, 37, 1, 0, 0xF7); /* valve */
  FEED(0xF4, 200, 1);     /* no such pin: data bytes end at 127, so this is noise */
  CHECK(session.firmata.refusedWrites == 5);
  FEED(0xF0, 0x70, 24, 0, 4, 0, 8, 0xF7); /* servo on the motor enable pin */
  CHECK(session.firmata.refusedWrites == 6);
  FEED(0xF0, 0x70, 30, 0, 4, 0, 8, 0xF7); /* on a free pin: not offered, no offence */
  FEED(0xF0, 0x70, 0xF7);
  FEED(0xF0, 0x6D, 24, 0xF7); /* its state may be asked */
  FEED(0xFF);
  CHECK(session.firmata.refusedWrites == 6);
  for (unsigned pin = 0; pin < MEGA_PIN_COUNT; pin++) CHECK(!is_output[pin] && !level[pin] && duty[pin] == 0);
}

/* The pins of the board's wiring list, by hand: no way of Firmata reaches them. */
static const uint8_t owned[] = {0,  1,  2,  3,  4,  5,  6,  7,  10, 11, 12, 13, 14, 15, 17, 18, 19,
                                20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 36, 37, 54, 55, 56, 57};

static bool is_owned(unsigned pin) {
  for (unsigned at = 0; at < COUNT(owned); at++) {
    if (owned[at] == pin) return true;
  }
  return false;
}

static void every_command_at_every_pin(void) {
  start();
  memset(touched, 0, sizeof touched);
  for (unsigned pin = 0; pin < 128; pin++) {
    const uint8_t at = (uint8_t)pin;
    for (unsigned mode = 0; mode < 128; mode++) FEED(0xF4, at, (uint8_t)mode);
    for (unsigned mode = 0; mode < 4; mode++) {
      FEED(0xF4, at, (uint8_t)mode);
      FEED(0xF5, at, 1);
      FEED(0xF0, 0x6F, at, 0x7F, 0x01, 0xF7);
      for (unsigned id = 0x10; id < 0x80; id++) FEED(0xF0, (uint8_t)id, at, 1, 1, 1, 1, 0xF7);
      for (unsigned channel = 0; channel < 16; channel++) {
        FEED((uint8_t)(0x90 | channel), 0x7F, 0x01);
        FEED((uint8_t)(0xE0 | channel), 0x7F, 0x01);
        FEED((uint8_t)(0xC0 | channel), 1);
        FEED((uint8_t)(0xD0 | channel), 1);
      }
    }
    FEED(0xFF);
    sent_count = 0;
  }
  for (unsigned pin = 0; pin < MEGA_PIN_COUNT; pin++) {
    if (is_owned(pin) && touched[pin]) printf("  pin %u was touched\n", pin);
    CHECK(touched[pin] == !is_owned(pin));
  }
  CHECK(session.firmata.refusedWrites > 1000);
}

static void serves_free_pins(void) {
  start();
  FEED(0xF4, 30, 1);
  FEED(0xF5, 30, 1);
  CHECK(is_output[30] && level[30]);
  FEED(0x93, 0x00, 0x00); /* port 3: pins 24-31 */
  CHECK(!level[30]);
  CHECK(session.firmata.refusedWrites == 0);
  FEED(0xF4, 46, 3);
  FEED(0xF0, 0x6F, 46, 0x48, 0x01, 0xF7);
  CHECK(duty[46] == 200);
  FEED(0xF4, 30, 3); /* no PWM there: ignored */
  CHECK(session.firmata.mode[30] == 1);
  FEED(0xF4, 31, 11);
  sent_count = 0;
  FEED(0xD3, 1);
  CHECK(GOT(0x93, 0x00, 0x01)); /* pull-up reads high */
  sent_count = 0;
  FEED(0xC4, 1);
  for (unsigned at = 0; at < 19; at++) (void)firmata_tick(&session.firmata, false);
  CHECK(sent_count == 3 && sent[0] == 0xE4 && sent[1] == (1004 & 0x7F) && sent[2] == 1004 >> 7);
  FEED(0xFF);
  CHECK(!is_output[30] && duty[46] == 0);
}

/* Encodes a host frame and feeds it, with byte `damaged` flipped when it is not negative. */
static void host_frame(uint8_t *frame, uint8_t length, int damaged) {
  if (damaged >= 0) frame[damaged] ^= 1;
  feed(frame, length);
}

static void obeys_and_acknowledges(void) {
  uint8_t frame[MAX_HOST_FRAME_BYTES];
  FirmwareMessage message;
  start();
  host_frame(frame, encode_drive(&(DriveMessage){100, 100, 200}, 42, frame), -1);
  CHECK(newest(&message) == FRAME_OK && message.id == 0x0B);
  CHECK(message.ack.ackedSeq == 42 && message.ack.ackedId == 3 && message.ack.result == 0);
  run(&robot, &in, &out, 20);
  CHECK(out.motorEnable);
}

static void refuses_damaged_frames(void) {
  uint8_t frame[MAX_HOST_FRAME_BYTES];
  start();
  const uint8_t length = encode_drive(&(DriveMessage){100, 100, 200}, 42, frame);
  for (int at = 2; at < length - 1; at++) {
    (void)encode_drive(&(DriveMessage){100, 100, 200}, 42, frame);
    host_frame(frame, length, at);
  }
  run(&robot, &in, &out, 20);
  CHECK(!out.motorEnable && sent_count == 0);
  CHECK(session.rejected == length - 3);
  /* Broken off by the next frame, which is obeyed. */
  (void)encode_drive(&(DriveMessage){100, 100, 200}, 42, frame);
  feed(frame, 5);
  feed(frame, length);
  run(&robot, &in, &out, 20);
  CHECK(out.motorEnable && session.parser.rejected == 1);
}

static void answers_out_of_range(void) {
  uint8_t frame[MAX_HOST_FRAME_BYTES];
  FirmwareMessage message;
  start();
  host_frame(frame, encode_drive(&(DriveMessage){601, 0, 200}, 9, frame), -1);
  CHECK(newest(&message) == FRAME_OK && message.ack.result == ACK_RESULT_OUT_OF_RANGE && message.ack.ackedSeq == 9);
  host_frame(frame, encode_drive(&(DriveMessage){-600, 600, 251}, 10, frame), -1);
  CHECK(newest(&message) == FRAME_OK && message.ack.result == ACK_RESULT_OUT_OF_RANGE);
  CHECK(robot.drive.enabled == false);
}

static void names_unknown_messages(void) {
  uint8_t frame[16];
  FirmwareMessage message;
  FrameWriter writer;
  start();
  frame_begin(&writer, frame, 0x09, 77);
  feed(frame, frame_end(&writer));
  CHECK(newest(&message) == FRAME_OK && message.ack.result == ACK_RESULT_UNKNOWN_MESSAGE);
  CHECK(message.ack.ackedId == 9 && message.ack.ackedSeq == 77);
}

static void overlong_sysex_is_skipped(void) {
  start();
  session_feed(&session, 0xF0);
  for (unsigned at = 0; at < 1000; at++) session_feed(&session, 0x01);
  session_feed(&session, 0xF7);
  CHECK(session.parser.rejected == 1);
  FEED(0xF9);
  CHECK(GOT(0xF9, 2, 8));
}

/* Any bytes at all: no crash (the sanitizers watch), no motion. */
static void noise_moves_nothing(void) {
  start();
  uint32_t random = 12345;
  for (unsigned at = 0; at < 300000; at++) {
    random = random * 1664525u + 1013904223u;
    session_feed(&session, (uint8_t)(random >> 24));
    if (at % 25 != 0) continue;
    sent_count = 0;
    run(&robot, &in, &out, 1);
    session_tick(&session, &load);
    session_flush(&session);
    CHECK(!out.motorEnable && !out.valveOpen && !out.snackMotor);
  }
}

static void state_every_50_ms_and_on_change(void) {
  FirmwareMessage message;
  unsigned states = 0;
  start();
  for (unsigned at = 0; at < 500; at++) {
    sent_count = 0;
    run(&robot, &in, &out, 1);
    session_tick(&session, &load);
    states += sent_count > 0;
  }
  CHECK(states == 10);
  while (session.sinceStateMs != 10) session_tick(&session, &load);
  sent_count = 0;
  in.eStopOpen = true;
  run(&robot, &in, &out, 1);
  session_tick(&session, &load);
  CHECK(newest(&message) == FRAME_OK && message.id == 0x0C);
  CHECK(message.state.stopCause == 3 && (message.state.flags & 9) == 9);
  CHECK(message.state.worstTickUs == 311 && message.state.missedTicks == 2 && message.state.stackFreeBytes == 1501);
}

/* A tick that has had 400 us to do leaves the state to a quieter one, for eight at most; a new stop cause waits for none. */
static void busy_ticks_put_state_off(void) {
  const Load busy = {.elapsedUs = 400};
  const Load quiet = {.elapsedUs = 399};
  FirmwareMessage message;
  start();
  while (session.sinceStateMs != 0) session_tick(&session, &quiet);
  sent_count = 0;
  for (unsigned at = 0; at < 57; at++) session_tick(&session, &busy);
  CHECK(sent_count == 0);
  session_tick(&session, &busy);
  CHECK(newest(&message) == FRAME_OK && message.id == 0x0C);
  sent_count = 0;
  for (unsigned at = 0; at < 53; at++) session_tick(&session, &busy);
  CHECK(sent_count == 0);
  session_tick(&session, &quiet);
  CHECK(sent_count > 0);
  sent_count = 0;
  in.eStopOpen = true;
  run(&robot, &in, &out, 1);
  session_tick(&session, &busy);
  CHECK(sent_count > 0);
}

/* Samples every 19 ms: in a busy tick up to 5 ms later, and never together with a state. */
static void busy_ticks_put_samples_off(void) {
  start();
  FEED(0xC4, 1);
  while (firmata_tick(&session.firmata, false) == false) {
  }
  for (unsigned at = 0; at < 23; at++) CHECK(!firmata_tick(&session.firmata, true));
  CHECK(firmata_tick(&session.firmata, true));
  for (unsigned at = 0; at < 18; at++) CHECK(!firmata_tick(&session.firmata, false));
  CHECK(firmata_tick(&session.firmata, false));
}

const Test link_tests[] = {{"greets after boot", greets_after_boot},
                           {"tells the self test", tells_the_self_test},
                           {"answers Firmata queries", answers_queries},
                           {"answers wait for room", waits_for_room},
                           {"refuses owned pins and counts", refuses_owned_pins},
                           {"every Firmata command at every pin", every_command_at_every_pin},
                           {"serves free pins", serves_free_pins},
                           {"obeys and acknowledges", obeys_and_acknowledges},
                           {"refuses damaged frames", refuses_damaged_frames},
                           {"answers what is out of range", answers_out_of_range},
                           {"names unknown messages", names_unknown_messages},
                           {"skips an overlong sysex", overlong_sysex_is_skipped},
                           {"noise moves nothing", noise_moves_nothing},
                           {"state every 50 ms and on a change", state_every_50_ms_and_on_change},
                           {"busy ticks put the state off", busy_ticks_put_state_off},
                           {"busy ticks put samples off", busy_ticks_put_samples_off}};
SUITE(link);
