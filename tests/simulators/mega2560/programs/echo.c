/* Echoes USART0 at 250 kbaud through interrupts and a ring; sleeps when idle. Timer 4 A/B drive PWM, INT0 stops it. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

static volatile uint8_t ring[256];
static volatile uint8_t head, tail;

ISR(USART0_RX_vect) {
  ring[head++] = UDR0;
  UCSR0B |= _BV(UDRIE0);
}

ISR(USART0_UDRE_vect) {
  UDR0 = ring[tail++];
  if (head == tail) UCSR0B &= ~_BV(UDRIE0);
}

ISR(INT0_vect) {
  TCCR4A = _BV(WGM41);
  PORTH = 0;
}

volatile uint16_t ticks;
ISR(TIMER1_COMPA_vect) {
  ticks++;
  wdt_reset();
  PINB = _BV(PB7);
}

int main(void) {
  MCUSR = 0;
  wdt_disable();
  DDRB = _BV(PB7);
  DDRH = _BV(PH3) | _BV(PH4);
  UBRR0 = 3;
  UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
  ICR4 = 799;
  OCR4A = 199;
  OCR4B = 399;
  TCCR4A = _BV(COM4A1) | _BV(COM4B1) | _BV(WGM41);
  TCCR4B = _BV(WGM43) | _BV(WGM42) | _BV(CS40);
  OCR1A = 1999;
  TCCR1B = _BV(WGM12) | _BV(CS11);
  TIMSK1 = _BV(OCIE1A);
  EICRA = _BV(ISC01) | _BV(ISC00);
  PORTD = _BV(PD0);
  EIFR = 0xff;
  EIMSK = _BV(INT0);
  wdt_enable(WDTO_250MS);
  sei();
  for (;;) sleep_mode();
}
