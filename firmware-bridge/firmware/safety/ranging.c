#include "ranging.h"
#include "generated/limits.h"

#define FRAME_HEAD 0x59u
#define FRAME_BYTES 9u

void range_sensor_init(RangeSensor *sensor) {
  *sensor = (RangeSensor){.distanceMm = RANGE_NOTHING_MM, .ageMs = 255};
}

/*
 * The maker's manuals: at 12 m and beyond a sound echo gives 1200 cm: nothing is there. Too weak an echo (black cloth, dirt, open air)
 * or one that blinds gives 0 or a number above 1200: whatever is there is not known, and such a frame counts as none.
 */
static void take_frame(RangeSensor *sensor) {
  const uint8_t *const frame = sensor->bytes;
  uint8_t sum = 0;
  for (uint8_t index = 0; index < FRAME_BYTES - 1u; index++) sum = (uint8_t)(sum + frame[index]);
  if (sum != frame[FRAME_BYTES - 1u]) return;
  const uint16_t distance_cm = (uint16_t)(frame[2] | (frame[3] << 8));
  const uint16_t strength = (uint16_t)(frame[4] | (frame[5] << 8));
  if (strength < TFMINI_MIN_STRENGTH || strength == TFMINI_BLINDED_STRENGTH) return;
  if (distance_cm == 0 || distance_cm > RANGE_LIMIT_MM / 10u) return;
  sensor->distanceMm = distance_cm < RANGE_LIMIT_MM / 10u ? (uint16_t)(distance_cm * 10u) : RANGE_NOTHING_MM;
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

uint16_t range_with_offset(uint16_t distance_mm, int16_t offset_mm) {
  if (distance_mm == RANGE_NOTHING_MM) return RANGE_NOTHING_MM;
  const int32_t corrected = (int32_t)distance_mm + offset_mm;
  return corrected > 0 ? (uint16_t)corrected : 0;
}

uint16_t infrared_mm(uint16_t reading) {
  /* 10 * 27.86 * V^-1.15 mm (fit to the data sheet's curve) at readings 64, 96 … 672. */
  static const uint16_t curve_mm[] = {1061, 666, 478, 370, 300, 251, 216, 188, 167, 149, 135, 123, 113, 105, 97, 91, 85, 80, 75, 71};
  enum { FIRST = 64, STEP = 32 };
  if (reading < INFRARED_BROKEN_STEPS || reading > INFRARED_SHORTED_STEPS) return 0;
  if (reading < INFRARED_NOTHING_STEPS) return RANGE_NOTHING_MM;
  const uint16_t offset = (uint16_t)(reading - FIRST);
  const uint8_t index = (uint8_t)(offset / STEP);
  const uint16_t drop = (uint16_t)(curve_mm[index] - curve_mm[index + 1]);
  return (uint16_t)(curve_mm[index] - (uint32_t)drop * (offset % STEP) / STEP);
}

uint16_t battery_mv(uint16_t reading) {
  return (uint16_t)((uint32_t)reading * 39000UL / 1024UL);
}
