import type { BehaviourSettings } from './model.ts';

/** Every delay of the machine and the setting it comes from, or its fixed length in ms. */
const sourceOf = {
  screen: 'screenTimeoutMs',
  longScreen: 'longScreenTimeoutMs',
  shortScreen: 'shortScreenTimeoutMs',
  command: 'commandTimeoutMs',
  print: 'printTimeoutMs',
  dispense: 'dispenseTimeoutMs',
  drive: 'driveTimeoutMs',
  patrol: 'patrolEveryMs',
  callDisplay: 'callDisplayMs',
  /** People step away before the robot may move after a person released a stop. */
  releaseSettle: 'shortScreenTimeoutMs',
  /** An announcement is shown for whole seconds. */
  announcementTick: 1000,
} as const satisfies Record<string, keyof BehaviourSettings | number>;

export type TimeoutName = keyof typeof sourceOf;

/** Length of a delay, ms. */
export function timeoutMs(name: TimeoutName, settings: BehaviourSettings): number {
  const source = sourceOf[name];
  return typeof source === 'number' ? source : settings[source];
}

type HasSettings = { context: { settings: BehaviourSettings } };
const delay = (name: TimeoutName) => (args: HasSettings) => timeoutMs(name, args.context.settings);

/** The machine's named delays for `after`. */
export const delays = {
  screen: delay('screen'),
  longScreen: delay('longScreen'),
  shortScreen: delay('shortScreen'),
  command: delay('command'),
  print: delay('print'),
  dispense: delay('dispense'),
  drive: delay('drive'),
  patrol: delay('patrol'),
  callDisplay: delay('callDisplay'),
  releaseSettle: delay('releaseSettle'),
  announcementTick: delay('announcementTick'),
};
