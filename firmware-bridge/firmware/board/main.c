/* The control board's program: one millisecond after the other, asleep in between. */
#include <avr/interrupt.h>
#include <avr/sleep.h>
#include <avr/wdt.h>
#include <util/atomic.h>
#include "../link/session.h"
#include "../safety/gate.h"
#include "../safety/ranging.h"
#include "../safety/supervisor.h"
#include "analog.h"
#include "bits.h"
#include "boot.h"
#include "dispenser_pins.h"
#include "encoders.h"
#include "generated/pins.h"
#include "motors.h"
#include "safety_pins.h"
#include "serial.h"

#define BLINK_MS 500u

static volatile uint8_t pending_ticks;
static Supervisor supervisor;
static Session session;
static RangeSensor front_left;
static RangeSensor front_right;
static uint16_t since_blink_ms;

ISR(TIMER0_COMPA_vect) {
  if (pending_ticks < 255) pending_ticks++;
}

static void tick_init(void) {
  /* 16 MHz / 64 / 250 = 1 kHz. */
  TCCR0A = BIT(WGM01);
  OCR0A = 249;
  TIMSK0 = BIT(OCIE0A);
  TCCR0B = (uint8_t)(BIT(CS01) | BIT(CS00));
}

static bool take_tick(void) {
  bool taken = false;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    if (pending_ticks > 0) {
      pending_ticks--;
      taken = true;
    }
  }
  return taken;
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
  Inputs in = {.selfTestFailed = false};
  Outputs out = {.motorEnable = false};
  range_sensor_tick(&front_left);
  range_sensor_tick(&front_right);
  analog_tick();
  read_inputs(&in);
  supervisor_step(&supervisor, &in, &out);
  gate_apply(&out);
  session_tick(&session);
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
  if (pending_ticks == 0) {
    sei();
    sleep_cpu();
  }
  sei();
}

static void init(void) {
  motors_init();
  dispenser_pins_init();
  safety_pins_init();
  gate_init();
  OUTPUT_LOW(PIN_STATUS_LED);
  wdt_enable(WDTO_30MS);
  encoders_init();
  analog_init();
  range_sensor_init(&front_left);
  range_sensor_init(&front_right);
  const ResetCause cause = boot_reset_cause();
  supervisor_init(&supervisor, cause == RESET_CAUSE_WATCHDOG ? STOP_CAUSE_WATCHDOG_RESET : STOP_CAUSE_POWER_UP, boot_dispense_history());
  session_init(&session, &supervisor, cause);
  serial_init();
  tick_init();
  SMCR = BIT(SE); /* idle mode: the timers and serial lines keep running */
  sei();
}

int main(void) {
  init();
  for (;;) {
    /* Received bytes wait for the tick (25 at most at 250000 baud): each waking would run the loop for one byte. */
    if (take_tick()) {
      receive();
      step();
      session_flush(&session);
    }
    sleep_until_interrupt();
  }
}
