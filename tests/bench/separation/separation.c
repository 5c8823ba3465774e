/*
 * separation <seed> <scenarios> <margin mm> <top mm/s> <capped|uncapped> [stop]: runs the scenarios seed, seed + 1, … and prints
 * what came of them as JSON; with `stop` it ends at the first violation.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "judge.h"

/* Share of the runs in which one sensor fails. */
#define FAILING 0.2
#define AFTER_FAILURE_MS 1500
/* 1.6 and 0.6 m/s for KEPT ms, and both bodies. */
#define NEAR_MM 2800

static Record record;

typedef struct {
  unsigned long counts[VERDICTS];
  double metres, seconds;
  unsigned failed;
} Tally;

/* Nearer than both can come together in KEPT ms. */
static bool somebody_near(const Robot *robot, const World *world) {
  for (int at = 0; at < PEOPLE; at++) {
    const Person *const person = &world->people[at];
    if (person->there && hypot(person->at.x - robot->x, person->at.y) < NEAR_MM) return true;
  }
  return false;
}

static void keep(const Robot *robot, const World *world, int at_ms) {
  if (somebody_near(robot, world)) record.robots[at_ms % KEPT] = *robot;
  record.robotX[at_ms] = robot->x;
  record.speed[at_ms] = robot->speed;
  for (int at = 0; at < PEOPLE; at++) {
    record.people[at][at_ms] = world->people[at].at;
    record.there[at][at_ms] = world->people[at].there;
    record.phaseBeganMs[at][at_ms] = world->people[at].phaseBeganMs;
  }
}

static int touched(const Robot *robot, const World *world) {
  for (int at = 0; at < PEOPLE; at++) {
    const Person *const person = &world->people[at];
    if (person->there && hypot(person->at.x - robot->x, person->at.y) < TOUCHING) return at;
  }
  return -1;
}

static void draw_failure(Robot *robot) {
  if (uniform() >= FAILING) return;
  robot->failure = (Failure)(1 + (int)(uniform() * (FAILURES - 1)));
  robot->failingBeam = uniform() < 0.5 ? 0 : 1;
  robot->failsAtMs = (int)between(500, 12000);
}

/* A failed sensor has stopped the robot for good. */
static bool given_up(const Robot *robot, int at_ms) {
  return robot->failure != SOUND && at_ms > robot->failsAtMs + AFTER_FAILURE_MS && robot->speed == 0 &&
         supervisor_stop_cause(&robot->supervisor) == STOP_CAUSE_RANGE_SENSOR_FAILED;
}

static Verdict scenario(uint64_t seed, const Rules *rules, Tally *tally) {
  static World world;
  static Robot robot;
  seed_random(seed);
  world_draw(&world);
  robot_start(&robot, &world, rules);
  draw_failure(&robot);
  tally->failed += robot.failure != SOUND;
  Verdict verdict = NO_CONTACT;
  int at = 0;
  for (; at < RUN_MS && robot.x < COURSE_MM && verdict == NO_CONTACT && !given_up(&robot, at); at++) {
    world_step(&world, robot.x, at);
    robot_step(&robot, &world, rules->topMmS);
    keep(&robot, &world, at);
    const int person = touched(&robot, &world);
    if (person >= 0) verdict = judge(&record, &world, &robot, person, at);
  }
  tally->metres += robot.x / 1000;
  tally->seconds += at / 1000.0;
  return verdict;
}

int main(int count, char **words) {
  if (count < 6) return 2;
  const uint64_t seed = strtoull(words[1], NULL, 10), scenarios = strtoull(words[2], NULL, 10);
  const int margin = atoi(words[3]);
  const Braking measured = robot_measure();
  const Rules rules = {measured, (uint16_t)margin, (uint16_t)(margin + 200), (int16_t)atoi(words[4]), strcmp(words[5], "capped") == 0};
  const bool stop = count > 6 && strcmp(words[6], "stop") == 0;
  Tally tally = {0};
  uint64_t first = 0;
  for (uint64_t at = 0; at < scenarios && !(stop && tally.counts[VIOLATION] > 0); at++) {
    const Verdict verdict = scenario(seed + at, &rules, &tally);
    if (verdict == VIOLATION && tally.counts[VIOLATION] == 0) first = seed + at;
    tally.counts[verdict]++;
  }
  static const char *const names[VERDICTS] = {"noContact",    "stood",        "unavoidable", "outsideAhead",
                                              "outsideFlank", "frozenSensor", "violations"};
  printf("{");
  for (int at = 0; at < VERDICTS; at++) printf("\"%s\":%lu,", names[at], tally.counts[at]);
  printf("\"firstViolation\":%llu,\"metres\":%.3f,\"seconds\":%.3f,\"failing\":%u,\"brakingMmS2\":%.1f,\"brakingDelayMs\":%.1f}\n",
         (unsigned long long)first, tally.metres, tally.seconds, tally.failed, measured.mmS2, measured.delayMs);
  return 0;
}
