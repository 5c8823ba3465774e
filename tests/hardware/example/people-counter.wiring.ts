import type { Clock } from '../../../src/core/clock.ts';
import type { DeviceStatus } from '../../../src/core/device.ts';
import type { Logger } from '../../../src/core/logger.ts';
import type { Unsubscribe } from '../../../src/core/signal.ts';
import { type DeviceLine, deviceLine } from '../../../src/technician/status-report.ts';
import type { PeopleCounterConfig } from './people-counter.config.ts';
import { openPeopleCounter } from './people-counter.driver.ts';
import type { PeopleCount, PeopleCounter } from './people-counter.ts';

/** For `src/app/open-parts.ts`: null where the unit's file names none. */
export const openCounterPart = (config: PeopleCounterConfig | undefined, parts: { clock: Clock; logger: Logger }): PeopleCounter | null =>
  config === undefined ? null : openPeopleCounter(config, parts);

/** What the machine hears of it; its place is the union in `src/behaviour/events.ts`. */
export type CounterEvent =
  | { type: 'device.changed'; device: 'peopleCounter'; state: DeviceStatus }
  | { type: 'people.counted'; count: PeopleCount };

/** For `src/app/listen.ts`: part -> events, now and from now on. */
export function listenToCounter(counter: PeopleCounter, send: (event: CounterEvent) => void): Unsubscribe {
  send({ type: 'device.changed', device: 'peopleCounter', state: counter.status });
  const stops = [
    counter.statusChanged.on((state) => send({ type: 'device.changed', device: 'peopleCounter', state })),
    counter.countChanged.on((count) => send({ type: 'people.counted', count })),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** For `src/app/doctor.ts` and `src/app/report.ts`: the line that technicians read. */
export const counterLine = (counter: PeopleCounter, { path }: PeopleCounterConfig): DeviceLine =>
  deviceLine('peopleCounter', counter.status, path);
