/* The millisecond: timer 0 counts it, the loop takes it, and what it costs is kept. */
#ifndef LETAN_BOARD_TICK_H
#define LETAN_BOARD_TICK_H
#include <stdbool.h>
#include <stdint.h>

/* Before tick_init: milliseconds that nobody had taken when the reset came; anything at all after a loss of power. */
uint8_t tick_left_over(void);
void tick_init(void);
/* Takes one millisecond if one is due. */
bool tick_take(void);
/* Whether one is due. Call with interrupts off. */
bool tick_due(void);
/* Since the present millisecond was due, us. */
uint16_t tick_elapsed_us(void);
/* The millisecond taken last is done: keeps how long it took, waiting included. */
void tick_done(void);
uint16_t tick_worst_us(void);
/* Milliseconds that began a whole period late. */
uint16_t tick_missed(void);

#endif
