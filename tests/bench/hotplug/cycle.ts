import { setTimeout as pause } from 'node:timers/promises';
import type { DeviceStatus } from '../../../src/core/device.ts';
import type { Random } from '../../../src/core/random.ts';
import type { HotPart } from './part.ts';

/** A driver that has not noticed anything after this long never will. */
const limitMs = 30_000;

export interface Cycles {
  /** From the pull until the driver says that its part is away. */
  knownMs: number[];
  /** From the plugging-in until the driver is ready. */
  readyMs: number[];
  /** How often the cable came off during which work. */
  works: Map<string, number>;
}

export const noCycles = (): Cycles => ({ knownMs: [], readyMs: [], works: new Map() });

/** Resolves with the time from now until the driver says `wanted`; rejects after 30 s. */
function says({ driver, name }: HotPart, wanted: DeviceStatus['status']): Promise<number> {
  const startMs = performance.now();
  if (driver.status.status === wanted) return Promise.resolve(0);
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      stop();
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`${name}: not ${wanted} after ${limitMs} ms, but ${JSON.stringify(driver.status)}`));
    }, limitMs);
    const stop = driver.statusChanged.on(({ status }) => {
      if (status !== wanted) return;
      end();
      resolve(performance.now() - startMs);
    });
  });
}

/** Rejects when `work` has not ended after 30 s: nothing may hang. */
async function ends(what: string, work: Promise<unknown>): Promise<void> {
  const abort = new AbortController();
  const late = pause(limitMs, true, { signal: abort.signal }).catch(() => false);
  const settled = work.then(
    () => false,
    () => false,
  );
  const tooLate = await Promise.race([settled, late]);
  abort.abort();
  if (tooLate) throw new Error(`${what} never ended`);
}

export async function plugIn(part: HotPart): Promise<number> {
  part.plug();
  return says(part, 'ready');
}

/** One cable pulled in the middle of whatever chance decides, and plugged again; ends with the part ready and at rest. */
export async function cycle(part: HotPart, random: Random, into: Cycles): Promise<void> {
  await pause(random.next() * part.restMs);
  const work = part.works[Math.floor(random.next() * part.works.length)];
  if (!work) throw new Error(`${part.name} has no work`);
  const doing = ends(`${part.name}: ${work.name}`, work.begin());
  await pause(random.next() * work.lastsMs);
  const known = says(part, 'offline');
  await part.unplug();
  into.knownMs.push(await known);
  await pause(random.next() * 300);
  into.readyMs.push(await plugIn(part));
  await doing;
  into.works.set(work.name, (into.works.get(work.name) ?? 0) + 1);
}
