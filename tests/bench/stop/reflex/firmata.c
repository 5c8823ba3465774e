/*
 * What a user has who picks johnny-five: a Mega that speaks Firmata and nothing else, in the manner of StandardFirmata 2.6 (protocol
 * PROTOCOL.md of firmata/protocol). The loop runs without rest: changes of inputs go out at once, then all received bytes are obeyed.
 * 115200 baud, twice what StandardFirmata starts with. Pins: 30 (PC7) input with pull-up, 6 (PH3) PWM, 12 (PB6) output.
 */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <stdbool.h>
#include <stdint.h>

enum { PINS = 70, BUTTON = 30, PWM = 6, DIRECTION = 12, BUTTON_PORT = BUTTON / 8 };
enum { MODE_INPUT = 0, MODE_OUTPUT = 1, MODE_PWM = 3, MODE_PULL_UP = 11 };

static volatile uint8_t received[256];
static volatile uint8_t head, tail;
static uint8_t message[64], length;
static bool in_sysex;
static uint8_t command, needed;
static bool reports;
static uint8_t reported = 0xFF;

ISR(USART0_RX_vect) { received[head++] = UDR0; }

/* Waits for the line, as the Arduino core does once its 64 bytes are full. */
static void put(uint8_t byte) {
  while (!(UCSR0A & _BV(UDRE0))) {}
  UDR0 = byte;
}

static void put_text(const char *text) {
  for (; *text; text++) {
    put((uint8_t)*text & 0x7F);
    put(0);
  }
}

static void put_version(void) {
  put(0xF9);
  put(2);
  put(6);
}

static void put_firmware(void) {
  put(0xF0);
  put(0x79);
  put(2);
  put(6);
  put_text("reflex.ino");
  put(0xF7);
}

static void put_capabilities(void) {
  put(0xF0);
  put(0x6C);
  for (uint8_t pin = 0; pin < PINS; pin++) {
    if (pin == BUTTON || pin == DIRECTION || pin == PWM) {
      static const uint8_t digital[] = {MODE_INPUT, 1, MODE_OUTPUT, 1, MODE_PULL_UP, 1};
      for (uint8_t i = 0; i < sizeof digital; i++) put(digital[i]);
    }
    if (pin == PWM) {
      put(MODE_PWM);
      put(8);
    }
    put(0x7F);
  }
  put(0xF7);
}

static void put_analog_mapping(void) {
  put(0xF0);
  put(0x6A);
  for (uint8_t pin = 0; pin < PINS; pin++) put(0x7F);
  put(0xF7);
}

static uint8_t inputs(void) {
  return PINC & _BV(PC7) ? 1u << (BUTTON % 8) : 0;
}

static void put_port(uint8_t levels) {
  put(0x90 | BUTTON_PORT);
  put(levels & 0x7F);
  put(levels >> 7);
  reported = levels;
}

static void set_mode(uint8_t pin, uint8_t mode) {
  if (pin == BUTTON && mode == MODE_PULL_UP) PORTC |= _BV(PC7);
  if (pin == DIRECTION && mode == MODE_OUTPUT) DDRB |= _BV(PB6);
  if (pin == PWM && (mode == MODE_PWM || mode == MODE_OUTPUT)) DDRH |= _BV(PH3);
}

/* As analogWrite: 0 is a plain low. */
static void set_pwm(uint8_t pin, uint8_t duty) {
  if (pin != PWM) return;
  OCR4A = duty;
  if (duty == 0) TCCR4A &= (uint8_t)~_BV(COM4A1);
  else TCCR4A |= _BV(COM4A1);
}

static void set_level(uint8_t pin, bool high) {
  if (pin != DIRECTION) return;
  if (high) PORTB |= _BV(PB6);
  else PORTB &= (uint8_t)~_BV(PB6);
}

static void take_sysex(void) {
  switch (message[0]) {
    case 0x69: put_analog_mapping(); break;
    case 0x6B: put_capabilities(); break;
    case 0x6F: set_pwm(message[1], (uint8_t)(message[2] | message[3] << 7)); break;
    case 0x79: put_firmware(); break;
    default: break;
  }
}

static void take_command(void) {
  switch (command < 0xF0 ? command & 0xF0 : command) {
    case 0x90:
      if ((command & 0x0F) == DIRECTION / 8) set_level(DIRECTION, message[0] >> (DIRECTION % 8) & 1);
      break;
    case 0xD0:
      if ((command & 0x0F) != BUTTON_PORT) break;
      reports = message[0] != 0;
      if (reports) put_port(inputs());
      break;
    case 0xE0: set_pwm(command & 0x0F, (uint8_t)(message[0] | message[1] << 7)); break;
    case 0xF4: set_mode(message[0], message[1]); break;
    case 0xF5: set_level(message[0], message[1] != 0); break;
    default: break;
  }
}

static void begin(uint8_t status) {
  const uint8_t kind = status < 0xF0 ? status & 0xF0 : status;
  in_sysex = status == 0xF0;
  length = 0;
  command = status;
  needed = kind == 0x90 || kind == 0xE0 || kind == 0xF4 || kind == 0xF5 ? 2 : kind == 0xC0 || kind == 0xD0 ? 1 : 0;
  if (status == 0xF9) put_version();
}

static void take(uint8_t byte) {
  if (in_sysex && byte == 0xF7) {
    in_sysex = false;
    take_sysex();
  } else if (byte & 0x80) {
    begin(byte);
  } else if (in_sysex) {
    if (length < sizeof message) message[length++] = byte;
  } else if (needed > 0) {
    message[length++] = byte;
    if (--needed == 0) take_command();
  }
}

int main(void) {
  UBRR0 = 16; /* 117647 baud, the part's nearest to 115200 */
  UCSR0A = _BV(U2X0);
  UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
  TCCR4A = _BV(WGM40);
  TCCR4B = _BV(CS41) | _BV(CS40); /* phase correct, 490 Hz: what the Arduino core sets */
  sei();
  put_version();
  put_firmware();
  for (;;) {
    if (reports && inputs() != reported) put_port(inputs());
    while (tail != head) take(received[tail++]);
  }
}
