#include "../../../../firmware-bridge/firmware/safety/ranging.h"
#include "check.h"

static RangeSensor sensor;

static void feed(uint16_t cm, uint16_t strength, bool damaged) {
  uint8_t frame[9] = {0x59, 0x59, (uint8_t)cm, (uint8_t)(cm >> 8), (uint8_t)strength, (uint8_t)(strength >> 8), 0x90, 0x08, 0};
  for (unsigned at = 0; at < 8; at++) frame[8] = (uint8_t)(frame[8] + frame[at]);
  if (damaged) frame[8] ^= 1;
  for (unsigned at = 0; at < 9; at++) range_sensor_feed(&sensor, frame[at]);
}

static void wait(unsigned ms) {
  for (unsigned at = 0; at < ms; at++) range_sensor_tick(&sensor);
}

static void reads_distances(void) {
  range_sensor_init(&sensor);
  CHECK(range_sensor_failed(&sensor) && sensor.distanceMm == 65535);
  feed(87, 500, false);
  CHECK(sensor.distanceMm == 870 && !range_sensor_failed(&sensor));
  feed(1, 100, false);
  CHECK(sensor.distanceMm == 10);
  feed(1199, 65534, false);
  CHECK(sensor.distanceMm == 11990);
}

/* 1200 with a sound echo is what the part says when nothing is within 12 m. */
static void says_that_nothing_is_there(void) {
  range_sensor_init(&sensor);
  feed(1200, 100, false);
  CHECK(sensor.distanceMm == 65535 && !range_sensor_failed(&sensor));
}

/* Too weak, blinded, no distance, beyond 12 m (the part's codes for errors lie there too): not to be believed, so no frame at all. */
static void does_not_believe_everything(void) {
  static const struct {
    uint16_t cm, strength;
  } frames[] = {{50, 99}, {50, 0}, {50, 65535}, {1200, 99}, {0, 500}, {1201, 500}, {65535, 500}, {65534, 65535}, {65532, 500}};
  for (unsigned at = 0; at < COUNT(frames); at++) {
    range_sensor_init(&sensor);
    feed(87, 500, false);
    for (unsigned ms = 0; ms < 20; ms++) {
      if (ms % 10 == 9) feed(frames[at].cm, frames[at].strength, false);
      wait(1);
      CHECK(sensor.distanceMm == 870 && !range_sensor_failed(&sensor));
    }
    feed(frames[at].cm, frames[at].strength, false);
    wait(1);
    CHECK(sensor.distanceMm == 65535 && range_sensor_failed(&sensor));
    feed(88, 500, false);
    CHECK(sensor.distanceMm == 880 && !range_sensor_failed(&sensor));
  }
}

static void one_lost_frame_is_no_failure(void) {
  range_sensor_init(&sensor);
  for (unsigned ms = 0; ms < 200; ms++) {
    if (ms % 20 == 0) feed(87, 500, false);
    if (ms % 20 == 10) feed(87, 500, true);
    wait(1);
    CHECK(!range_sensor_failed(&sensor));
  }
}

static void age_saturates(void) {
  range_sensor_init(&sensor);
  feed(87, 500, false);
  wait(256 + 10);
  CHECK(range_sensor_failed(&sensor) && sensor.ageMs == 255);
}

static void offsets(void) {
  CHECK(range_with_offset(500, 30) == 530);
  CHECK(range_with_offset(500, -30) == 470);
  CHECK(range_with_offset(30, -30) == 0);
  CHECK(range_with_offset(31, -30) == 1);
  CHECK(range_with_offset(10, -200) == 0);
  CHECK(range_with_offset(65535, -200) == 65535);
}

static void falls_silent_after_20_ms(void) {
  range_sensor_init(&sensor);
  feed(87, 500, false);
  wait(20);
  CHECK(!range_sensor_failed(&sensor));
  feed(88, 500, true);
  wait(1);
  CHECK(range_sensor_failed(&sensor) && sensor.distanceMm == 65535);
}

static void finds_the_frame_again(void) {
  range_sensor_init(&sensor);
  range_sensor_feed(&sensor, 0x12);
  range_sensor_feed(&sensor, 0x59);
  range_sensor_feed(&sensor, 0x13);
  feed(87, 500, false);
  CHECK(sensor.distanceMm == 870);
}

/* A false head inside the stream costs frames, but never a wrong distance and never for long. */
static void resynchronises(void) {
  range_sensor_init(&sensor);
  range_sensor_feed(&sensor, 0x59);
  range_sensor_feed(&sensor, 0x59);
  range_sensor_feed(&sensor, 0x01);
  for (unsigned at = 0; at < 4 && range_sensor_failed(&sensor); at++) feed(87, 500, false);
  CHECK(sensor.distanceMm == 870);
}

static double power(double base, unsigned exponent) {
  double product = 1;
  for (unsigned at = 0; at < exponent; at++) product *= base;
  return product;
}

/* The sensor's own curve: 2.3 V at 10 cm, 1.3 V at 20 cm, 0.9 V at 30 cm, 0.4 V at 80 cm (data sheet, by eye 15 %). */
static void infrared_curve(void) {
  static const struct {
    double volts;
    unsigned mm;
  } points[] = {{2.3, 100}, {1.3, 200}, {0.9, 300}, {0.6, 500}, {0.42, 760}};
  for (unsigned at = 0; at < COUNT(points); at++) {
    const unsigned mm = infrared_mm((uint16_t)(points[at].volts / 5.0 * 1024.0));
    CHECK(mm > points[at].mm * 85 / 100 && mm < points[at].mm * 115 / 100);
  }
  /* On the fit 10 * 27.86 * V^-1.15 itself: 96 of 1024 are 0.469 V and 666 mm; half-way to 478 mm at 128 it is a line. */
  for (uint16_t node = 96; node <= 640; node = (uint16_t)(node + 32)) {
    const double mm = infrared_mm(node);
    const double fit = power(node * 5.0 / 1024.0, 23);
    CHECK(power((mm - 0.5) / 278.6, 20) * fit < 1 && power((mm + 0.5) / 278.6, 20) * fit > 1);
  }
  /* 64 and 672 of 1024, where only lines begin, are 0.3125 V and 1061 mm, 3.281 V and 71 mm. */
  CHECK(infrared_mm(82) == 839);
  CHECK(infrared_mm(648) == 74);
  CHECK(infrared_mm(112) == 572);
  CHECK(infrared_mm(127) == 484);
  CHECK(infrared_mm(128) == 478);
  CHECK(infrared_mm(640) == 75);
  CHECK(infrared_mm(655) == 74);
  unsigned before = 65535;
  for (uint16_t reading = 82; reading <= 655; reading++) {
    const unsigned mm = infrared_mm(reading);
    const double volts = reading * 5.0 / 1024.0;
    CHECK(mm <= before && mm >= 71);
    /* (mm / 278.6)^20 * V^23 is 1 on the fit; 3 % beside it is 1.806 or its inverse. */
    const double beside = power(mm / 278.6, 20) * power(volts, 23);
    CHECK(reading < 96 || (beside > 1 / 1.806 && beside < 1.806));
    before = mm;
  }
}

/* 0.1 V and 3.2 V: the part gives neither less nor more, a broken or shorted wire does. 0.4 V is its 80 cm. */
static void infrared_limits(void) {
  CHECK(infrared_mm(0) == 0);
  CHECK(infrared_mm(19) == 0);
  CHECK(infrared_mm(20) == 65535);
  CHECK(infrared_mm(81) == 65535);
  CHECK(infrared_mm(82) > 750 && infrared_mm(82) < 1000);
  CHECK(infrared_mm(656) == 0);
  CHECK(infrared_mm(1023) == 0);
}

static void battery(void) {
  /* 24 V / 7.8 = 3.077 V = 630 of 1024. */
  CHECK(battery_mv(630) > 23900 && battery_mv(630) < 24100);
  CHECK(battery_mv(0) == 0);
  CHECK(battery_mv(1023) == 38961);
}

const Test ranging_tests[] = {{"reads distances", reads_distances},
                              {"nothing within 12 m is a sound reading", says_that_nothing_is_there},
                              {"what cannot be believed is no reading", does_not_believe_everything},
                              {"one lost frame is no failure", one_lost_frame_is_no_failure},
                              {"the age saturates", age_saturates},
                              {"offsets", offsets},
                              {"a silent sensor has failed after 20 ms", falls_silent_after_20_ms},
                              {"skips noise before a frame", finds_the_frame_again},
                              {"resynchronises", resynchronises},
                              {"infrared curve", infrared_curve},
                              {"a broken infrared wire is an obstacle", infrared_limits},
                              {"battery divider", battery}};
SUITE(ranging);
