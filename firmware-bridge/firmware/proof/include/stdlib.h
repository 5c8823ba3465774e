/* The part of the C library that the safety functions use. */
#ifndef LETAN_PROOF_STDLIB_H
#define LETAN_PROOF_STDLIB_H

static inline int abs(int value) {
  return value < 0 ? -value : value;
}

#endif
