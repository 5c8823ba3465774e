/** Width of a class: 2 %, finer than a measurement on a shared machine. */
const growth = Math.log(1.02);
const leastMs = 0.01;
const classes = 1_100;

/** Millions of latencies in a fixed room: classes of 2 %, from 10 µs up. */
export class Latencies {
  private readonly counts = new Uint32Array(classes);
  private total = 0;
  private greatestMs = 0;

  get count(): number {
    return this.total;
  }

  /** NaN while nothing was noted. */
  get worstMs(): number {
    return this.total === 0 ? Number.NaN : this.greatestMs;
  }

  note(ms: number): void {
    const place = Math.ceil(Math.log(Math.max(ms, leastMs) / leastMs) / growth);
    const index = Math.min(classes - 1, place);
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.total++;
    if (ms > this.greatestMs) this.greatestMs = ms;
  }

  /** The `share` quantile (0..1), ms, rounded up to its class; NaN while nothing was noted. */
  quantileMs(share: number): number {
    if (this.total === 0) return Number.NaN;
    let left = Math.max(1, Math.ceil(this.total * share));
    for (let index = 0; index < classes; index++) {
      left -= this.counts[index] ?? 0;
      if (left <= 0) return Math.min(this.greatestMs, leastMs * Math.exp(index * growth));
    }
    return this.greatestMs;
  }
}
