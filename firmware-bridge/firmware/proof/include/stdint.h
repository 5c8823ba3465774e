/* Exact widths where int has 16 bits, as on the AVR (CBMC's LP32 model), and where it has 32. */
#ifndef LETAN_PROOF_STDINT_H
#define LETAN_PROOF_STDINT_H

typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef short int16_t;
typedef unsigned short uint16_t;
#ifdef PROOF_INT_BITS_16
typedef long int32_t;
typedef unsigned long uint32_t;
#else
typedef int int32_t;
typedef unsigned int uint32_t;
#endif

_Static_assert(sizeof(int16_t) == 2 && sizeof(int32_t) == 4, "exact widths");

#endif
