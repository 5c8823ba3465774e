import { z } from 'zod';
import type { RobotActor } from '../behaviour/actor.ts';
import { waitingAnnouncementsLimit } from '../behaviour/context.ts';
import { isHalted, isPaused, isRestarting, isServing } from '../behaviour/view-state.ts';
import { toErrorInfo } from '../core/errors.ts';
import { assertNever } from '../core/result.ts';
import type { Answer, CommandHandler } from '../queue/command-inbox.ts';
import type { RobotCommand } from '../queue/contract.ts';
import { isoTime } from '../queue/wire.ts';
import { type LogParts, uploadLog } from './log-upload.ts';
import type { RobotParts } from './parts.ts';

type CommandOf<C extends RobotCommand['command']> = Extract<RobotCommand, { command: C }>;

export interface OrdersOptions {
  parts: Pick<RobotParts, 'config' | 'logger'> & LogParts;
  actor: RobotActor;
  /** Name and version of this program. */
  software: string;
  loadedAtMs: number;
}

const done: Answer = { ok: true, result: {} };
const refused = (detail: string): Answer => ({ ok: false, code: 'COMMAND_REFUSED', detail });

/** Why the robot would not set out now; null: it would. */
function hindrance({ parts, actor }: OrdersOptions, place: string): string | null {
  const snapshot = actor.getSnapshot();
  const { safety } = snapshot.context;
  if (!Object.hasOwn(parts.config.site.places, place))
    return `no such place; places are ${Object.keys(parts.config.site.places).join(', ')}`;
  if (isHalted(snapshot)) return 'the robot is stopped by an order; resume ends that';
  if (isPaused(snapshot)) return 'the robot is paused; resume ends that';
  if (isRestarting(snapshot)) return 'the robot is about to start anew';
  if (safety.latched) return `a safety stop holds the robot (${safety.cause ?? 'unknown'}); a person must release it`;
  if (isServing(snapshot)) return 'a citizen is being served';
  const board = snapshot.context.devices.board?.status;
  return board === 'offline' || board === 'faulty' ? 'the control board does not work' : null;
}

function goTo(options: OrdersOptions, { place }: CommandOf<'goTo'>): Answer {
  const why = hindrance(options, place);
  if (why !== null) return refused(why);
  options.actor.send({ type: 'robot.goTo', place });
  return options.actor.getSnapshot().context.requestedPlace === place ? done : refused('the robot does not drive now');
}

function announce({ parts, actor }: OrdersOptions, { text, showForS }: CommandOf<'announce'>): Answer {
  const announcementId = parts.ids.next();
  actor.send({ type: 'robot.announce', announcement: { announcementId, text, showForMs: showForS * 1000 } });
  const { announcement, waitingAnnouncements } = actor.getSnapshot().context;
  const taken = [announcement, ...waitingAnnouncements].some((one) => one?.announcementId === announcementId);
  return taken ? done : refused(`${waitingAnnouncementsLimit} announcements wait already`);
}

/** Sends what `pause`, `resume` or `stop` is to the machine, and answers by what the machine is then. */
function stand({ actor }: OrdersOptions, { command }: CommandOf<'pause' | 'resume' | 'stop'>): Answer {
  actor.send({ type: `robot.${command}` });
  const snapshot = actor.getSnapshot();
  switch (command) {
    case 'pause':
      return isPaused(snapshot) ? done : refused('the robot is stopped by an order; resume ends that');
    case 'resume':
      return isPaused(snapshot) || isHalted(snapshot) ? refused('the robot did not resume') : done;
    case 'stop':
      return isHalted(snapshot) ? done : refused('the robot did not stop');
    default:
      return assertNever(command);
  }
}

/** What the ward orders. Every answer tells what the machine has really taken on. */
export function createOrders(options: OrdersOptions): CommandHandler {
  const { parts, actor } = options;
  return (command) => {
    parts.logger.info({ command: command.command }, 'ordered by the ward');
    switch (command.command) {
      case 'goTo':
        return goTo(options, command);
      case 'announce':
        return announce(options, command);
      case 'pause':
      case 'resume':
      case 'stop':
        return stand(options, command);
      case 'reboot':
        return { ...done, afterwards: () => actor.send({ type: 'robot.reboot' }) };
      case 'uploadLog':
        return uploadLog(parts, command.sinceMin);
      case 'configurationVersion': {
        const { version } = parts.config;
        return { ok: true, result: { version, software: options.software, loadedAt: isoTime(options.loadedAtMs) } };
      }
      default:
        return assertNever(command);
    }
  };
}

const standingName = 'standing';
const standingSchema = z.object({ standing: z.enum(['inService', 'paused', 'halted']) });

/** A pause or a stop that the ward ordered outlasts a restart: puts the machine back into it, and stores every change from now on. */
export function keepStanding(
  actor: RobotActor,
  { store, logger }: Pick<RobotParts, 'logger'> & { store: Pick<RobotParts['store'], 'cache'> },
): () => void {
  let known: string = 'inService';
  try {
    const stored = standingSchema.safeParse(store.cache.get(standingName));
    if (stored.success) known = stored.data.standing;
  } catch (error) {
    logger.error(toErrorInfo(error, 'STORE_FAILED'), 'nobody knows whether the robot was paused or stopped');
  }
  if (known === 'paused') actor.send({ type: 'robot.pause' });
  if (known === 'halted') actor.send({ type: 'robot.stop' });
  const subscription = actor.subscribe((snapshot) => {
    const standing = isHalted(snapshot) ? 'halted' : isPaused(snapshot) ? 'paused' : 'inService';
    if (standing === known) return;
    known = standing;
    try {
      store.cache.set(standingName, { standing });
    } catch (error) {
      logger.error(toErrorInfo(error, 'STORE_FAILED'), 'pause or stop not stored');
    }
  });
  return () => subscription.unsubscribe();
}
