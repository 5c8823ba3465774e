/* Register bits without integer promotion in every line; become sbi/cbi where the part can. */
#ifndef LETAN_BOARD_BITS_H
#define LETAN_BOARD_BITS_H
#include <avr/io.h>
#include <stdbool.h>
#include <stdint.h>

#define BIT(n) ((uint8_t)(1u << (n)))
/* Mask of a pin of generated/pins.h. */
#define MASK(pin) BIT(pin##_BIT)

static inline __attribute__((always_inline)) void set_bits(volatile uint8_t *port, uint8_t mask) {
  *port = (uint8_t)(*port | mask);
}

static inline __attribute__((always_inline)) void clear_bits(volatile uint8_t *port, uint8_t mask) {
  *port = (uint8_t)(*port & (uint8_t)~mask);
}

static inline __attribute__((always_inline)) void write_bits(volatile uint8_t *port, uint8_t mask, bool high) {
  if (high) set_bits(port, mask);
  else clear_bits(port, mask);
}

#define INPUT_PULL_UP(pin) set_bits(&pin##_OUT, MASK(pin))
#define OUTPUT_LOW(pin) (clear_bits(&pin##_OUT, MASK(pin)), set_bits(&pin##_DDR, MASK(pin)))
#define IS_HIGH(pin) ((pin##_IN & MASK(pin)) != 0)

#endif
