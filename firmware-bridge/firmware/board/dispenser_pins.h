/* Valve, spiral, flow meter and their sensors. The flow interrupt counts in the gate, which closes the valve at the target. */
#ifndef LETAN_BOARD_DISPENSER_PINS_H
#define LETAN_BOARD_DISPENSER_PINS_H
#include "../safety/io.h"

void dispenser_pins_init(void);
/* Levels of the sensors; the flow count comes from the gate. */
void dispenser_read(Inputs *in);

#endif
