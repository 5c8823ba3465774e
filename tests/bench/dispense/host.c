#include "host.h"
#include "kitchen.h"

#define TRIES 3
#define RETRY_MS 200
#define ASK_AFTER_MS 400
#define GRACE_MS 8000
#define CAP_MS 5000
/* Copies of a frame that come late: later than any wire keeps them. */
#define LATE_COPIES 4
#define LATEST_MS 3000

Host host;

static struct {
  unsigned inMs;
  DispenseWaterMessage order;
} copies[LATE_COPIES];

void host_init(double loss) {
  host = (Host){.loss = loss};
  for (unsigned at = 0; at < LATE_COPIES; at++) copies[at].inMs = 0;
}

static DispenseWaterMessage order_of(const Job *job) {
  return (DispenseWaterMessage){job->id, job->target, (uint16_t)(job->target + job->target / 5), CAP_MS};
}

static void answered(AckResult result) {
  if (host.job.state != JOB_ASKED || chance(host.loss)) return;
  host.job.state = result == ACK_RESULT_ACCEPTED || result == ACK_RESULT_REPEATED ? JOB_HANDED_OVER : JOB_FAILED;
}

static void send_order(void) {
  const DispenseWaterMessage order = order_of(&host.job);
  host.job.tries++;
  host.job.sinceAskedMs = 0;
  if (chance(host.loss)) {
    const unsigned at = host.job.tries % LATE_COPIES;
    copies[at].inMs = 1 + (unsigned)(roll() * LATEST_MS);
    copies[at].order = order;
  }
  if (!chance(host.loss)) answered(supervisor_dispense_water(&board.supervisor, &order));
}

void host_ask(uint16_t target) {
  host.timedOut = false;
  host.job = (Job){.state = JOB_ASKED, .id = ++host.lastId, .target = target};
  send_order();
}

void host_restart(unsigned down_ms) {
  host.downMs = down_ms;
}

static void come_back(void) {
  if (!host_waits()) return;
  /* A host that had kept its request would send it again: the board must see through that. */
  host.job = (Job){.state = JOB_HANDED_OVER, .id = host.job.id, .target = host.job.target};
  if (chance(0.5)) {
    host.job.state = JOB_ASKED;
    send_order();
  }
}

static void heard(const DispenseReportMessage *report) {
  Job *const job = &host.job;
  if (host.downMs > 0 || !host_waits() || report->dispenseId != job->id || chance(host.loss)) return;
  job->state = JOB_HANDED_OVER;
  job->sinceReportMs = 0;
  if (report->result == DISPENSE_RESULT_DONE || report->result == DISPENSE_RESULT_VOLUME_CAP) job->state = JOB_DONE;
  else if (report->result != DISPENSE_RESULT_RUNNING) job->state = JOB_FAILED;
}

static void question(void) {
  DispenseReportMessage report;
  host.job.sinceReportMs = 0;
  if (chance(host.loss)) return;
  supervisor_query_dispense(&board.supervisor, &(QueryDispenseMessage){host.job.id}, &report);
  heard(&report);
}

static void follow_job(void) {
  Job *const job = &host.job;
  job->ageMs++;
  job->sinceAskedMs++;
  job->sinceReportMs++;
  if (job->ageMs >= CAP_MS + GRACE_MS) {
    (void)supervisor_stop(&board.supervisor);
    job->state = JOB_FAILED;
    host.timedOut = true;
  } else if (job->state == JOB_ASKED && job->sinceAskedMs >= RETRY_MS) {
    if (job->tries < TRIES) send_order();
    else job->state = JOB_HANDED_OVER;
  } else if (job->state == JOB_HANDED_OVER && job->sinceReportMs >= ASK_AFTER_MS) question();
}

static void deliver_late_copies(void) {
  for (unsigned at = 0; at < LATE_COPIES; at++) {
    if (copies[at].inMs == 0 || --copies[at].inMs > 0) continue;
    (void)supervisor_dispense_water(&board.supervisor, &copies[at].order);
  }
}

void host_step(void) {
  deliver_late_copies();
  if (host.downMs > 0) {
    if (--host.downMs == 0) come_back();
    return;
  }
  if (host.silentMs > 0) host.silentMs--;
  else if (++host.sinceHeartbeatMs >= 25) {
    host.sinceHeartbeatMs = 0;
    if (!chance(host.loss)) board_heartbeat();
  }
  if (host_waits()) follow_job();
}

void host_listen(void) {
  DispenseReportMessage report;
  if (dispenser_take_report(&board.supervisor.dispenser, &report)) heard(&report);
}

bool host_waits(void) {
  return host.job.state == JOB_ASKED || host.job.state == JOB_HANDED_OVER;
}
