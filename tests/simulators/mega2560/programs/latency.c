/* INT0 (rising, PD0) sets PH3. The loop holds instructions of 1 to 5 cycles, or sleeps if PD1 is low. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

static uint16_t table[8];

ISR(INT0_vect, ISR_NAKED) {
  __asm__ volatile("push r24\n ldi r24, 0x08\n sts 0x102, r24\n pop r24\n reti");
}

static void __attribute__((noinline)) leaf(uint8_t i) { table[i & 7] += (uint16_t)i * 3u; }

int main(void) {
  DDRH = _BV(PH3);
  EICRA = _BV(ISC01) | _BV(ISC00);
  EIFR = 0xff;
  EIMSK = _BV(INT0);
  set_sleep_mode(SLEEP_MODE_IDLE);
  sei();
  for (uint8_t i = 0;; i++) {
    if (!(PIND & _BV(PD1))) sleep_mode();
    leaf(i);
    if (PORTH) PORTH = 0;
  }
}
