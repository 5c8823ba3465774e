import type { Clock } from './clock.ts';

interface Kept {
  atMs: number;
  line: string;
}

/** Lines and bytes kept: some hours of a busy robot at level `info`. */
const mostLines = 5000;
const mostBytes = 1_000_000;

/** The last log lines in memory, for whoever asks for the log from afar. Bounded in lines and bytes; the oldest leave. */
export class LogRing {
  private readonly clock: Clock;
  private kept: Kept[] = [];
  /** Lines before this place have left. */
  private first = 0;
  private bytes = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Takes one line of the logger; pino writes each with its line end. */
  write(line: string): void {
    this.kept.push({ atMs: this.clock.monotonicMs(), line: line.trimEnd() });
    this.bytes += line.length;
    while (this.length > mostLines || this.bytes > mostBytes) this.dropOldest();
    // The array is copied once for each half of it that has left, not for each line.
    if (this.first > mostLines) {
      this.kept = this.kept.slice(this.first);
      this.first = 0;
    }
  }

  get length(): number {
    return this.kept.length - this.first;
  }

  /** Lines of the last `periodMs`, oldest first. */
  since(periodMs: number): string[] {
    const fromMs = this.clock.monotonicMs() - periodMs;
    return this.kept.slice(this.first).flatMap(({ atMs, line }) => (atMs >= fromMs ? [line] : []));
  }

  private dropOldest(): void {
    const oldest = this.kept[this.first];
    if (!oldest) return;
    this.bytes -= oldest.line.length + 1;
    this.first += 1;
  }
}
