import type { ErrorInfo } from '../core/errors.ts';

/** From here on a citizen would see a wrong waiting time and a technician wrong dates. */
const tellOverMs = 30_000;
/** Told again only after it was good in between; lower, so that a skew that hovers at the limit is told once. */
const goodUnderMs = 15_000;

/** Says once that robot and queue server disagree about the time. */
export class SkewWatch {
  private told = false;

  /** `skewMs`: queue server's clock minus the robot's. */
  check(skewMs: number | null): ErrorInfo | null {
    const offMs = Math.abs(skewMs ?? 0);
    if (offMs < goodUnderMs) this.told = false;
    if (skewMs === null || offMs <= tellOverMs || this.told) return null;
    this.told = true;
    return skewFault(skewMs);
  }
}

/** `QUEUE_CLOCK_SKEW` for more than 30 s. `skewMs`: queue server's clock minus the robot's. */
export function skewFault(skewMs: number): ErrorInfo | null {
  const offMs = Math.abs(skewMs);
  if (offMs <= tellOverMs) return null;
  const behind = skewMs > 0 ? 'behind' : 'ahead of';
  return { code: 'QUEUE_CLOCK_SKEW', detail: `the robot's clock is ${inWords(offMs)} ${behind} the queue server's` };
}

function inWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
