import type { WardCounter } from './catalogue.ts';

export interface Load {
  /** People waiting, by service. */
  waiting: ReadonlyMap<string, number>;
  /** Minutes one citizen takes, by service. */
  serviceMin: ReadonlyMap<string, number>;
  /** Counters that call people now, and the minutes until each is free. */
  counters: readonly (WardCounter & { freeInMin: number })[];
}

/**
 * Minutes until each counter has called everybody who waits now, by counter: the counter that is free first takes somebody of the
 * longest of its lines, as first come, first served does on the average. Whoever comes now is called when the first counter of her
 * service is through.
 */
export function freeAfterQueue({ waiting, serviceMin, counters }: Load): Map<number, number> {
  const left = new Map(waiting);
  const freeAt = new Map(counters.map(({ counter, freeInMin }) => [counter, freeInMin]));
  const idle = new Set<number>();
  while (idle.size < counters.length) {
    const desk = earliest(counters, freeAt, idle);
    if (!desk) break;
    const serviceId = longest(desk.serviceIds, left);
    if (serviceId === null) {
      idle.add(desk.counter);
      continue;
    }
    left.set(serviceId, (left.get(serviceId) ?? 0) - 1);
    freeAt.set(desk.counter, (freeAt.get(desk.counter) ?? 0) + (serviceMin.get(serviceId) ?? 0));
  }
  return freeAt;
}

function earliest<C extends WardCounter>(counters: readonly C[], freeAt: Map<number, number>, idle: Set<number>): C | undefined {
  let best: C | undefined;
  for (const desk of counters) {
    if (idle.has(desk.counter)) continue;
    if (!best || (freeAt.get(desk.counter) ?? 0) < (freeAt.get(best.counter) ?? 0)) best = desk;
  }
  return best;
}

function longest(serviceIds: readonly string[], left: Map<string, number>): string | null {
  let best: string | null = null;
  for (const serviceId of serviceIds) {
    const count = left.get(serviceId) ?? 0;
    if (count > 0 && count > (best === null ? 0 : (left.get(best) ?? 0))) best = serviceId;
  }
  return best;
}
