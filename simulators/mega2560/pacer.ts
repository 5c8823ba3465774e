/** Beyond this the emulation gives up catching up: a suspended machine must not race through an hour. */
const maximumLagMs = 250;

/** How far emulated time should be, from a monotonic wall clock: it catches up with short lags and drops long ones, counting them. */
export class Pacer {
  maxLagMs = 0;
  droppedMs = 0;
  private offsetMs: number;

  constructor(wallMs: number, emulatedMs: number) {
    this.offsetMs = emulatedMs - wallMs;
  }

  /** Emulated ms to have reached at `wallMs`, given that `emulatedMs` are done. */
  target(wallMs: number, emulatedMs: number): number {
    const lag = wallMs + this.offsetMs - emulatedMs;
    this.maxLagMs = Math.max(this.maxLagMs, lag);
    if (lag > maximumLagMs) {
      const dropped = lag - maximumLagMs;
      this.droppedMs += dropped;
      this.offsetMs -= dropped;
    }
    return wallMs + this.offsetMs;
  }
}
