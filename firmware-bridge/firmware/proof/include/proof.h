/* Words of the proofs. */
#ifndef LETAN_PROOF_H
#define LETAN_PROOF_H
#include <stdbool.h>
#include <stdint.h>

/* Holds in every run, or CBMC shows the run in which it does not. */
#define PROVE(condition, property) __CPROVER_assert(condition, property)
/* Runs where it does not hold are left out: every use is an assumption that README.md names. */
#define ASSUME(condition) __CPROVER_assume(condition)
/* Any value whatever, padding included. */
#define HAVOC(object) __CPROVER_havoc_object(&(object))

bool nondet_bool(void);
uint8_t nondet_uint8(void);
int16_t nondet_int16(void);
uint16_t nondet_uint16(void);
int32_t nondet_int32(void);
uint32_t nondet_uint32(void);

#endif
