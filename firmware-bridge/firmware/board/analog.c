#include "analog.h"
#include "../link/port.h"
#include "../safety/ranging.h"
#include "bits.h"

enum { LEFT_CHANNEL = 0, RIGHT_CHANNEL = 1, REAR_CHANNEL = 2, BATTERY_CHANNEL = 3, SAFETY_CHANNELS = 4, CHANNELS = 16 };

static uint16_t readings[CHANNELS];
/* Converted when a reading arrives: four divisions every millisecond would keep the part awake. */
static uint16_t converted[SAFETY_CHANNELS];
static uint16_t selected;
static uint8_t converting;
static uint8_t safety_channel;
static uint8_t client_channel;
static bool client_turn;

static void take(void) {
  const uint16_t reading = ADC;
  readings[converting] = reading;
  if (converting == BATTERY_CHANNEL) converted[BATTERY_CHANNEL] = battery_mv(reading);
  else if (converting < BATTERY_CHANNEL) converted[converting] = infrared_mm(reading);
}

static void start(uint8_t channel) {
  converting = channel;
  ADMUX = (uint8_t)(BIT(REFS0) | (channel & 7u));
  ADCSRB = channel & 8u ? BIT(MUX5) : 0;
  set_bits(&ADCSRA, BIT(ADSC));
}

void analog_init(void) {
  DIDR0 = 0x0F;
  /* 16 MHz / 128 = 125 kHz, a conversion takes 104 us. */
  ADCSRA = (uint8_t)(BIT(ADEN) | BIT(ADPS2) | BIT(ADPS1) | BIT(ADPS0));
  for (uint8_t channel = 0; channel < SAFETY_CHANNELS; channel++) {
    start(channel);
    while (ADCSRA & BIT(ADSC)) {
    }
    take();
  }
  start(0);
}

static uint8_t next_channel(void) {
  client_turn = !client_turn;
  for (uint8_t tries = 0; client_turn && selected != 0 && tries < CHANNELS; tries++) {
    client_channel = (uint8_t)((client_channel + 1u) % CHANNELS);
    if ((selected >> client_channel) & 1u) return client_channel;
  }
  safety_channel = (uint8_t)((safety_channel + 1u) % SAFETY_CHANNELS);
  return safety_channel;
}

void analog_tick(void) {
  if (ADCSRA & BIT(ADSC)) return;
  take();
  start(next_channel());
}

uint16_t analog_reading(uint8_t channel) {
  return readings[channel % CHANNELS];
}

void analog_select(uint16_t channels) {
  selected = channels;
}

void analog_read_inputs(Inputs *in) {
  in->leftMm = converted[LEFT_CHANNEL];
  in->rightMm = converted[RIGHT_CHANNEL];
  in->rearMm = converted[REAR_CHANNEL];
  in->batteryMv = converted[BATTERY_CHANNEL];
}
