#include "judge.h"
#include <math.h>

/* What the hardware takes to see a thing: a sensor period and a tick. */
#define SENSING_MS 11
/* What it takes to tell a person who begins to walk from one who stands: the window of readings. */
#define TELLING_MS 100
/* Noise at a beam's edge. */
#define GAP_MS 50

static Point place(const Record *record, int person, int at_ms, int last_ms) {
  if (at_ms <= last_ms) return record->people[person][at_ms];
  const Point now = record->people[person][last_ms], before = record->people[person][last_ms > 0 ? last_ms - 1 : 0];
  return (Point){now.x + (now.x - before.x) * (at_ms - last_ms), now.y + (now.y - before.y) * (at_ms - last_ms)};
}

/* A controlled stop, ordered SENSING_MS after `from_ms` to the robot as it was then: does it stand before the contact? */
static bool stands_in_time(const Record *record, int person, int from_ms, int contact_ms) {
  int at = from_ms + SENSING_MS;
  if (at >= contact_ms) return false;
  if (contact_ms - at >= KEPT) return true;
  Robot robot = record->robots[at % KEPT];
  while (fabs(robot.speed) >= MOVING_MM_S) {
    robot_brake(&robot);
    at++;
    const Point them = place(record, person, at, contact_ms);
    if (hypot(them.x - robot.x, them.y) < TOUCHING) return fabs(robot.speed) < MOVING_MM_S;
  }
  return true;
}

typedef struct {
  double nearest, person; /* distance of what the sensor measures, and of the person */
} View;

static View look(const Record *record, const World *world, int person, int at_ms, int beam) {
  Point discs[PEOPLE];
  bool there[PEOPLE];
  for (int at = 0; at < PEOPLE; at++) {
    discs[at] = record->people[at][at_ms];
    there[at] = record->there[at][at_ms];
  }
  const Point origin = beam_origin(record->robotX[at_ms], beam);
  View view = {RANGE_LIMIT_MM, INFINITY};
  for (int ray = 0; ray < RAYS; ray++) {
    view.person = fmin(view.person, cast_at(discs[person], origin, ray_angle(beam, ray)));
    view.nearest = fmin(view.nearest, cast(world, discs, there, origin, ray_angle(beam, ray)));
  }
  return view;
}

/* Whether they are what the sensor measures: it gives one distance, that of the nearest thing in its view. */
static bool in_beam(const Record *record, const World *world, int person, int at_ms, int beam) {
  const View view = look(record, world, person, at_ms, beam);
  return view.person <= view.nearest;
}

/* They came into view at the distance of what was seen before: no reading jumped. */
static bool slipped_in(const Record *record, const World *world, int person, int since_ms) {
  for (int beam = 0; beam < BEAMS && since_ms > 0; beam++) {
    if (!in_beam(record, world, person, since_ms, beam)) continue;
    const double before = look(record, world, person, since_ms - 1, beam).nearest;
    if (before - look(record, world, person, since_ms, beam).nearest > RANGE_JUMP_MM) return false;
  }
  return true;
}

/* A sensor that fails in any other way than frozen is one that stops the robot: its beam counts. */
static bool seen(const Record *record, const World *world, const Robot *robot, int person, int at_ms, bool by_frozen) {
  for (int beam = 0; beam < BEAMS; beam++) {
    const bool is_frozen = robot->failure == FROZEN && beam == robot->failingBeam && at_ms >= robot->failsAtMs;
    if (is_frozen == by_frozen && in_beam(record, world, person, at_ms, beam)) return true;
  }
  return false;
}

/* Beginning of the sighting that lasts until `until_ms`. */
static int sighted_since(const Record *record, const World *world, const Robot *robot, int person, int until_ms) {
  int since = until_ms;
  for (int at = until_ms; at >= 0 && since - at <= GAP_MS; at--) {
    if (seen(record, world, robot, person, at, false)) since = at;
  }
  return since;
}

Verdict judge(const Record *record, const World *world, const Robot *robot, int person, int contact_ms) {
  if (fabs(record->speed[contact_ms]) < MOVING_MM_S) return STOOD;
  int last_chance = contact_ms;
  while (last_chance >= 0 && !stands_in_time(record, person, last_chance, contact_ms)) last_chance--;
  if (last_chance < 0) return UNAVOIDABLE;
  if (seen(record, world, robot, person, last_chance, false)) {
    const int since = sighted_since(record, world, robot, person, last_chance);
    const int began = record->phaseBeganMs[person][contact_ms];
    const int known = began > since ? began + TELLING_MS : since + (slipped_in(record, world, person, since) ? TELLING_MS : 0);
    return known <= last_chance ? VIOLATION : UNAVOIDABLE;
  }
  for (int at = last_chance; at <= contact_ms; at++) {
    if (seen(record, world, robot, person, at, false)) return UNAVOIDABLE;
  }
  if (seen(record, world, robot, person, last_chance, true)) return FROZEN_SENSOR;
  const Point at = record->people[person][contact_ms];
  return fabs(at.y) > (at.x - record->robotX[contact_ms]) * tan(M_PI / 3) ? OUTSIDE_FLANK : OUTSIDE_AHEAD;
}
