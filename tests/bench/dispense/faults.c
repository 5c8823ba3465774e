/*
 * Runs of three portions with faults at random moments, watched from outside: what the water did against what the host was told.
 * `faults <runs> <seed>` prints one line: portions asked for, done, failed, then how often each promise was broken, in the order of
 * `Broken`. The first broken run is named on standard error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host.h"
#include "kitchen.h"

#define PORTIONS 3
#define PULSES_PER_ML 5.88
/* The tick sees a switch a millisecond later and acts in the same. */
#define REACTION_MS 2
#define RENEWAL_MS 252
#define STUCK_SEEN_MS 2200

typedef enum {
  DOUBLE_DISPENSE, /* the valve opened twice for one id */
  FALSE_DONE,      /* told done, and an eighth or more of the water is missing */
  NO_OUTCOME,      /* the board never tells how it ended */
  UNSAFE_VALVE,    /* open without cup, water or host, with a leak, or in a stop */
  UNSEEN_FLOW,     /* water runs at a closed valve and no flag says so */
  BROKEN_KINDS
} Broken;

typedef enum {
  CUP_REMOVED,
  TANK_EMPTY,
  LEAK,
  NO_FLOW,
  STUCK_OPEN,
  METER_DEAD,
  HOST_SILENT,
  HOST_RESTART,
  BOARD_RESET,
  E_STOP,
  STOP_ORDER,
  FAULT_KINDS
} FaultKind;

typedef struct {
  FaultKind kind;
  unsigned fromMs;
  unsigned toMs;
} Fault;

static unsigned asked, done, failed, broken[BROKEN_KINDS];
static unsigned seed_of_run;

static struct {
  unsigned nowMs;
  Fault faults[2];
  uint32_t openedFor; /* id of the last opening */
  unsigned openings[PORTIONS + 1];
  double pouredMl[PORTIONS + 1];
  bool wasOpen;
  unsigned unsafeMs, hostAgeMs, closedFlowMs, holdReleaseMs;
  bool lost; /* the board was reset: a person has to release it */
} run;

static void breaks(Broken kind) {
  if (broken[kind]++ == 0) fprintf(stderr, "run %u at %u ms breaks promise %u\n", seed_of_run, run.nowMs, kind);
}

static void reset_board(void) {
  const unsigned newest = board.history.newest;
  board_boot(STOP_CAUSE_WATCHDOG_RESET);
  /* A reset may tear the record that was being written. */
  if (chance(0.5)) {
    board.history.records[newest].pulses ^= 1;
    dispense_history_recover(&board.history);
  }
  board_configure(600);
  run.lost = true;
}

static void set_fault(FaultKind kind, bool on) {
  switch (kind) {
    case CUP_REMOVED: board.in.cupPresent = !on; break;
    case TANK_EMPTY: board.in.tankEmpty = on; break;
    case LEAK: board.in.leak = on; break;
    case NO_FLOW: kitchen.blocked = on; break;
    case STUCK_OPEN: kitchen.stuckOpen = on; break;
    case METER_DEAD: kitchen.meterDead = on; break;
    case HOST_SILENT: host.silentMs = on ? 1000000 : 0; break;
    case HOST_RESTART: if (on) host_restart(100 + (unsigned)(roll() * 1500)); break;
    case BOARD_RESET: if (on) reset_board(); break;
    case E_STOP:
      host_port.open = on ? CONTACT_E_STOP : 0;
      if (on) gate_trip(STOP_CAUSE_E_STOP);
      run.lost = true;
      break;
    case STOP_ORDER: if (on) (void)supervisor_stop(&board.supervisor); break;
    case FAULT_KINDS: break;
  }
}

static void happen(void) {
  for (unsigned at = 0; at < 2; at++) {
    if (run.nowMs == run.faults[at].fromMs) set_fault(run.faults[at].kind, true);
    if (run.nowMs == run.faults[at].toMs) set_fault(run.faults[at].kind, false);
  }
}

/* Somebody comes and presses the button half a second after a stop whose cause has gone. */
static void person(void) {
  if (!run.lost || host_port.open != 0) return;
  run.holdReleaseMs++;
  board.in.releasePressed = run.holdReleaseMs > 500;
  if (run.holdReleaseMs < 600) return;
  board.in.releasePressed = false;
  run.holdReleaseMs = 0;
  run.lost = false;
}

static void watch_valve(void) {
  const bool open = host_port.valve;
  if (open && !run.wasOpen) {
    run.openedFor = board.supervisor.dispenser.report.dispenseId;
    if (++run.openings[run.openedFor] > 1) breaks(DOUBLE_DISPENSE);
  }
  run.wasOpen = open;
  run.hostAgeMs = board.supervisor.heartbeatAgeMs == 0 ? 0 : run.hostAgeMs;
  const bool unsafe = !board.in.cupPresent || board.in.tankEmpty || board.in.leak || host_port.open != 0;
  run.unsafeMs = open && unsafe ? run.unsafeMs + 1 : 0;
  if (run.unsafeMs > REACTION_MS || (open && run.hostAgeMs++ > RENEWAL_MS)) breaks(UNSAFE_VALVE);
}

static void watch_flow(double before) {
  run.pouredMl[run.openedFor] += kitchen.pouredMl - before;
  const bool astray = kitchen_flows() && !host_port.valve && !kitchen.meterDead && kitchen.stuckOpen;
  run.closedFlowMs = astray ? run.closedFlowMs + 1 : 0;
  if (run.closedFlowMs != STUCK_SEEN_MS) return;
  StateMessage told = {.flags = 0};
  supervisor_fill_state(&board.supervisor, &told);
  if ((told.flags & STATE_FLAGS_FLOW_WHILE_CLOSED) == 0) breaks(UNSEEN_FLOW);
}

static void millisecond(void) {
  happen();
  person();
  host_step();
  const double before = kitchen.pouredMl;
  const bool beats = host.sinceHeartbeatMs == 0 && host.silentMs == 0 && host.downMs == 0;
  if (beats) run.hostAgeMs = 0;
  board_step();
  watch_valve();
  watch_flow(before);
  host_listen();
  run.nowMs++;
}

static void one_portion(void) {
  const double ml = between(10, 40);
  asked++;
  host_ask((uint16_t)(ml * PULSES_PER_ML));
  const uint32_t id = host.job.id;
  while (host_waits()) millisecond();
  if (host.timedOut) breaks(NO_OUTCOME);
  if (host.job.state == JOB_FAILED) failed++;
  if (host.job.state != JOB_DONE) return;
  done++;
  if (run.pouredMl[id] * PULSES_PER_ML < host.job.target * 7.0 / 8 - 1) breaks(FALSE_DONE);
}

static void begin_run(unsigned seed) {
  seed_of_run = seed;
  dice_seed(seed);
  memset(&run, 0, sizeof run);
  kitchen_init(PULSES_PER_ML, between(20, 100));
  kitchen.flowMlS = between(17.5, 32.5);
  host_init(chance(0.5) ? 0.1 : 0);
  board_boot(STOP_CAUSE_POWER_UP);
  board_configure(600);
  board_release();
  for (unsigned at = 0; at < 2; at++) {
    const unsigned from = 1 + (unsigned)(roll() * 4000);
    run.faults[at] = (Fault){(FaultKind)(roll() * FAULT_KINDS), from, from + 1 + (unsigned)(roll() * roll() * 3000)};
  }
}

int main(int count, char **words) {
  if (count != 3) return 2;
  const unsigned runs = (unsigned)atoi(words[1]);
  for (unsigned at = 0; at < runs; at++) {
    begin_run((unsigned)atoi(words[2]) + at);
    for (unsigned portion = 0; portion < PORTIONS; portion++) {
      one_portion();
      for (unsigned pause = (unsigned)(roll() * 300); pause > 0; pause--) millisecond();
    }
  }
  printf("%u %u %u", asked, done, failed);
  for (unsigned kind = 0; kind < BROKEN_KINDS; kind++) printf(" %u", broken[kind]);
  printf("\n");
  return 0;
}
