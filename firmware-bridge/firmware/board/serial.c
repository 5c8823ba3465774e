#include "serial.h"
#include <avr/interrupt.h>
#include <util/atomic.h>
#include "../link/port.h"
#include "bits.h"

/* Whole capability answer (633 bytes) beside a state frame. */
#define OUTPUT_BYTES 1024u
#define HOST_BYTES 256u
#define RANGE_BYTES 32u

/* When full, the newest byte is lost: the frame it belongs to fails its CRC and is counted. */
typedef struct {
  volatile uint8_t head;
  volatile uint8_t tail;
} Ring;

static Ring host_ring, left_ring, right_ring;
static volatile uint8_t host_bytes[HOST_BYTES];
static volatile uint8_t left_bytes[RANGE_BYTES];
static volatile uint8_t right_bytes[RANGE_BYTES];
static volatile uint8_t output_bytes[OUTPUT_BYTES];
static volatile uint16_t output_head, output_tail;

static inline __attribute__((always_inline)) void ring_put(Ring *ring, volatile uint8_t *bytes, uint16_t size, uint8_t byte) {
  const uint8_t next = (uint8_t)((ring->head + 1u) & (size - 1u));
  if (next == ring->tail) return;
  bytes[ring->head] = byte;
  ring->head = next;
}

static inline __attribute__((always_inline)) bool ring_take(Ring *ring, const volatile uint8_t *bytes, uint16_t size, uint8_t *byte) {
  if (ring->head == ring->tail) return false;
  *byte = bytes[ring->tail];
  ring->tail = (uint8_t)((ring->tail + 1u) & (size - 1u));
  return true;
}

ISR(USART0_RX_vect) {
  ring_put(&host_ring, host_bytes, HOST_BYTES, UDR0);
}

ISR(USART2_RX_vect) {
  ring_put(&left_ring, left_bytes, RANGE_BYTES, UDR2);
}

ISR(USART3_RX_vect) {
  ring_put(&right_ring, right_bytes, RANGE_BYTES, UDR3);
}

ISR(USART0_UDRE_vect) {
  const uint16_t tail = output_tail;
  UDR0 = output_bytes[tail];
  const uint16_t next = (tail + 1u) & (OUTPUT_BYTES - 1u);
  output_tail = next;
  if (next == output_head) clear_bits(&UCSR0B, BIT(UDRIE0));
}

void serial_init(void) {
  /* Double speed: 16 MHz / 8 / (7 + 1) = 250000 exactly, / (16 + 1) = 117647, 2.1 % from 115200. */
  UBRR0 = 7;
  UCSR0A = BIT(U2X0);
  UCSR0C = (uint8_t)(BIT(UCSZ01) | BIT(UCSZ00));
  UCSR0B = (uint8_t)(BIT(RXEN0) | BIT(TXEN0) | BIT(RXCIE0));
  UBRR2 = 16;
  UCSR2A = BIT(U2X2);
  UCSR2C = (uint8_t)(BIT(UCSZ21) | BIT(UCSZ20));
  UCSR2B = (uint8_t)(BIT(RXEN2) | BIT(RXCIE2));
  UBRR3 = 16;
  UCSR3A = BIT(U2X3);
  UCSR3C = (uint8_t)(BIT(UCSZ31) | BIT(UCSZ30));
  UCSR3B = (uint8_t)(BIT(RXEN3) | BIT(RXCIE3));
}

bool host_take(uint8_t *byte) {
  return ring_take(&host_ring, host_bytes, HOST_BYTES, byte);
}

bool range_left_take(uint8_t *byte) {
  return ring_take(&left_ring, left_bytes, RANGE_BYTES, byte);
}

bool range_right_take(uint8_t *byte) {
  return ring_take(&right_ring, right_bytes, RANGE_BYTES, byte);
}

uint16_t output_room(void) {
  uint16_t tail;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    tail = output_tail;
  }
  return (uint16_t)(tail - output_head - 1u) & (OUTPUT_BYTES - 1u);
}

/* Bytes become the interrupt's all at once. */
static void hand_over(uint16_t head) {
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    output_head = head;
    set_bits(&UCSR0B, BIT(UDRIE0));
  }
}

void output_put(uint8_t byte) {
  output_bytes[output_head] = byte;
  hand_over((output_head + 1u) & (OUTPUT_BYTES - 1u));
}

void output_write(const uint8_t *bytes, uint8_t count) {
  uint16_t head = output_head;
  for (; count > 0; count--) {
    output_bytes[head] = *bytes++;
    head = (head + 1u) & (OUTPUT_BYTES - 1u);
  }
  hand_over(head);
}
