#include "boot.h"
#include "bits.h"
#include "black_box.h"
#include "self_test.h"
#include "tick.h"

/* A loop that takes its milliseconds leaves one or two of them. */
#define HUNG_TICKS 8u

static DispenseHistory dispense_history __attribute__((section(".noinit")));

/*
 * The Mega's boot loader (stk500v2) clears MCUSR and hands nothing on; after the watchdog's reset it means to start the program at once,
 * but jumps to 0x20000 instead (EIND), runs through erased flash into itself and waits its second as ever. So memory must tell: lost
 * after a loss of power; with untaken milliseconds piled up when the watchdog bit a loop that hung; else it reads as external, which a
 * hang with interrupts off and a brown-out then do too.
 */
static ResetCause cause_from_memory(bool kept, uint8_t left_over) {
  if (!kept) return RESET_CAUSE_POWER_ON;
  return left_over >= HUNG_TICKS ? RESET_CAUSE_WATCHDOG : RESET_CAUSE_EXTERNAL;
}

/* Several flags may stand: a supply that comes up slowly passes the brown-out level. */
static ResetCause reset_cause(uint8_t flags, bool kept, uint8_t left_over) {
  if (flags & BIT(PORF)) return RESET_CAUSE_POWER_ON;
  if (flags & BIT(WDRF)) return RESET_CAUSE_WATCHDOG;
  if (flags & BIT(BORF)) return RESET_CAUSE_BROWN_OUT;
  if (flags & BIT(EXTRF)) return RESET_CAUSE_EXTERNAL;
  if (flags & BIT(JTRF)) return RESET_CAUSE_JTAG;
  return cause_from_memory(kept, left_over);
}

void boot_report(BootReport *report) {
  RunRecord previous;
  const bool kept = black_box_open(&previous);
  report->resetCause = reset_cause(self_test_reset_flags(), kept, tick_left_over());
  if (report->resetCause == RESET_CAUSE_POWER_ON) previous = (RunRecord){.lastStopCause = STOP_CAUSE_NONE};
  report->previous = previous;
  report->ramDamaged = self_test_ram_damaged();
  report->flashDamaged = self_test_flash_damaged();
}

StopCause boot_stop_cause(const BootReport *report) {
  if (report->ramDamaged || report->flashDamaged) return STOP_CAUSE_SELF_TEST_FAILED;
  if (report->resetCause == RESET_CAUSE_WATCHDOG) return STOP_CAUSE_WATCHDOG_RESET;
  return report->resetCause == RESET_CAUSE_BROWN_OUT ? STOP_CAUSE_BROWN_OUT : STOP_CAUSE_POWER_UP;
}

DispenseHistory *boot_dispense_history(void) {
  return &dispense_history;
}
