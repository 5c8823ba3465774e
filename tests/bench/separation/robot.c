#include "robot.h"
#include <math.h>

/* As mounted on the simulated robot: x, y and direction of view; the TFmini sees 2.3 degrees. */
static const Point mounts[BEAMS] = {{200, 120}, {200, -120}};
static const double leans[BEAMS] = {4, -4};
#define HALF_VIEW 1.15
#define DEGREE (M_PI / 180)
#define RANGE_MM 12000.0
#define SPRING_BRAKE_MM_S2 2500.0
#define STILL_MM_S 0.5
#define LAG_MS 80
#define TOP_MM_S 800.0
#define PULSES_PER_METRE 1910

static bool capped;
uint16_t __real_free_distance_cap(const FreeDistance *, int16_t, int16_t);
uint16_t __wrap_free_distance_cap(const FreeDistance *, int16_t, int16_t);
/* The linker puts this between drive.c and free_distance.c: the only way to take the cap out of the firmware's own code. */
uint16_t __wrap_free_distance_cap(const FreeDistance *free, int16_t left, int16_t right) {
  return capped ? __real_free_distance_cap(free, left, right) : SPEED_LIMIT_MM_S;
}

Point beam_origin(double robot_x, int beam) {
  return (Point){robot_x + mounts[beam].x, mounts[beam].y};
}

double ray_angle(int beam, int ray) {
  return (leans[beam] + (ray - 1) * HALF_VIEW) * DEGREE;
}

static double nearest(const Robot *robot, const World *world, int beam) {
  Point discs[PEOPLE];
  bool there[PEOPLE];
  for (int at = 0; at < PEOPLE; at++) {
    discs[at] = world->people[at].at;
    there[at] = world->people[at].there;
  }
  double mm = INFINITY;
  for (int ray = 0; ray < RAYS; ray++) mm = fmin(mm, cast(world, discs, there, beam_origin(robot->x, beam), ray_angle(beam, ray)));
  return mm;
}

static void put(uint8_t *frame, uint16_t cm, uint16_t strength) {
  const uint8_t bytes[8] = {0x59, 0x59, (uint8_t)cm, (uint8_t)(cm >> 8), (uint8_t)strength, (uint8_t)(strength >> 8), 0xC8, 0x08};
  frame[8] = 0;
  for (int at = 0; at < 8; at++) frame[8] = (uint8_t)(frame[8] + (frame[at] = bytes[at]));
}

/* Noise of 5 mm standard deviation, at most 15, and whole centimetres. */
static uint16_t measured_cm(const Robot *robot, const World *world, int beam) {
  const double mm = nearest(robot, world, beam);
  const double noise = (uniform() + uniform() + uniform() - 1.5) * 10;
  if (mm > RANGE_MM) return 1200;
  return (uint16_t)fmin(1200, fmax(1, round((mm + robot->beams[beam].biasMm + noise) / 10)));
}

static void send(Robot *robot, const World *world, int index) {
  Beam *const beam = &robot->beams[index];
  const bool failing = index == robot->failingBeam && robot->nowMs >= robot->failsAtMs;
  const Failure failure = failing ? robot->failure : SOUND;
  const uint16_t cm = measured_cm(robot, world, index);
  if (failure != FROZEN) beam->lastCm = cm;
  put(beam->frame, failure == NO_DISTANCE ? 0 : beam->lastCm, failure == WEAK ? 60 : failure == BLINDED ? 0xFFFF : 800);
  if (failure == DAMAGED) beam->frame[8] ^= 0x10;
  beam->underWay = failure != SILENT;
}

static void sense(Robot *robot, const World *world) {
  for (int index = 0; index < BEAMS; index++) {
    Beam *const beam = &robot->beams[index];
    for (int at = 0; beam->underWay && at < 9; at++) range_sensor_feed(&beam->sensor, beam->frame[at]);
    beam->underWay = false;
    range_sensor_tick(&beam->sensor);
    if (robot->nowMs < beam->nextMs) continue;
    beam->nextMs += beam->periodMs;
    send(robot, world, index);
  }
  const RangeSensor *const left = &robot->beams[0].sensor, *const right = &robot->beams[1].sensor;
  robot->in.frontFailed = range_sensor_failed(left) || range_sensor_failed(right);
  robot->in.frontLeftMm = left->distanceMm;
  robot->in.frontRightMm = right->distanceMm;
}

/* Motor, gear and 60 kg of robot as one lag; spring brakes while the bridge is off. */
static void roll(Robot *robot) {
  if (robot->out.motorEnable) {
    const double target = robot->out.leftDuty * TOP_MM_S / FULL_DUTY;
    robot->speed += (target - robot->speed) / LAG_MS;
    if (target == 0 && fabs(robot->speed) < STILL_MM_S) robot->speed = 0;
  } else {
    const double slower = fabs(robot->speed) - SPRING_BRAKE_MM_S2 / 1000;
    robot->speed = slower > 0 ? copysign(slower, robot->speed) : 0;
  }
  robot->x += robot->speed / 1000;
  robot->in.leftPulses = robot->in.rightPulses = (int32_t)floor(robot->x * PULSES_PER_METRE / 1000);
}

static void act(Robot *robot, int16_t mm_s) {
  Supervisor *const supervisor = &robot->supervisor;
  if (robot->nowMs % 20 == 0) supervisor_heartbeat(supervisor, &(HeartbeatMessage){(uint32_t)robot->nowMs});
  if (robot->nowMs % 40 == 0) (void)supervisor_drive(supervisor, &(DriveMessage){mm_s, mm_s, 100});
  supervisor_step(supervisor, &robot->in, &robot->out);
  robot->nowMs++;
}

void robot_step(Robot *robot, const World *world, int16_t mm_s) {
  roll(robot);
  sense(robot, world);
  act(robot, mm_s);
}

void robot_brake(Robot *robot) {
  roll(robot);
  (void)supervisor_drive(&robot->supervisor, &(DriveMessage){0, 0, 100});
  act(robot, 0);
}

void robot_start(Robot *robot, const World *world, const Rules *rules) {
  static DispenseHistory history;
  const ConfigureMessage unit = {.pulsesPerMetreLeft = PULSES_PER_METRE,
                                 .pulsesPerMetreRight = PULSES_PER_METRE,
                                 .speedCapMmS = 600,
                                 .marginMm = rules->marginMm,
                                 .resumeMm = rules->resumeMm,
                                 .decelerationMmS2 = 800,
                                 .brakingMmS2 = (uint16_t)rules->braking.mmS2,
                                 .brakingDelayMs = (uint16_t)ceil(rules->braking.delayMs)};
  capped = rules->capped;
  *robot = (Robot){.in = {.leftMm = 65535, .rightMm = 65535, .rearMm = 65535, .batteryMv = 25000}, .nowMs = -400, .failingBeam = -1};
  for (int at = 0; at < BEAMS; at++) {
    Beam *const beam = &robot->beams[at];
    *beam = (Beam){.nextMs = robot->nowMs + between(0, 10), .periodMs = between(9.98, 10.02), .biasMm = between(-10, 10)};
    range_sensor_init(&beam->sensor);
  }
  history = (DispenseHistory){0};
  supervisor_init(&robot->supervisor, STOP_CAUSE_POWER_UP, &history);
  (void)supervisor_configure(&robot->supervisor, &unit);
  while (robot->nowMs < 0) {
    robot->in.releasePressed = robot->nowMs >= -250 && robot->nowMs < -150;
    robot_step(robot, world, 0);
  }
}

/* In an empty corridor. */
static double stopping_way(int16_t from_mm_s, double *speed) {
  static Robot robot;
  const World empty = {.pillars = {{-9000, 9000, 1}, {-9000, 9000, 1}, {-9000, 9000, 1}}};
  const Rules rules = {{0, 1000}, 500, 700, 500, false};
  robot_start(&robot, &empty, &rules);
  while (robot.nowMs < 3000) robot_step(&robot, &empty, from_mm_s);
  const double began = robot.x;
  *speed = robot.speed;
  while (robot.speed > 0) robot_step(&robot, &empty, 0);
  return robot.x - began;
}

#define WAYS 7

Braking robot_measure(void) {
  double speeds[WAYS], seconds[WAYS], sum_v = 0, sum_t = 0, sum_vv = 0, sum_vt = 0;
  for (int at = 0; at < WAYS; at++) {
    seconds[at] = stopping_way((int16_t)(200 + 50 * at), &speeds[at]) / speeds[at];
    sum_v += speeds[at];
    sum_t += seconds[at];
    sum_vv += speeds[at] * speeds[at];
    sum_vt += speeds[at] * seconds[at];
  }
  const double slope = (WAYS * sum_vt - sum_v * sum_t) / (WAYS * sum_vv - sum_v * sum_v);
  double delay = 0;
  for (int at = 0; at < WAYS; at++) delay = fmax(delay, seconds[at] - slope * speeds[at]);
  return (Braking){delay * 1000, 1 / (2 * slope)};
}
