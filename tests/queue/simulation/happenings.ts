import { createHash } from 'node:crypto';

/** What happened in a run: counts by kind, and on demand every line of it with a digest. */
export class Happenings {
  readonly counts = new Map<string, number>();
  /** Anything that would print or hash lines should ask first: making them costs more than the run. */
  readonly recording: boolean;
  private readonly hash = createHash('sha256');
  private readonly print: ((line: string) => void) | null;
  private readonly now: () => number;

  constructor(now: () => number, options: { recording?: boolean; print?: (line: string) => void } = {}) {
    this.now = now;
    this.print = options.print ?? null;
    this.recording = (options.recording ?? false) || this.print !== null;
  }

  count(kind: string, by = 1): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + by);
  }

  note(who: string, what: string, detail: () => string = () => ''): void {
    if (!this.recording) return;
    const line = `${String(this.now()).padStart(7)} ${who.padEnd(8)} ${what} ${detail()}`;
    this.hash.update(`${line}\n`);
    this.print?.(line);
  }

  /** SHA-256 over every line; only once, at the end. */
  digest(): string {
    return this.hash.digest('hex');
  }
}
