#include "self_test.h"
#include <avr/pgmspace.h>
#include "../link/codec.h"
#include "bits.h"

#define PAINT 0xC5u
#define GUARD_BYTES 8u
#define SEARCH_BYTES 8u
#define STACK_BOUND ((const volatile uint8_t *)(RAMEND + 1u - STACK_BOUND_BYTES))
#define STACK_TOP ((const volatile uint8_t *)(RAMEND + 1u))

/* Where the program ends in flash; its CRC follows. Set by the linker. */
extern const uint8_t __data_load_end[];

static uint8_t reset_flags __attribute__((section(".noinit"), used));
static uint8_t ram_fault __attribute__((section(".noinit"), used));

static const volatile uint8_t *deepest = STACK_TOP;
static const volatile uint8_t *search = STACK_BOUND;

/*
 * March test of [Z, Y): writes A; upwards reads A, writes B; downwards reads B, writes A; upwards reads A, writes the paint. Finds
 * bits that are stuck or do not change, and addresses that fall together. Z begins in r25:r24 and Y ends in r27:r26. No stack and
 * no memory of its own: it is memory that is tried.
 */
#define MARCH(FROM, PAST)                                                                  \
  "ldi r24, lo8(" FROM ")\n ldi r25, hi8(" FROM ")\n"                                       \
  "ldi r26, lo8(" PAST ")\n ldi r27, hi8(" PAST ")\n"                                       \
  "movw r30, r24\n"                                                                        \
  "1: st Z+, r18\n cp r30, r26\n cpc r31, r27\n brne 1b\n"                                  \
  "movw r30, r24\n"                                                                        \
  "2: ld r20, Z\n cpse r20, r18\n ldi r17, 1\n st Z+, r19\n cp r30, r26\n cpc r31, r27\n brne 2b\n" \
  "3: ld r20, -Z\n cpse r20, r19\n ldi r17, 1\n st Z, r18\n cp r30, r24\n cpc r31, r25\n brne 3b\n" \
  "4: ld r20, Z\n cpse r20, r18\n ldi r17, 1\n st Z+, r21\n cp r30, r26\n cpc r31, r27\n brne 4b\n"

/* What no reset clears is put back byte by byte; it carries CRCs of its own. */
#define TRY(FROM, PAST)                                                                    \
  "ldi r30, lo8(" FROM ")\n ldi r31, hi8(" FROM ")\n"                                       \
  "ldi r26, lo8(" PAST ")\n ldi r27, hi8(" PAST ")\n"                                       \
  "5: ld r20, Z\n"                                                                         \
  "st Z, r18\n ld r22, Z\n cpse r22, r18\n ldi r17, 1\n"                                    \
  "st Z, r19\n ld r22, Z\n cpse r22, r19\n ldi r17, 1\n"                                    \
  "st Z+, r20\n cp r30, r26\n cpc r31, r27\n brne 5b\n"

/* Before memory is set up: saves MCUSR, stops the watchdog (it still runs after its own reset), tries the memory, paints it. */
__attribute__((naked, used, section(".init3"))) void before_memory(void);
void before_memory(void) {
  __asm__ volatile(
      "in r16, %[mcusr]\n out %[mcusr], r1\n"
      "wdr\n ldi r17, %[change]\n sts %[wdtcsr], r17\n sts %[wdtcsr], r1\n"
      "clr r17\n ldi r18, 0x55\n ldi r19, 0xAA\n ldi r21, %[paint]\n"
      MARCH("__data_start", "__bss_end")
      TRY("__bss_end", "_end")
      MARCH("_end", "%[ramPast]")
      "sts %[flags], r16\n sts %[fault], r17\n"
      :
      : [mcusr] "I"(_SFR_IO_ADDR(MCUSR)), [wdtcsr] "n"(_SFR_MEM_ADDR(WDTCSR)), [change] "M"(BIT(WDCE) | BIT(WDE)), [paint] "M"(PAINT),
        [ramPast] "n"(RAMEND + 1), [flags] "i"(&reset_flags), [fault] "i"(&ram_fault));
}

uint8_t self_test_reset_flags(void) {
  return reset_flags;
}

bool self_test_ram_damaged(void) {
  return ram_fault != 0;
}

bool self_test_flash_damaged(void) {
  const uint16_t end = (uint16_t)(uintptr_t)__data_load_end;
  uint16_t crc = CRC_START;
  for (uint16_t at = 0; at < end; at++) crc = crc16_add(crc, pgm_read_byte(at));
  return crc != pgm_read_word(end);
}

static bool guard_is_whole(void) {
  for (uint8_t at = 1; at <= GUARD_BYTES; at++) {
    if (*(STACK_BOUND - at) != PAINT) return false;
  }
  return true;
}

/* From the bound upwards to the first byte that is no longer painted, then from the bound again. */
static void search_deepest(void) {
  for (uint8_t count = 0; count < SEARCH_BYTES; count++) {
    if (search == deepest) {
      search = STACK_BOUND;
      return;
    }
    if (*search != PAINT) deepest = search;
    else search++;
  }
}

bool self_test_tick(void) {
  search_deepest();
  return guard_is_whole();
}

uint16_t self_test_stack_free(void) {
  return (uint16_t)(deepest - STACK_BOUND);
}
