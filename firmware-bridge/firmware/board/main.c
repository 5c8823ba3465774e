/* The control board's program: one millisecond after the other, asleep in between. */
#include <avr/interrupt.h>
#include <avr/sleep.h>
#include <avr/wdt.h>
#include "../link/session.h"
#include "../safety/gate.h"
#include "../safety/ranging.h"
#include "../safety/supervisor.h"
#include "analog.h"
#include "bits.h"
#include "black_box.h"
#include "boot.h"
#include "dispenser_pins.h"
#include "encoders.h"
#include "generated/pins.h"
#include "motors.h"
#include "safety_pins.h"
#include "self_test.h"
#include "serial.h"
#include "tick.h"

#define BLINK_MS 500u

static Supervisor supervisor;
static Session session;
static RangeSensor front_left;
static RangeSensor front_right;
static uint16_t since_blink_ms;
static bool untrusted; /* a self test has failed in this run */

/* The part itself is in doubt: no decision of the program powers anything any more. */
static void distrust(void) {
  untrusted = true;
  gate_seal();
}

static void read_inputs(Inputs *in) {
  gate_take(in);
  safety_read(in);
  dispenser_read(in);
  analog_read_inputs(in);
  in->frontFailed = range_sensor_failed(&front_left) || range_sensor_failed(&front_right);
  in->frontLeftMm = front_left.distanceMm;
  in->frontRightMm = front_right.distanceMm;
}

static void blink(void) {
  if (++since_blink_ms < BLINK_MS) return;
  since_blink_ms = 0;
  PIN_STATUS_LED_IN = MASK(PIN_STATUS_LED);
}

static void step(void) {
  if (!self_test_tick()) distrust();
  Inputs in = {.selfTestFailed = untrusted};
  Outputs out = {.motorEnable = false};
  range_sensor_tick(&front_left);
  range_sensor_tick(&front_right);
  analog_tick();
  read_inputs(&in);
  supervisor_step(&supervisor, &in, &out);
  gate_apply(&out);
  black_box_write(&supervisor.run);
  const Load load = {.worstTickUs = tick_worst_us(), .missedTicks = tick_missed(), .stackFreeBytes = self_test_stack_free(), .elapsedUs = tick_elapsed_us()};
  session_tick(&session, &load);
  blink();
  /* Fed here alone: a loop without ticks and ticks without a loop both end in a reset. */
  wdt_reset();
}

static void receive(void) {
  uint8_t byte;
  while (range_left_take(&byte)) range_sensor_feed(&front_left, byte);
  while (range_right_take(&byte)) range_sensor_feed(&front_right, byte);
  while (host_take(&byte)) session_feed(&session, byte);
}

/* Interrupts stay off between the look and the sleep; the instruction after sei still runs before any of them. */
static void sleep_until_interrupt(void) {
  cli();
  if (!tick_due()) {
    sei();
    sleep_cpu();
  }
  sei();
}

static void init_pins(void) {
  motors_init();
  dispenser_pins_init();
  safety_pins_init();
  gate_init();
  OUTPUT_LOW(PIN_STATUS_LED);
}

static void init(void) {
  BootReport boot;
  init_pins();
  boot_report(&boot);
  if (boot.flashDamaged || boot.ramDamaged) distrust();
  /* 16 ms, 10 % either way: outputs are off well within 30 ms of a tick that does not end. */
  wdt_enable(WDTO_15MS);
  encoders_init();
  analog_init();
  range_sensor_init(&front_left);
  range_sensor_init(&front_right);
  supervisor_init(&supervisor, boot_stop_cause(&boot), boot_dispense_history());
  session_init(&session, &supervisor, &boot);
  serial_init();
  tick_init();
  SMCR = BIT(SE); /* idle mode: the timers and serial lines keep running */
  sei();
}

int main(void) {
  init();
  for (;;) {
    /* Received bytes wait for the tick (25 at most at 250000 baud): each waking would run the loop for one byte. */
    if (tick_take()) {
      receive();
      step();
      session_flush(&session);
      tick_done();
    }
    sleep_until_interrupt();
  }
}
