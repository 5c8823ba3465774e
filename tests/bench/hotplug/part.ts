import type { DeviceStatus } from '../../../src/core/device.ts';
import type { Random } from '../../../src/core/random.ts';
import type { Signal } from '../../../src/core/signal.ts';

/** What a part may be doing when its cable comes off. */
export interface Work {
  name: string;
  /** The cable comes off up to this long after the work began, ms. */
  lastsMs: number;
  /** Begins it. The promise ends with the work, well or not; it never outlasts the next time that the part is ready for long. */
  begin(): Promise<unknown>;
}

/** A driver and its part at a real terminal, beginning unplugged. */
export interface HotPart {
  readonly name: string;
  readonly driver: { readonly status: DeviceStatus; readonly statusChanged: Signal<DeviceStatus> };
  /** Resting is one of them. */
  readonly works: readonly Work[];
  /** Longest pause of the ready part before its next work, ms. */
  readonly restMs: number;
  plug(): void;
  unplug(): void | Promise<void>;
  /** Listeners that the driver's doings have added to signals which outlive an unplug. */
  listeners(): number;
  /** Ends the driver and its part. */
  close(): Promise<void>;
}

/** A part's folder, and what decides when exactly its terminal hangs up. */
export interface Surroundings {
  folder: string;
  random: Random;
}

export const rest: Work = { name: 'idle', lastsMs: 0, begin: () => Promise.resolve() };

/** At once, as when the kernel sees it first, or later than the link is gone. */
export const suddenly = (random: Random) => () => (random.next() < 0.5 ? 0 : random.next() * 60);
