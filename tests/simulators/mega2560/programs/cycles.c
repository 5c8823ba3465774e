/* Times instructions with timer 1 at prescaler 1 and sends each difference (less an empty measurement) over USART0. */
#include <avr/interrupt.h>
#include <avr/io.h>

#define MEASURE(code)                                                                                  \
  ({                                                                                                   \
    uint8_t before, after;                                                                             \
    __asm__ volatile("lds %0, 0x84\n" code "\nlds %1, 0x84" : "=&r"(before), "=&r"(after)::"memory", "r24", "r25"); \
    (uint8_t)(after - before);                                                                         \
  })

static void put(uint8_t byte) {
  while (!(UCSR0A & _BV(UDRE0))) {}
  UDR0 = byte;
}

ISR(TIMER3_COMPA_vect, ISR_NAKED) { __asm__ volatile("reti"); }

int main(void) {
  UBRR0 = 0;
  UCSR0A = _BV(U2X0);
  UCSR0B = _BV(TXEN0);
  TCCR1B = _BV(CS10);
  uint8_t empty = MEASURE("");
  put((uint8_t)(MEASURE("nop") - empty));
  put((uint8_t)(MEASURE("sbi 0x05, 0") - empty));
  put((uint8_t)(MEASURE("cbi 0x05, 0") - empty));
  put((uint8_t)(MEASURE("call 1f\n rjmp 2f\n1: ret\n2:") - empty));
  put((uint8_t)(MEASURE("lds r24, 0x200") - empty));
  /* An interrupt already pending: entry 5, jmp 3, reti 5, then one instruction runs after sei. */
  OCR3A = 1;
  TCCR3B = _BV(CS30);
  TIMSK3 = _BV(OCIE3A);
  while (!(TIFR3 & _BV(OCF3A))) {}
  put((uint8_t)(MEASURE("sei\n nop\n cli") - empty));
  for (;;) {}
}
