/* What the safety functions see and steer in one millisecond. Pure values; board/ fills and applies them. */
#ifndef LETAN_SAFETY_IO_H
#define LETAN_SAFETY_IO_H
#include <stdbool.h>
#include <stdint.h>
#include "../link/generated/messages.h"

/* Bits of Outputs.toleratedContacts. */
#define TOLERATE_BUMPER_LEFT 1u
#define TOLERATE_BUMPER_RIGHT 2u

typedef struct {
  StopCause tripped; /* cause an interrupt has acted on since the last tick, else STOP_CAUSE_NONE */
  bool eStopOpen;
  bool bumperLeft;
  bool bumperRight;
  bool cliff;
  bool motorFault;
  bool hatchOpen;
  bool releasePressed; /* not debounced */
  bool selfTestFailed; /* flash, RAM or stack; stays until the next reset */
  bool frontFailed;    /* either front range sensor is stale */
  uint16_t frontLeftMm;
  uint16_t frontRightMm;
  uint16_t leftMm;
  uint16_t rightMm;
  uint16_t rearMm;
  uint16_t batteryMv;
  int32_t leftPulses;
  int32_t rightPulses;
  uint16_t flowPulses; /* free running */
  bool cupPresent;
  bool tankEmpty;
  bool leak;
  bool snackHome;
  bool snackBeam; /* beam interrupted */
} Inputs;

typedef struct {
  bool motorEnable;
  int16_t leftDuty; /* -FULL_DUTY..FULL_DUTY */
  int16_t rightDuty;
  bool valveOpen;
  uint16_t valveCloseAt; /* count of flowPulses at which the interrupt closes the valve */
  bool snackMotor;
  uint8_t toleratedContacts; /* bumpers that are pressed and do not stop the retreat: TOLERATE_ bits */
} Outputs;

#endif
