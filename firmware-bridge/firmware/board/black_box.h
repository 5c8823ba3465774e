/* What a run leaves for the next one in memory that no reset clears. */
#ifndef LETAN_BOARD_BLACK_BOX_H
#define LETAN_BOARD_BLACK_BOX_H
#include <stdbool.h>
#include "../safety/supervisor.h"

/* False, and all 0, when nothing sound is left: after a loss of power. */
bool black_box_open(RunRecord *previous);
/* Once a tick. */
void black_box_write(const RunRecord *run);

#endif
