/* Answers to Firmata queries and what each pin can do. */
#ifndef LETAN_LINK_FIRMATA_REPLIES_H
#define LETAN_LINK_FIRMATA_REPLIES_H
#include "firmata.h"

enum { MODE_INPUT = 0x00, MODE_OUTPUT = 0x01, MODE_ANALOG = 0x02, MODE_PWM = 0x03, MODE_PULL_UP = 0x0B };

enum { REPLY_VERSION = 1, REPLY_FIRMWARE = 2, REPLY_CAPABILITIES = 4, REPLY_ANALOG_MAPPING = 8, REPLY_PIN_STATE = 16 };

bool pin_reserved(uint8_t pin);
bool pin_supports(uint8_t pin, uint8_t mode);
/* Sends each waiting answer whole, as far as there is room; true while some are left. */
bool firmata_reply(Firmata *firmata);

#endif
