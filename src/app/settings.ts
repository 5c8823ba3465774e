import type { LoadedConfig } from '../../config/load.ts';
import type { BehaviourSettings } from '../behaviour/model.ts';

/** Grace over the request deadline of the queue link, so that the link's own answer comes first. */
const commandGraceMs = 3000;
/** A ticket takes about 1.5 s; the driver's own job deadline is well below this. */
const printTimeoutMs = 20_000;
/** 300 mL at the slowest flow (8 mL/s), and what the driver waits for its outcome. */
const dispenseTimeoutMs = 60_000;
/** The longest way through a lobby at walking pace, with a person in the way for a while. */
const driveTimeoutMs = 120_000;

/** The machine's settings out of the robot's and the site's files. */
export function behaviourSettings({ robot, site }: LoadedConfig): BehaviourSettings {
  const { behaviour } = robot;
  return {
    defaultLanguage: robot.defaultLanguage,
    patrol: site.patrol,
    patrolEveryMs: behaviour.patrolEveryMs,
    homePlace: site.home,
    waterVolumeMl: behaviour.waterVolumeMl,
    waterEnabled: behaviour.waterEnabled,
    snackEnabled: behaviour.snackEnabled,
    screenTimeoutMs: behaviour.screenTimeoutMs,
    longScreenTimeoutMs: behaviour.longScreenTimeoutMs,
    shortScreenTimeoutMs: behaviour.shortScreenTimeoutMs,
    commandTimeoutMs: robot.queue.requestTimeoutMs + commandGraceMs,
    printTimeoutMs,
    dispenseTimeoutMs,
    driveTimeoutMs,
    callDisplayMs: behaviour.callDisplayMs,
    servingListLength: 6,
  };
}
