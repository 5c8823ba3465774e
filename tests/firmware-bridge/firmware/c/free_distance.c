#include "../../../../firmware-bridge/firmware/safety/free_distance.h"
#include "check.h"

static FreeDistance way;
static Inputs in;
static ConfigureMessage unit;
static uint32_t seed;

/* Braking of 700 mm/s2 after 90 ms, margin of 500 mm: the simulated robot. The front sensors' response adds 32 ms, the rear one's 69. */
static void reset(void) {
  in = healthy();
  in.frontLeftMm = 5000;
  in.frontRightMm = 5000;
  unit = calibration();
  unit.brakingMmS2 = 700;
  unit.brakingDelayMs = 90;
  free_distance_init(&way);
}

static void step(int16_t speed, unsigned ms) {
  for (unsigned at = 0; at < ms; at++) free_distance_step(&way, &in, speed, speed, &unit);
}

static uint16_t ahead(void) {
  return free_distance_cap(&way, 300, 300);
}

static uint16_t behind(void) {
  return free_distance_cap(&way, -300, -300);
}

/* Both sensors read `mm` for one frame. */
static void frame(unsigned mm, int16_t speed) {
  in.frontLeftMm = (uint16_t)mm;
  in.frontRightMm = (uint16_t)mm;
  step(speed, 10);
}

/* Within +-10 mm, then to whole centimetres, as a TFmini does. */
static unsigned noisy(double mm) {
  seed = seed * 1664525u + 1013904223u;
  const double jitter = (double)(seed >> 16) / 65535.0 * 20.0 - 10.0;
  return (unsigned)((mm + jitter) / 10.0 + 0.5) * 10u;
}

/* The way that robot and walker need until the robot stands, in mm. */
static double needed(double speed, double closing, double response_ms, double braking) {
  const double seconds = response_ms / 1000.0;
  return speed * seconds + speed * speed / (2 * braking) + closing * (seconds + speed / braking);
}

static void roots(void) {
  static const uint32_t squares[] = {0, 1, 2, 3, 4, 8, 9, 15, 16, 1000000, 4294836225u - 1u, 4294836225u, 4294967295u};
  static const uint16_t expected[] = {0, 1, 1, 1, 2, 2, 3, 3, 4, 1000, 65534, 65535, 65535};
  for (unsigned at = 0; at < COUNT(squares); at++) CHECK(square_root(squares[at]) == expected[at]);
  for (uint32_t root = 1; root <= 65535; root += 7) {
    CHECK(square_root(root * root) == root);
    CHECK(square_root(root * root - 1) == root - 1);
  }
}

/* 0.5 m/s, 90 ms, 0.5 m/s2: 45 + 250 mm; 0.3 m/s: 27 + 90 mm. */
static void worked_examples(void) {
  CHECK(free_distance_speed(295, 0, 90, 500) == 500);
  CHECK(free_distance_speed(294, 0, 90, 500) == 499);
  CHECK(free_distance_speed(117, 0, 90, 500) == 300);
  CHECK(free_distance_speed(116, 0, 90, 500) == 298);
  CHECK(free_distance_speed(0, 0, 90, 500) == 0);
  CHECK(free_distance_speed(0, 1600, 90, 500) == 0);
  CHECK(free_distance_speed(2000, 0, 90, 500) == 600);
  /* A walker makes 144 mm in 90 ms. */
  CHECK(free_distance_speed(144, 1600, 90, 500) == 0);
  CHECK(free_distance_speed(150, 1600, 90, 500) == 1);
}

/* Never too fast by a millimetre, and not more than 2 mm/s too slow. */
static void formula(void) {
  static const uint16_t brakings[] = {100, 499, 700, 5000}, responses[] = {10, 122, 560}, closings[] = {0, 356, 1600};
  for (unsigned a = 0; a < COUNT(brakings); a++) {
    for (unsigned t = 0; t < COUNT(responses); t++) {
      for (unsigned k = 0; k < COUNT(closings); k++) {
        for (uint16_t mm = 0; mm <= 12000; mm = (uint16_t)(mm + 37)) {
          const uint16_t speed = free_distance_speed(mm, closings[k], responses[t], brakings[a]);
          CHECK(speed <= 600);
          CHECK(speed == 0 || needed(speed, closings[k], responses[t], brakings[a]) <= mm);
          CHECK(speed == 600 || needed(speed + 2.1, closings[k], responses[t], brakings[a]) > mm);
        }
      }
    }
  }
}

static void nothing_seen_yet(void) {
  reset();
  CHECK(ahead() == 0 && behind() == 0);
  CHECK(free_distance_cap(&way, 300, -300) == 600);
  CHECK(!free_distance_frozen(&way));
}

/* Rear, left and right in the seventh, eighth and ninth of ten ticks. */
static void one_sensor_a_tick(void) {
  reset();
  step(0, 6);
  CHECK(way.rearCapMmS == 0);
  step(0, 1);
  CHECK(way.rearCapMmS > 0 && way.left.capMmS == 0);
  step(0, 1);
  CHECK(way.left.capMmS > 0 && way.right.capMmS == 0);
  step(0, 1);
  CHECK(way.right.capMmS > 0);
  in.frontLeftMm = 500;
  step(0, 8);
  CHECK(way.left.capMmS > 0 && way.left.known == 1);
  step(0, 1);
  CHECK(way.left.capMmS == 0);
  step(0, 100);
  CHECK(way.left.known == 10);
}

/* Nine readings are too few, ten are enough. */
static void unknown_counts_as_walking(void) {
  reset();
  for (unsigned at = 0; at < 9; at++) {
    frame(1000, 0);
    /* 32 ms and 90 ms, 500 mm behind the margin: sqrt(1685.4^2 + 1400 * (500 - 195.2)) - 1685.4 */
    CHECK(ahead() >= 121 && ahead() <= 122);
  }
  frame(1000, 0);
  CHECK(ahead() == 600);
  /* Exactly: sqrt(86^2 + 1600^2 + 1400 * 470) - 86 - 1600 = 109.9, and 110.05 with a walker 1 mm/s slower. */
  reset();
  frame(970, 0);
  CHECK(ahead() == 109);
}

/* Someone steps in 101 mm nearer than the wall: walking. 100 mm may be noise. The same for a thing that is gone. */
static void jumps(void) {
  static const struct {
    unsigned mm;
    bool walking;
  } to[] = {{900, false}, {899, true}, {1100, false}, {1101, true}};
  for (unsigned at = 0; at < COUNT(to); at++) {
    reset();
    for (unsigned frames = 0; frames < 15; frames++) frame(1000, 0);
    CHECK(way.left.known == 10);
    frame(to[at].mm, 0);
    CHECK((way.left.known == 1) == to[at].walking);
    CHECK((ahead() < 200) == to[at].walking);
  }
}

static void jump_is_seen_in_the_next_period(void) {
  reset();
  for (unsigned frames = 0; frames < 30; frames++) frame(3000, 0);
  CHECK(ahead() == 600);
  in.frontRightMm = 800;
  step(0, 10);
  /* 300 mm behind the margin: sqrt(1685.4^2 + 1400 * (300 - 195.2)) - 1685.4 */
  CHECK(ahead() >= 41 && ahead() <= 43);
}

/* Sum of the five older readings minus that of the five newer: 4 mm/s a millimetre. */
static uint16_t closing_cap(unsigned nearer_mm) {
  reset();
  unit.marginMm = 150;
  for (unsigned frames = 0; frames < 12; frames++) frame(650, 0);
  for (unsigned left = 5; left > 0; left--) {
    const unsigned part = nearer_mm / 5 + (left <= nearer_mm % 5);
    frame(650 - part, 0);
  }
  return ahead();
}

static void dead_band_and_clamp(void) {
  /* 88 and 89 mm are 17 or 18 mm a reading. */
  CHECK(closing_cap(88) == free_distance_speed(482, 0, 122, 700));
  CHECK(closing_cap(89) == free_distance_speed(482, 356, 122, 700));
  CHECK(closing_cap(399) == free_distance_speed(420, 1596, 122, 700));
  CHECK(closing_cap(400) == free_distance_speed(420, 1600, 122, 700));
  CHECK(closing_cap(480) == free_distance_speed(404, 1600, 122, 700));
}

/* Towards a standing wall, from 2 m to the margin: the wall never seems to come. */
static void wall_stands(void) {
  for (seed = 1; seed < 4000000000u && seed < 40; seed++) {
    const uint32_t run_seed = seed;
    reset();
    double mm = 2500;
    unsigned frames = 0;
    for (; mm > 520; frames++, mm -= 4.0) {
      frame(noisy(mm), 400);
      if (frames < 12) continue;
      const uint16_t left = free_distance_speed((uint16_t)(way.left.seenMm > 500 ? way.left.seenMm - 500 : 0), 0, 122, 700);
      CHECK(way.left.capMmS == left);
    }
    seed = run_seed;
  }
}

/* A person who stood 2 m ahead walks up at 1.6 m/s: known as nearly that fast after 100 ms, whether the robot drives or not. */
static void walker_is_known_in_100_ms(void) {
  for (int16_t speed = 0; speed <= 400; speed = (int16_t)(speed + 400)) {
    reset();
    double mm = 2600;
    seed = 7;
    for (unsigned frames = 0; frames < 30; frames++, mm -= speed / 100.0) frame(noisy(mm), speed);
    CHECK(ahead() == 600);
    for (unsigned frames = 0; frames < 10; frames++) {
      mm -= 16 + speed / 100.0;
      frame(noisy(mm), speed);
    }
    CHECK(ahead() <= free_distance_speed((uint16_t)(mm - 500 + 20), 1300, 122, 700));
  }
}

static void walking_away_is_free(void) {
  reset();
  for (unsigned frames = 0; frames < 40; frames++) frame(1000 + frames * 12, 0);
  CHECK(ahead() == 600);
}

static void failed_sensor_leaves_no_way(void) {
  reset();
  for (unsigned frames = 0; frames < 20; frames++) frame(5000, 0);
  CHECK(ahead() == 600);
  unit.marginMm = 0;
  in.frontFailed = true;
  step(0, 200);
  CHECK(ahead() == 0);
  in.frontFailed = false;
  step(0, 12);
  CHECK(ahead() > 0);
}

static void offsets_move_the_readings(void) {
  reset();
  unit.frontLeftOffsetMm = -20;
  unit.frontRightOffsetMm = 30;
  for (unsigned frames = 0; frames < 20; frames++) frame(600, 0);
  CHECK(way.left.capMmS == free_distance_speed(80, 0, 122, 700));
  CHECK(way.right.capMmS == free_distance_speed(130, 0, 122, 700));
  CHECK(ahead() == way.left.capMmS);
  unit.frontRightOffsetMm = -30;
  frame(600, 0);
  frame(600, 0);
  CHECK(ahead() == way.right.capMmS);
}

/* Nothing within 12 m is 12 m: with the weakest brakes a walker could still be that far. */
static void nothing_is_12_m(void) {
  reset();
  unit.brakingMmS2 = 100;
  unit.brakingDelayMs = 500;
  frame(65535, 0);
  /* sqrt(1653.2^2 + 200 * (11500 - 851.2)) - 1653.2 = 552 */
  CHECK(ahead() >= 550 && ahead() <= 552);
  CHECK(way.left.seenMm == 12000);
}

/* 300 mm beyond the margin stand: sqrt(111.3^2 + 1400 * 300) - 111.3 = 546; but a walker 700 mm beyond the blind zone allows
   sqrt(1711.3^2 + 1400 * (700 - 254.4)) - 1711.3 = 173. */
static void rear_allows_what_800_mm_allow(void) {
  static const struct {
    uint16_t rear, from, to;
  } cases[] = {{65535, 171, 173}, {801, 171, 173}, {800, 171, 173}, {799, 170, 172},
               {510, 50, 50} /* sqrt(111.3^2 + 1400 * 10) - 111.3 */, {505, 26, 28}, {500, 0, 0}, {0, 0, 0}};
  for (unsigned at = 0; at < COUNT(cases); at++) {
    reset();
    in.rearMm = cases[at].rear;
    step(0, 10);
    CHECK(behind() >= cases[at].from && behind() <= cases[at].to);
  }
  /* Exactly: 2050 mm/s2 without delay, sqrt(142^2 + 1600^2 + 4100 * 700) - 142 - 1600 = 592.5; a millimetre makes 0.9 mm/s. */
  static const struct {
    uint16_t rear, speed;
  } exact[] = {{799, 591}, {800, 592}, {801, 592}, {65535, 592}};
  for (unsigned at = 0; at < COUNT(exact); at++) {
    reset();
    unit.marginMm = 150;
    unit.brakingMmS2 = 2050;
    unit.brakingDelayMs = 0;
    in.rearMm = exact[at].rear;
    step(0, 10);
    CHECK(behind() == exact[at].speed);
  }
  /* With no margin to speak of, the blind zone of 100 mm stays: 355 mm are what a walker makes in 159 ms, and 100. */
  reset();
  unit.marginMm = 150;
  in.rearMm = 354;
  step(0, 10);
  CHECK(behind() == 0);
  in.rearMm = 359;
  step(0, 10);
  CHECK(behind() > 0 && behind() < 5);
}

static void direction(void) {
  reset();
  for (unsigned frames = 0; frames < 20; frames++) frame(700, 0);
  in.rearMm = 700;
  step(0, 20);
  const uint16_t front = free_distance_speed(200, 0, 122, 700);
  CHECK(ahead() == front && front < 600);
  CHECK(free_distance_cap(&way, 6, 5) == front);
  CHECK(free_distance_cap(&way, 5, 5) == 600);
  CHECK(free_distance_cap(&way, -5, -5) == 600);
  CHECK(free_distance_cap(&way, -6, -5) == behind() && behind() < 600);
  CHECK(free_distance_cap(&way, 400, -100) == front);
}

/* 200 mm/s are 2 mm in 10 ms; counted once in that time, nothing lost. */
static void travel_is_counted(void) {
  reset();
  step(200, 5);
  CHECK(way.travelMm == 0);
  step(200, 1);
  CHECK(way.travelMm == 1);
  step(200, 9);
  CHECK(way.travelMm == 1);
  step(200, 1);
  CHECK(way.travelMm == 3);
  /* 1.2, -0.8 and -2.8 mm, rounded towards zero from where it was. */
  step(-200, 10);
  CHECK(way.travelMm == 2);
  step(-200, 10);
  CHECK(way.travelMm == 0);
  step(-200, 10);
  CHECK(way.travelMm == 65534);
  reset();
  for (unsigned at = 0; at < 1006; at++) free_distance_step(&way, &in, 301, 0, &unit);
  CHECK(way.travelMm == 151);
  reset();
  for (unsigned at = 0; at < 1006; at++) free_distance_step(&way, &in, 0, -301, &unit);
  CHECK(way.travelMm == 65536 - 151);
}

static void frozen_reading(void) {
  reset();
  step(0, 10);
  step(100, 2996);
  CHECK(way.travelMm == 299 && !free_distance_frozen(&way));
  step(100, 10);
  CHECK(way.travelMm == 300 && !free_distance_frozen(&way));
  step(100, 10);
  CHECK(way.travelMm == 301 && free_distance_frozen(&way));
  in.frontLeftMm += 10;
  step(200, 10);
  CHECK(free_distance_frozen(&way)); /* the other one still is */
  in.frontRightMm -= 10;
  step(200, 10);
  CHECK(!free_distance_frozen(&way));
  step(200, 1600);
  CHECK(free_distance_frozen(&way));
  in.frontRightMm -= 10;
  step(200, 10);
  CHECK(free_distance_frozen(&way)); /* now the left one */
  /* Open space has no changing number. */
  in.frontLeftMm = 65535;
  in.frontRightMm = 65535;
  step(200, 5000);
  CHECK(!free_distance_frozen(&way));
}

const Test free_distance_tests[] = {{"square roots", roots},
                                    {"worked examples of the formula", worked_examples},
                                    {"the formula is never too fast, and hardly too slow", formula},
                                    {"no way before a sensor has spoken", nothing_seen_yet},
                                    {"one sensor a tick", one_sensor_a_tick},
                                    {"what is not known yet may walk", unknown_counts_as_walking},
                                    {"what jumps may walk", jumps},
                                    {"a jump acts within a period", jump_is_seen_in_the_next_period},
                                    {"dead band and clamp of the closing speed", dead_band_and_clamp},
                                    {"a wall stands, whatever the noise", wall_stands},
                                    {"a walker is known within 100 ms", walker_is_known_in_100_ms},
                                    {"who walks away leaves the way free", walking_away_is_free},
                                    {"a failed sensor leaves no way", failed_sensor_leaves_no_way},
                                    {"offsets move the readings", offsets_move_the_readings},
                                    {"nothing seen is 12 m", nothing_is_12_m},
                                    {"backwards: what 800 mm allow", rear_allows_what_800_mm_allow},
                                    {"each direction has its own cap", direction},
                                    {"own travel", travel_is_counted},
                                    {"a reading that never changes while driving is frozen", frozen_reading}};
SUITE(free_distance);
