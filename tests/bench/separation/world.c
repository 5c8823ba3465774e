#include "world.h"
#include <math.h>

#define END_WALL_X 14000.0
#define SIDE_WALL_Y 2000.0

static uint64_t state;

/* splitmix64 */
static uint64_t mixed(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/* Mixed twice: seeds in a row must not share one sequence. */
void seed_random(uint64_t seed) {
  state = mixed(mixed(seed + 1) + 0xD1B54A32D192ED03u);
}

double uniform(void) {
  return (double)(mixed(state += 0x9E3779B97F4A7C15u) >> 11) / 9007199254740992.0;
}

double between(double from, double to) {
  return from + (to - from) * uniform();
}

static double sign(void) {
  return uniform() < 0.5 ? -1 : 1;
}

static Point heading(double speed_mm_s, double angle) {
  return (Point){speed_mm_s / 1000 * cos(angle), speed_mm_s / 1000 * sin(angle)};
}

/* Up to walking speed, half of them briskly. */
static double pace(void) {
  return uniform() < 0.5 ? between(1200, 1600) : between(300, 1200);
}

/* Comes along the corridor, more or less in the robot's lane; many stop somewhere and step aside, some do not. */
static Person towards(double x) {
  const Point at = {x + between(1500, 4000), between(-500, 500)};
  const double aim = atan2(between(-300, 300) - at.y, -3000);
  return (Person){.at = at,
                  .triggerMm = between(1000, 6000),
                  .first = heading(pace(), aim),
                  .walkMs = (int)(uniform() < 0.4 ? 60000 : between(300, 3000)),
                  .pauseMs = (int)between(200, 3000),
                  .second = uniform() < 0.3 ? heading(pace(), aim) : heading(pace(), sign() * M_PI / 2)};
}

/* Crosses the lane, some pausing in it. */
static Person crossing(double x) {
  const double side = sign();
  const Point at = {x, side * between(800, 1700)};
  const double angle = -side * between(M_PI / 4, 3 * M_PI / 4);
  return (Person){.at = at,
                  .triggerMm = between(600, 4000),
                  .first = heading(pace(), angle),
                  .walkMs = (int)(uniform() < 0.5 ? 60000 : between(300, 2000)),
                  .pauseMs = (int)between(200, 4000),
                  .second = heading(pace(), angle)};
}

/* Stands in the lane or beside it and leaves after a while; some walk up to the robot instead. */
static Person standing(double x) {
  const double side = sign();
  return (Person){.at = {x, side * between(0, 1000)},
                  .triggerMm = between(500, 5000),
                  .walkMs = 0,
                  .pauseMs = (int)between(2000, 9000),
                  .second = uniform() < 0.2 ? heading(pace(), M_PI) : heading(pace(), side * M_PI / 2)};
}

/* Steps out from behind a pillar, at any distance. */
static Person hidden(const Pillar *pillar) {
  const double side = pillar->y < 0 ? -1 : 1;
  const Point at = {pillar->x + pillar->halfMm + between(230, 500), pillar->y + side * between(0, 250)};
  return (Person){.at = at,
                  .triggerMm = between(500, 3000),
                  .first = heading(pace(), -side * between(M_PI / 3, 0.9 * M_PI)),
                  .walkMs = (int)(uniform() < 0.6 ? 60000 : between(200, 1500)),
                  .pauseMs = (int)between(200, 4000),
                  .second = heading(pace(), side * M_PI / 2)};
}

void world_draw(World *world) {
  for (int at = 0; at < PILLARS; at++) {
    world->pillars[at] = (Pillar){between(2000, 10000), sign() * between(550, 1000), between(150, 250)};
  }
  for (int at = 0; at < PEOPLE; at++) {
    const double kind = uniform();
    const double x = between(2500, 11000);
    Person person = kind < 0.3    ? hidden(&world->pillars[at % PILLARS])
                    : kind < 0.55 ? towards(x)
                    : kind < 0.8  ? crossing(x)
                                  : standing(x);
    person.there = uniform() < 0.7;
    person.sinceMs = -1;
    world->people[at] = person;
  }
}

static void walk(Person *person, int now_ms) {
  const int since = person->sinceMs++;
  const bool first = since < person->walkMs;
  const bool second = since >= person->walkMs + person->pauseMs;
  if (since == 0 || since == person->walkMs || since == person->walkMs + person->pauseMs) person->phaseBeganMs = now_ms;
  const Point velocity = first ? person->first : second ? person->second : (Point){0, 0};
  person->at.x += velocity.x;
  person->at.y += velocity.y;
  if (fabs(person->at.y) > 2500) person->there = false;
}

void world_step(World *world, double robot_x, int now_ms) {
  for (int at = 0; at < PEOPLE; at++) {
    Person *const person = &world->people[at];
    if (!person->there) continue;
    if (person->sinceMs < 0 && person->at.x - robot_x < person->triggerMm) person->sinceMs = 0;
    if (person->sinceMs >= 0) walk(person, now_ms);
  }
}

/* Slab method. */
static double to_pillar(const Pillar *pillar, Point origin, double dx, double dy) {
  const double x1 = (pillar->x - pillar->halfMm - origin.x) / dx, x2 = (pillar->x + pillar->halfMm - origin.x) / dx;
  const double y1 = (pillar->y - pillar->halfMm - origin.y) / dy, y2 = (pillar->y + pillar->halfMm - origin.y) / dy;
  const double enter = fmax(fmin(x1, x2), fmin(y1, y2));
  const double leave = fmin(fmax(x1, x2), fmax(y1, y2));
  return leave >= enter && enter >= 0 ? enter : INFINITY;
}

static double to_disc(Point centre, Point origin, double dx, double dy) {
  const double x = centre.x - origin.x, y = centre.y - origin.y;
  const double along = x * dx + y * dy;
  const double gap = x * x + y * y - PERSON_RADIUS * PERSON_RADIUS;
  if (gap <= 0) return 0;
  const double chord = along * along - gap;
  return along < 0 || chord < 0 ? INFINITY : along - sqrt(chord);
}

double cast(const World *world, const Point *discs, const bool *there, Point origin, double angle) {
  const double dx = cos(angle), dy = sin(angle);
  double nearest = fmin((END_WALL_X - origin.x) / dx, (SIDE_WALL_Y - fabs(origin.y)) / fabs(dy));
  for (int at = 0; at < PILLARS; at++) nearest = fmin(nearest, to_pillar(&world->pillars[at], origin, dx, dy));
  for (int at = 0; at < PEOPLE; at++) {
    if (there[at]) nearest = fmin(nearest, to_disc(discs[at], origin, dx, dy));
  }
  return nearest;
}

double cast_at(Point disc, Point origin, double angle) {
  return to_disc(disc, origin, cos(angle), sin(angle));
}
