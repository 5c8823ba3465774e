#include "boot.h"
#include <avr/wdt.h>
#include "bits.h"

static uint8_t reset_flags __attribute__((section(".noinit")));
static DispenseHistory dispense_history __attribute__((section(".noinit")));

/* Before main: after a watchdog reset the watchdog still runs, at its shortest period. */
__attribute__((naked, used, section(".init3"))) void save_reset_flags(void);
void save_reset_flags(void) {
  reset_flags = MCUSR;
  MCUSR = 0;
  wdt_disable();
}

ResetCause boot_reset_cause(void) {
  if (reset_flags & BIT(PORF)) return RESET_CAUSE_POWER_ON;
  if (reset_flags & BIT(WDRF)) return RESET_CAUSE_WATCHDOG;
  if (reset_flags & BIT(BORF)) return RESET_CAUSE_BROWN_OUT;
  if (reset_flags & BIT(EXTRF)) return RESET_CAUSE_EXTERNAL;
  if (reset_flags & BIT(JTRF)) return RESET_CAUSE_JTAG;
  /* A boot loader has cleared the flags. */
  return RESET_CAUSE_POWER_ON;
}

DispenseHistory *boot_dispense_history(void) {
  return &dispense_history;
}
