#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"

static unsigned failures;
static DispenseHistory history;

void check(bool good, const char *what, const char *file, int line) {
  if (good) return;
  failures++;
  const char *const slash = strrchr(file, '/');
  printf("  %s:%d: %s\n", slash ? slash + 1 : file, line, what);
#ifdef STOP_AT_FIRST_FAILURE
  exit(1);
#endif
}

Inputs healthy(void) {
  return (Inputs){.frontLeftMm = 65535,
                  .frontRightMm = 65535,
                  .leftMm = 65535,
                  .rightMm = 65535,
                  .rearMm = 65535,
                  .batteryMv = 25000,
                  .cupPresent = true,
                  .snackHome = true};
}

ConfigureMessage calibration(void) {
  return (ConfigureMessage){.pulsesPerMetreLeft = 2000,
                            .pulsesPerMetreRight = 2000,
                            .speedCapMmS = 400,
                            .marginMm = 500,
                            .resumeMm = 700,
                            .decelerationMmS2 = 1000,
                            .brakingMmS2 = 1000,
                            .brakingDelayMs = 50};
}

void run_silent(Supervisor *robot, Inputs *in, Outputs *out, unsigned ms) {
  for (unsigned at = 0; at < ms; at++) supervisor_step(robot, in, out);
}

void run(Supervisor *robot, Inputs *in, Outputs *out, unsigned ms) {
  for (unsigned at = 0; at < ms; at++) {
    if (at % 20 == 0) supervisor_heartbeat(robot, &(HeartbeatMessage){.hostTimeMs = at});
    supervisor_step(robot, in, out);
  }
}

void start_robot(Supervisor *robot, Inputs *in) {
  Outputs out;
  const ConfigureMessage limits = calibration();
  memset(&history, 0xA5, sizeof history);
  *in = healthy();
  supervisor_init(robot, STOP_CAUSE_POWER_UP, &history);
  run(robot, in, &out, 200);
  CHECK(supervisor_configure(robot, &limits) == ACK_RESULT_ACCEPTED);
  in->releasePressed = true;
  run(robot, in, &out, 100);
  in->releasePressed = false;
  run(robot, in, &out, 100);
}

static void run_suite(const char *suite, const Test *tests, unsigned count) {
  for (unsigned index = 0; index < count; index++) {
    const unsigned before = failures;
    tests[index].run();
    printf("%s %s: %s\n", failures == before ? "ok" : "FAIL", suite, tests[index].name);
  }
}

int main(void) {
  run_suite("latch", latch_tests, latch_count);
  run_suite("protective stop", protective_tests, protective_count);
  run_suite("drive", drive_tests, drive_count);
  run_suite("wheel", wheel_tests, wheel_count);
  run_suite("retreat", retreat_tests, retreat_count);
  run_suite("supervisor", supervisor_tests, supervisor_count);
  run_suite("dispense", dispense_tests, dispense_count);
  run_suite("dispenser", dispenser_tests, dispenser_count);
  run_suite("water", water_tests, water_count);
  run_suite("over-run", over_run_tests, over_run_count);
  run_suite("snack", snack_tests, snack_count);
  run_suite("dispense history", history_tests, history_count);
  run_suite("ranging", ranging_tests, ranging_count);
  run_suite("free distance", free_distance_tests, free_distance_count);
  run_suite("gate", gate_tests, gate_count);
  run_suite("link", link_tests, link_count);
  return failures > 0;
}
