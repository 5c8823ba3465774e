/* USART0 to the host with ring buffers; USART2 and 3 from the range sensors. Output is declared in link/port.h. */
#ifndef LETAN_BOARD_SERIAL_H
#define LETAN_BOARD_SERIAL_H
#include <stdbool.h>
#include <stdint.h>

void serial_init(void);
/* Takes one byte if there is one. */
bool host_take(uint8_t *byte);
bool range_left_take(uint8_t *byte);
bool range_right_take(uint8_t *byte);

#endif
