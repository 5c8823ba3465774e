/* The robot in the corridor: the firmware's own safety functions, its wheels and its two front sensors. */
#ifndef ROBOT_H
#define ROBOT_H
#include "../../../firmware-bridge/firmware/safety/ranging.h"
#include "../../../firmware-bridge/firmware/safety/supervisor.h"
#include "world.h"

#define BEAMS 2
/* Rays that stand for a beam's field of view. */
#define RAYS 3

typedef enum { SOUND, SILENT, DAMAGED, WEAK, BLINDED, NO_DISTANCE, FROZEN, FAILURES } Failure;

typedef struct {
  RangeSensor sensor;
  double nextMs, periodMs;
  double biasMm;
  uint16_t lastCm;
  uint8_t frame[9];
  bool underWay; /* the frame arrives in the next tick */
} Beam;

typedef struct {
  Supervisor supervisor;
  Inputs in;
  Outputs out;
  double x, speed; /* mm, mm/s */
  Beam beams[BEAMS];
  Failure failure;
  int failingBeam, failsAtMs;
  int nowMs;
} Robot;

/* A controlled stop as measured on this robot: way = speed x delay + speed^2 / (2 x braking). */
typedef struct {
  double delayMs, mmS2;
} Braking;

typedef struct {
  Braking braking;
  uint16_t marginMm, resumeMm;
  int16_t topMmS;
  bool capped; /* by the free distance; else only the protective stop acts */
} Rules;

/* From controlled stops at 200 to 500 mm/s: a line through way / speed against speed, raised until none of them was longer. */
Braking robot_measure(void);
/* Released, configured, standing at x = 0. */
void robot_start(Robot *robot, const World *world, const Rules *rules);
/* One millisecond; asks for `mm_s` ahead as a host does. */
void robot_step(Robot *robot, const World *world, int16_t mm_s);
/* One millisecond of a controlled stop, whatever the sensors say. */
void robot_brake(Robot *robot);
Point beam_origin(double robot_x, int beam);
double ray_angle(int beam, int ray);

#endif
