/* What the link needs from the board. board/ implements it for the ATmega2560, the tests for the host. */
#ifndef LETAN_LINK_PORT_H
#define LETAN_LINK_PORT_H
#include <stdbool.h>
#include <stdint.h>

/* Free bytes of the transmit buffer. */
uint16_t output_room(void);
/* Queues one byte; call only with room. */
void output_put(uint8_t byte);
/* Queues all of them; call only with room. */
void output_write(const uint8_t *bytes, uint8_t count);

void pin_direction(uint8_t pin, bool output, bool pull_up);
void pin_write(uint8_t pin, bool high);
bool pin_read(uint8_t pin);
/* Pins 44-46; 0 and 255 are plain levels. */
void pin_pwm(uint8_t pin, uint8_t duty);
/* Last conversion of an analog channel 0-15. */
uint16_t analog_reading(uint8_t channel);
/* Which channels to convert beside those of the safety functions. */
void analog_select(uint16_t channels);

#endif
