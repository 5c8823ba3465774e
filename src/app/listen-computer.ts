import type { RobotActor } from '../behaviour/actor.ts';
import { isHalted, isPaused } from '../behaviour/view-state.ts';
import { errorKinds } from '../core/errors.ts';
import type { Unsubscribe } from '../core/signal.ts';
import type { Computer } from './computer.ts';
import type { RobotParts } from './parts.ts';

type Wanted = Pick<RobotParts, 'logger'> & { queue: Pick<RobotParts['queue'], 'publishError'> };

/** The service button pauses the robot and ends a pause; a stop that the ward ordered is the ward's to end. */
function pressService(actor: RobotActor, { logger }: Wanted): void {
  const snapshot = actor.getSnapshot();
  if (isHalted(snapshot)) {
    logger.info({}, 'service button pressed while the ward holds the robot stopped: nothing done');
    return;
  }
  const type = isPaused(snapshot) ? 'robot.resume' : 'robot.pause';
  logger.info({ type }, 'service button pressed');
  actor.send({ type });
}

/** What the computer's own lines tell the machine and the ward. Returns what ends it. */
export function listenToComputer(
  computer: Pick<Computer, 'status' | 'statusChanged' | 'servicePressed'>,
  actor: RobotActor,
  wanted: Wanted,
): Unsubscribe {
  const { logger, queue } = wanted;
  const faultCode = ({ status }: Pick<Computer, 'status'>) => (status.status === 'ready' ? null : status.error.code);
  // Lines that are still being opened, or could not be: they have logged that themselves.
  let known = faultCode(computer);
  const tell = () => {
    const { status } = computer;
    const code = faultCode(computer);
    if (code === known) return;
    known = code;
    if (status.status === 'ready') return logger.info({ device: 'computer' }, 'device ready');
    logger.warn({ device: 'computer', ...status.error }, 'device not ready');
    if (errorKinds[status.error.code].level !== 'warning') queue.publishError(status.error);
  };
  const stops = [computer.statusChanged.on(tell), computer.servicePressed.on(() => pressService(actor, wanted))];
  return () => {
    for (const stop of stops) stop();
  };
}
