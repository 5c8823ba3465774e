/* What a contact says about the safety functions. */
#ifndef JUDGE_H
#define JUDGE_H
#include "robot.h"

/* Slower is standing: one encoder pulse in 100 ms, as for STANDSTILL_MS of the firmware. */
#define MOVING_MM_S 5.0

typedef enum {
  NO_CONTACT,
  STOOD,           /* the person walked into a robot that stood */
  UNAVOIDABLE,     /* full braking from the first moment it could be known would not have been enough */
  OUTSIDE_AHEAD,   /* when braking had to begin, and after, the person was in neither beam: the robot drove into them ... */
  OUTSIDE_FLANK,   /* ... or they walked into its side, more than 60 degrees from ahead */
  FROZEN_SENSOR,   /* seen only by a sensor that repeats its last frame */
  VIOLATION,       /* physics allowed a stop */
  VERDICTS
} Verdict;

/* Milliseconds before a contact of which whole robots are kept: no controlled stop takes half as long. */
#define KEPT 1024

typedef struct {
  Robot robots[KEPT]; /* of each millisecond, modulo KEPT */
  double robotX[RUN_MS], speed[RUN_MS];
  Point people[PEOPLE][RUN_MS];
  bool there[PEOPLE][RUN_MS];
  int phaseBeganMs[PEOPLE][RUN_MS];
} Record;

/* `person` and robot touch at `contact_ms`. */
Verdict judge(const Record *record, const World *world, const Robot *robot, int person, int contact_ms);

#endif
