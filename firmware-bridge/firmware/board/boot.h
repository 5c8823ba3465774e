/* What is left from before the reset, and whether the part is sound. */
#ifndef LETAN_BOARD_BOOT_H
#define LETAN_BOARD_BOOT_H
#include "../link/session.h"

/* Once, before tick_init. Reads the whole program. */
void boot_report(BootReport *report);
/* What to latch. */
StopCause boot_stop_cause(const BootReport *report);
/* Survives every reset but a loss of power. */
DispenseHistory *boot_dispense_history(void);

#endif
