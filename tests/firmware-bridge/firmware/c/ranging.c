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
  CHECK(range_sensor_failed(&sensor));
  feed(87, 500, false);
  CHECK(sensor.distanceMm == 870 && !range_sensor_failed(&sensor));
  feed(1200, 100, false);
  CHECK(sensor.distanceMm == 12000);
  feed(50, 99, false);
  CHECK(sensor.distanceMm == 65535);
  feed(50, 0xFFFF, false);
  CHECK(sensor.distanceMm == 65535);
  feed(0, 500, false);
  CHECK(sensor.distanceMm == 65535);
  feed(0xFFFF, 500, false);
  CHECK(sensor.distanceMm == 65535);
  CHECK(!range_sensor_failed(&sensor));
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

/* The sensor's own curve: 3.1 V at 7 cm, 2.3 V at 10 cm, 1.3 V at 20 cm, 0.9 V at 30 cm, 0.4 V at 80 cm (data sheet, by eye 15 %). */
static void infrared_curve(void) {
  static const struct {
    double volts;
    unsigned mm;
  } points[] = {{2.3, 100}, {1.3, 200}, {0.9, 300}, {0.6, 500}, {0.42, 760}};
  for (unsigned at = 0; at < COUNT(points); at++) {
    const unsigned mm = infrared_mm((uint16_t)(points[at].volts / 5.0 * 1024.0));
    CHECK(mm > points[at].mm * 85 / 100 && mm < points[at].mm * 115 / 100);
  }
  CHECK(infrared_mm(81) == 65535);
  CHECK(infrared_mm(0) == 65535);
  unsigned before = 65535;
  for (uint16_t reading = 82; reading < 1024; reading++) {
    const unsigned mm = infrared_mm(reading);
    CHECK(mm <= before && mm >= 60);
    before = mm;
  }
}

static void battery(void) {
  /* 24 V / 7.8 = 3.077 V = 630 of 1024. */
  CHECK(battery_mv(630) > 23900 && battery_mv(630) < 24100);
  CHECK(battery_mv(0) == 0);
  CHECK(battery_mv(1023) < 39000);
}

const Test ranging_tests[] = {{"reads distances", reads_distances},
                              {"a silent sensor has failed after 20 ms", falls_silent_after_20_ms},
                              {"skips noise before a frame", finds_the_frame_again},
                              {"resynchronises", resynchronises},
                              {"infrared curve", infrared_curve},
                              {"battery divider", battery}};
SUITE(ranging);
