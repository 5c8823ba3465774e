/* What is left from before the reset. */
#ifndef LETAN_BOARD_BOOT_H
#define LETAN_BOARD_BOOT_H
#include "../safety/dispense_history.h"

ResetCause boot_reset_cause(void);
/* Survives every reset but a loss of power. */
DispenseHistory *boot_dispense_history(void);

#endif
