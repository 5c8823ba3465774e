/* The host as hardware/dispenser acts: fresh growing ids, three tries of one frame, then questions, and a deadline. */
#ifndef HOST_H
#define HOST_H
#include <stdbool.h>
#include <stdint.h>

typedef enum { JOB_NONE, JOB_ASKED, JOB_HANDED_OVER, JOB_DONE, JOB_FAILED } JobState;

typedef struct {
  JobState state;
  uint32_t id;
  uint16_t target;
  unsigned tries;
  unsigned sinceAskedMs;
  unsigned sinceReportMs;
  unsigned ageMs;
} Job;

typedef struct {
  Job job;
  uint32_t lastId;
  unsigned downMs;   /* restarting for so long still */
  unsigned silentMs; /* no heartbeat for so long still */
  unsigned sinceHeartbeatMs;
  bool timedOut;     /* the last job failed because the board never told its end */
  double loss; /* share of messages lost, and of those that come twice */
} Host;

extern Host host;

void host_init(double loss);
void host_ask(uint16_t target);
/* Forgets everything but the id, which is kept on disk; asks for its outcome or sends the very request again once it is back. */
void host_restart(unsigned down_ms);
/* One millisecond, before board_step. */
void host_step(void);
/* After board_step: takes the reports. */
void host_listen(void);
bool host_waits(void);

#endif
