import { type ActorRefFrom, createActor, type SnapshotFrom } from 'xstate';
import type { Cancel, Clock } from '../core/clock.ts';
import type { Command } from './commands.ts';
import type { RobotInput } from './context.ts';
import { robotMachine } from './robot.machine.ts';

export type RobotActor = ActorRefFrom<typeof robotMachine>;
export type RobotSnapshot = SnapshotFrom<typeof robotMachine>;

/** The machine on the house's clock. Not started yet, so that {@link onCommand} misses nothing: call `start()`. */
export function createRobotActor({ clock, ...input }: RobotInput & { clock: Clock }): RobotActor {
  return createActor(robotMachine, {
    input,
    clock: {
      setTimeout: (run: () => void, delayMs: number) => clock.after(delayMs, () => run()),
      clearTimeout: (cancel: Cancel | undefined) => cancel?.(),
    },
  });
}

/** Calls `listener` with every command, in order; returns what ends it. Events sent from inside are taken up after the present one. */
export function onCommand(actor: RobotActor, listener: (command: Command) => void): Cancel {
  const subscription = actor.on('*', listener);
  return () => subscription.unsubscribe();
}
