/*
 * Whether the part can be trusted. Before main: a march test of the whole SRAM (what no reset clears is tried byte by byte and put
 * back), then the free part of it is painted. At boot: the CRC that build.ts puts behind the program. Every tick: the guard below
 * the stack's bound, and a few bytes of the search for the stack's deepest use.
 */
#ifndef LETAN_BOARD_SELF_TEST_H
#define LETAN_BOARD_SELF_TEST_H
#include <stdbool.h>
#include <stdint.h>

/* The stack may never be deeper; budget.ts proves it is not. */
#define STACK_BOUND_BYTES 2048u

bool self_test_ram_damaged(void);
/* About 2 ms for each kilobyte of program. */
bool self_test_flash_damaged(void);
/* One tick; false once the stack has been at its guard. */
bool self_test_tick(void);
/* Least distance of the stack from its bound since boot, as far as the search has come: it takes 0.3 s for all of it. */
uint16_t self_test_stack_free(void);

/* MCUSR as the reset left it. */
uint8_t self_test_reset_flags(void);

#endif
