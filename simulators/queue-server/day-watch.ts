import type { Clock } from '../../src/core/clock.ts';
import { localDay } from '../../src/queue/wire.ts';

const minuteMs = 60_000;

/** Which turn of the clock went by since it was last asked. */
export class DayWatch {
  private readonly clock: Clock;
  private day: string;
  private minute: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.day = localDay(clock.nowMs());
    this.minute = Math.floor(clock.nowMs() / minuteMs);
  }

  /** The largest of them. Days are Vietnam's. */
  look(): 'nothing' | 'minute' | 'hour' | 'day' {
    const nowMs = this.clock.nowMs();
    const [day, minute] = [localDay(nowMs), Math.floor(nowMs / minuteMs)];
    const before = { day: this.day, minute: this.minute };
    this.day = day;
    this.minute = minute;
    if (day !== before.day) return 'day';
    if (Math.floor(minute / 60) !== Math.floor(before.minute / 60)) return 'hour';
    return minute === before.minute ? 'nothing' : 'minute';
  }
}
