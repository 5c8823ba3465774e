import type { Clock } from '../core/clock.ts';

/** Nearer than this for `appearMs` is somebody; farther than this plus the margin (or nothing) for `leaveMs` is nobody. */
const leaveMarginMm = 400;
const appearMs = 500;
const leaveMs = 4000;

/**
 * Tells from the front range sensors whether somebody stands before the robot. Needs a while in both directions, so that a
 * passer-by is not greeted and a visitor who steps aside is not dropped.
 */
export class PresenceDetector {
  private near = false;
  private sinceMs: number | null = null;
  private readonly clock: Clock;
  private readonly distanceMm: number;

  constructor(clock: Clock, distanceMm: number) {
    this.clock = clock;
    this.distanceMm = distanceMm;
  }

  /** Feeds the nearest front range, mm (null: nothing seen). Returns the change it makes, if any. */
  update(rangeMm: number | null): 'near' | 'left' | null {
    const boundMm = this.near ? this.distanceMm + leaveMarginMm : this.distanceMm;
    const seen = rangeMm !== null && rangeMm < boundMm;
    if (seen === this.near) {
      this.sinceMs = null;
      return null;
    }
    const nowMs = this.clock.monotonicMs();
    this.sinceMs ??= nowMs;
    if (nowMs - this.sinceMs < (seen ? appearMs : leaveMs)) return null;
    this.near = seen;
    this.sinceMs = null;
    return seen ? 'near' : 'left';
  }
}
