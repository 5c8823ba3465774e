/* Counts its starts in SRAM that no reset clears, reports cause and count, raises PH3, then waits for the watchdog to bite. */
#include <avr/io.h>
#include <avr/wdt.h>

static uint8_t starts __attribute__((section(".noinit")));
static uint8_t cause __attribute__((section(".noinit")));

void early(void) __attribute__((naked, used, section(".init3")));
void early(void) {
  cause = MCUSR;
  MCUSR = 0;
  wdt_disable();
}

int main(void) {
  if (cause & _BV(PORF)) starts = 0;
  starts++;
  UBRR0 = 3;
  UCSR0B = _BV(TXEN0);
  UDR0 = cause;
  UDR0 = starts;
  DDRH = _BV(PH3);
  PORTH = _BV(PH3);
  wdt_enable(WDTO_120MS);
  for (;;) {}
}
