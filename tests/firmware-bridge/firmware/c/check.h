/* Smallest test runner: a failed check names itself, the test goes on, the program ends with 1. */
#ifndef CHECK_H
#define CHECK_H
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  const char *name;
  void (*run)(void);
} Test;

void check(bool good, const char *what, const char *file, int line);
#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A safe, healthy robot in an empty lobby: nothing pressed, a cup, water, 24 V. */
#include "../../../../firmware-bridge/firmware/safety/supervisor.h"
Inputs healthy(void);
/* A booted, configured robot that a person has released. Its history is fresh. */
void start_robot(Supervisor *robot, Inputs *in);
/* Steps `ms` milliseconds with a heartbeat each 20 ms. */
void run(Supervisor *robot, Inputs *in, Outputs *out, unsigned ms);
/* The same with a silent host. */
void run_silent(Supervisor *robot, Inputs *in, Outputs *out, unsigned ms);
ConfigureMessage calibration(void);

extern const Test latch_tests[], protective_tests[], drive_tests[], dispense_tests[], ranging_tests[], link_tests[], gate_tests[];
extern const Test water_tests[], over_run_tests[], snack_tests[], history_tests[], dispenser_tests[];
extern const unsigned latch_count, protective_count, drive_count, dispense_count, ranging_count, link_count, gate_count;
extern const unsigned water_count, over_run_count, snack_count, history_count, dispenser_count;
extern const Test wheel_tests[], retreat_tests[], supervisor_tests[];
extern const unsigned wheel_count, retreat_count, supervisor_count;
extern const Test free_distance_tests[];
extern const unsigned free_distance_count;
#define SUITE(name) \
  const unsigned name##_count = COUNT(name##_tests)

#endif
