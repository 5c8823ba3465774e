#include "tick.h"
#include <avr/interrupt.h>
#include "bits.h"

#define US_PER_COUNT 4u /* 64 cycles of 16 MHz */
#define COUNTS 250u

/* Kept over a reset: a loop that hangs leaves them to pile up. */
static volatile uint8_t pending __attribute__((section(".noinit")));
static uint16_t worst_us;
static uint16_t missed;

ISR(TIMER0_COMPA_vect) {
  const uint8_t before = pending;
  if (before < 255) pending = (uint8_t)(before + 1u);
}

uint8_t tick_left_over(void) {
  return pending;
}

void tick_init(void) {
  pending = 0;
  TCCR0A = BIT(WGM01);
  OCR0A = COUNTS - 1u;
  TIMSK0 = BIT(OCIE0A);
  TCCR0B = (uint8_t)(BIT(CS01) | BIT(CS00));
}

bool tick_due(void) {
  return pending > 0;
}

bool tick_take(void) {
  cli();
  const uint8_t waiting = pending;
  if (waiting > 0) pending = (uint8_t)(waiting - 1u);
  sei();
  if (waiting > 1 && missed < 0xFFFFu) missed++;
  return waiting > 0;
}

uint16_t tick_elapsed_us(void) {
  cli();
  uint8_t periods = pending;
  const uint8_t counts = TCNT0;
  /* The timer may have begun anew while its interrupt waits. */
  if ((TIFR0 & BIT(OCF0A)) != 0 && counts < COUNTS / 2u) periods++;
  sei();
  return (uint16_t)(1000u * (periods < 60u ? periods : 60u) + US_PER_COUNT * counts);
}

void tick_done(void) {
  const uint16_t took_us = tick_elapsed_us();
  if (took_us > worst_us) worst_us = took_us;
}

uint16_t tick_worst_us(void) {
  return worst_us;
}

uint16_t tick_missed(void) {
  return missed;
}
