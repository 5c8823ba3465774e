/* Sensor readings to millimetres and millivolts. */
#ifndef LETAN_SAFETY_RANGING_H
#define LETAN_SAFETY_RANGING_H
#include <stdbool.h>
#include <stdint.h>

/* One TFmini on a serial line: 59 59 distL distH strengthL strengthH tempL tempH sum, distance in cm. */
typedef struct {
  uint8_t bytes[9];
  uint8_t count;
  uint16_t distanceMm; /* RANGE_NOTHING_MM when nothing is seen within 12 m */
  uint8_t ageMs;       /* since the last frame to believe, at most 255 */
} RangeSensor;

void range_sensor_init(RangeSensor *sensor);
void range_sensor_feed(RangeSensor *sensor, uint8_t byte);
/* One millisecond. Two periods without a frame to believe, and the sensor has failed: its distance is unknown. */
void range_sensor_tick(RangeSensor *sensor);
bool range_sensor_failed(const RangeSensor *sensor);
/* A reading with the offset of its mounting, never below 0; nothing stays nothing. */
uint16_t range_with_offset(uint16_t distance_mm, int16_t offset_mm);

/* GP2Y0A21 on a 10-bit converter with 5 V reference, its output pulled down by 100 kOhm: 71..1061 mm, RANGE_NOTHING_MM below 0.4 V.
   A voltage that the part never gives (broken wire, short) is an obstacle at 0 mm. */
uint16_t infrared_mm(uint16_t reading);
/* Supply through the 1:7.8 divider, same converter. */
uint16_t battery_mv(uint16_t reading);

#endif
