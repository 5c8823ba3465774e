/* Sensor readings to millimetres and millivolts. */
#ifndef LETAN_SAFETY_RANGING_H
#define LETAN_SAFETY_RANGING_H
#include <stdbool.h>
#include <stdint.h>

/* One TFmini on a serial line: 59 59 distL distH strengthL strengthH tempL tempH sum, distance in cm. */
typedef struct {
  uint8_t bytes[9];
  uint8_t count;
  uint16_t distanceMm; /* RANGE_NOTHING_MM when nothing is seen */
  uint8_t ageMs;       /* since the last good frame, at most 255 */
} RangeSensor;

void range_sensor_init(RangeSensor *sensor);
void range_sensor_feed(RangeSensor *sensor, uint8_t byte);
/* One millisecond. A sensor that has gone silent sees nothing and has failed. */
void range_sensor_tick(RangeSensor *sensor);
bool range_sensor_failed(const RangeSensor *sensor);

/* GP2Y0A21 on a 10-bit converter with 5 V reference: 71..1061 mm, RANGE_NOTHING_MM below 0.4 V. */
uint16_t infrared_mm(uint16_t reading);
/* Supply through the 1:7.8 divider, same converter. */
uint16_t battery_mv(uint16_t reading);

#endif
