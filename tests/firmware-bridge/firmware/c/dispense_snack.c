#include "../../../../firmware-bridge/firmware/safety/snack.h"
#include "check.h"

static Snack snack;
static Inputs in;

static void begin(void) {
  in = (Inputs){.snackHome = true};
  snack_start(&snack);
}

static bool run_ms(unsigned ms) {
  bool over = false;
  for (unsigned at = 0; at < ms; at++) over = snack_step(&snack, &in);
  return over;
}

/* Away at 40 ms, home again at `turn_ms`; both have bounced out 4 ms later. */
static void turn(unsigned turn_ms) {
  begin();
  (void)run_ms(40);
  in.snackHome = false;
  (void)run_ms(turn_ms - 40);
  in.snackHome = true;
}

static void blocked_beam_turns_nothing(void) {
  CHECK(snack_obstacle(&(Inputs){.snackBeam = true}) == DISPENSE_RESULT_NOT_DROPPED);
  CHECK(snack_obstacle(&(Inputs){.snackBeam = false}) == DISPENSE_RESULT_RUNNING);
}

static void one_turn_from_home_to_home(void) {
  turn(2000);
  CHECK(snack.phase == SNACK_TURNING && snack_motor(&snack));
  CHECK(!run_ms(4) && snack.phase == SNACK_TURNING);
  CHECK(!run_ms(1) && snack.phase == SNACK_FALLING && !snack_motor(&snack) && snack.turnMs == 2005);
  in.snackBeam = true;
  CHECK(run_ms(1));
  CHECK(snack.outcome == DISPENSE_RESULT_DONE && snack.elapsedMs == 2006 && !snack_motor(&snack));
}

static void the_home_switch_is_debounced_both_ways(void) {
  begin();
  in.snackHome = false;
  (void)run_ms(4);
  CHECK(snack.phase == SNACK_LEAVING && snack_motor(&snack));
  in.snackHome = true;
  (void)run_ms(1);
  in.snackHome = false;
  (void)run_ms(4);
  CHECK(snack.phase == SNACK_LEAVING);
  (void)run_ms(1);
  CHECK(snack.phase == SNACK_TURNING && snack.homeMs == 0 && snack.phaseMs == 0);
  in.snackHome = true;
  (void)run_ms(4);
  CHECK(snack.phase == SNACK_TURNING);
}

static void an_early_drop_counts(void) {
  turn(1000);
  in.snackBeam = true;
  (void)run_ms(1);
  in.snackBeam = false;
  (void)run_ms(4);
  CHECK(snack.phase == SNACK_FALLING);
  CHECK(run_ms(1) && snack.outcome == DISPENSE_RESULT_DONE);
}

static void falls_of_600_ms_and_quarters_of_the_turn(void) {
  turn(1995);
  (void)run_ms(5);
  CHECK(snack.turnMs == 2000);
  for (unsigned quarter = 1; quarter <= 3; quarter++) {
    (void)run_ms(599);
    CHECK(snack.phase == SNACK_FALLING);
    (void)run_ms(1);
    CHECK(snack.phase == SNACK_QUARTER && snack_motor(&snack) && snack.quarters == quarter);
    (void)run_ms(499);
    CHECK(snack.phase == SNACK_QUARTER);
    (void)run_ms(1);
    CHECK(snack.phase == SNACK_FALLING && !snack_motor(&snack));
  }
  CHECK(!run_ms(599));
  CHECK(run_ms(1));
  CHECK(snack.outcome == DISPENSE_RESULT_NOT_DROPPED && snack.elapsedMs == 2000 + 4 * 600 + 3 * 500);
}

static void a_drop_ends_the_quarter(void) {
  turn(1995);
  (void)run_ms(605 + 10);
  CHECK(snack.phase == SNACK_QUARTER);
  in.snackBeam = true;
  (void)run_ms(1);
  CHECK(snack.phase == SNACK_FALLING && !snack_motor(&snack));
  CHECK(run_ms(1) && snack.outcome == DISPENSE_RESULT_DONE);
}

static void a_jammed_spiral_gives_up_after_5_s(void) {
  begin();
  CHECK(!run_ms(4999) && snack_motor(&snack));
  CHECK(run_ms(1));
  CHECK(!snack_motor(&snack) && snack.outcome == DISPENSE_RESULT_NOT_DROPPED);
}

/* A spiral that takes 4.9 s a turn: with all tries it would be 10.98 s. */
static void everything_ends_after_10_s(void) {
  turn(4895);
  CHECK(!run_ms(9999 - 4895));
  CHECK(run_ms(1));
  CHECK(snack.outcome == DISPENSE_RESULT_NOT_DROPPED && snack.elapsedMs == 10000);
}

static void an_end_from_outside_stands(void) {
  begin();
  (void)run_ms(10);
  snack_end(&snack, DISPENSE_RESULT_INTERRUPTED);
  CHECK(!snack_motor(&snack));
  snack_end(&snack, DISPENSE_RESULT_NOT_RENEWED);
  CHECK(run_ms(1) && snack.outcome == DISPENSE_RESULT_INTERRUPTED);
}

const Test snack_tests[] = {{"a blocked beam turns nothing", blocked_beam_turns_nothing},
                            {"one turn from home to home", one_turn_from_home_to_home},
                            {"the home switch is debounced both ways", the_home_switch_is_debounced_both_ways},
                            {"an early drop counts", an_early_drop_counts},
                            {"falls of 600 ms and quarters of the turn", falls_of_600_ms_and_quarters_of_the_turn},
                            {"a drop ends the quarter turn", a_drop_ends_the_quarter},
                            {"a jammed spiral gives up after 5 s", a_jammed_spiral_gives_up_after_5_s},
                            {"everything ends after 10 s", everything_ends_after_10_s},
                            {"an end from outside stands", an_end_from_outside_stands}};
SUITE(snack);
