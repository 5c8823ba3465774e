/*
 * A corridor of a lobby seen from above, in mm: the robot drives along y = 0 towards larger x. People are discs that follow a drawn
 * plan and take no notice of the robot; pillars hide them from the robot's beams.
 */
#ifndef WORLD_H
#define WORLD_H
#include <stdbool.h>
#include <stdint.h>

#define ROBOT_RADIUS 250.0
#define PERSON_RADIUS 220.0
#define TOUCHING (ROBOT_RADIUS + PERSON_RADIUS)
#define PEOPLE 4
#define PILLARS 3
#define RUN_MS 40000
#define COURSE_MM 10000.0

typedef struct {
  double x, y;
} Point;

/* Walks once the robot is as near as `triggerMm`, pauses after `walkMs`, then walks on another way. */
typedef struct {
  Point at;
  double triggerMm;
  Point first, second; /* velocities in mm/ms */
  int walkMs, pauseMs;
  int sinceMs;        /* since the trigger, -1 before */
  int phaseBeganMs;   /* when the present motion began */
  bool there;
} Person;

typedef struct {
  double x, y, halfMm; /* square */
} Pillar;

typedef struct {
  Person people[PEOPLE];
  Pillar pillars[PILLARS];
} World;

void seed_random(uint64_t seed);
/* 0 to 1. */
double uniform(void);
double between(double from, double to);

void world_draw(World *world);
/* One millisecond. */
void world_step(World *world, double robot_x, int now_ms);
/* Distance from `origin` along the angle to the first pillar, wall or disc among `discs`; infinite for nothing. */
double cast(const World *world, const Point *discs, const bool *there, Point origin, double angle);
/* The same to one disc alone. */
double cast_at(Point disc, Point origin, double angle);

#endif
