#include "ranging.h"
#include "generated/limits.h"

#define FRAME_HEAD 0x59u
#define FRAME_BYTES 9u

void range_sensor_init(RangeSensor *sensor) {
  *sensor = (RangeSensor){.distanceMm = RANGE_NOTHING_MM, .ageMs = 255};
}

static void take_frame(RangeSensor *sensor) {
  const uint8_t *const frame = sensor->bytes;
  uint8_t sum = 0;
  for (uint8_t index = 0; index < FRAME_BYTES - 1u; index++) sum = (uint8_t)(sum + frame[index]);
  if (sum != frame[FRAME_BYTES - 1u]) return;
  const uint16_t distance_cm = (uint16_t)(frame[2] | (frame[3] << 8));
  const uint16_t strength = (uint16_t)(frame[4] | (frame[5] << 8));
  const bool reliable = strength >= TFMINI_MIN_STRENGTH && strength != 0xFFFFu;
  const bool seen = distance_cm > 0 && distance_cm < RANGE_NOTHING_MM / 10u;
  sensor->distanceMm = reliable && seen ? (uint16_t)(distance_cm * 10u) : RANGE_NOTHING_MM;
  sensor->ageMs = 0;
}

void range_sensor_feed(RangeSensor *sensor, uint8_t byte) {
  if (sensor->count < 2 && byte != FRAME_HEAD) {
    sensor->count = 0;
    return;
  }
  sensor->bytes[sensor->count++] = byte;
  if (sensor->count < FRAME_BYTES) return;
  sensor->count = 0;
  take_frame(sensor);
}

void range_sensor_tick(RangeSensor *sensor) {
  if (sensor->ageMs < 255) sensor->ageMs++;
  if (range_sensor_failed(sensor)) sensor->distanceMm = RANGE_NOTHING_MM;
}

bool range_sensor_failed(const RangeSensor *sensor) {
  return sensor->ageMs > RANGE_STALE_MS;
}

uint16_t infrared_mm(uint16_t reading) {
  /* 10 * 27.86 * V^-1.15 mm (fit to the data sheet's curve) at readings 64, 96 … 672. */
  static const uint16_t curve_mm[] = {1061, 666, 478, 370, 300, 251, 216, 188, 167, 149, 135, 123, 113, 105, 97, 91, 85, 80, 75, 71};
  enum { FIRST = 64, STEP = 32, LAST = sizeof curve_mm / sizeof curve_mm[0] - 1 };
  /* 0.4 V is the data sheet's 80 cm: less is noise. */
  if (reading < 82u) return RANGE_NOTHING_MM;
  const uint16_t offset = (uint16_t)(reading - FIRST);
  const uint8_t index = (uint8_t)(offset / STEP > LAST ? LAST : offset / STEP);
  if (index >= LAST) return curve_mm[LAST];
  const uint16_t drop = (uint16_t)(curve_mm[index] - curve_mm[index + 1]);
  return (uint16_t)(curve_mm[index] - (uint32_t)drop * (offset % STEP) / STEP);
}

uint16_t battery_mv(uint16_t reading) {
  return (uint16_t)((uint32_t)reading * 39000UL / 1024UL);
}
