import { LetanError } from '../core/errors.ts';

interface Waiting {
  begin: () => void;
  reject: (error: LetanError) => void;
}

/**
 * Lets so many messages be on the way at once as the broker takes (its receive maximum), and some wait. Policy when full: the new one is
 * refused, since whoever must not lose it has it in the outbox.
 */
export class PublishWindow {
  private readonly atOnce: number;
  private readonly mayWait: number;
  private running = 0;
  private readonly waiting: Waiting[] = [];
  private readonly unsettled = new Set<(error: LetanError) => void>();
  private closed: LetanError | null = null;

  constructor(atOnce: number, mayWait: number) {
    this.atOnce = atOnce;
    this.mayWait = mayWait;
  }

  /** Settles as `work` does; rejects with `QUEUE_OFFLINE` when full, and with the error of {@link close}. */
  async run(work: () => Promise<void>): Promise<void> {
    if (this.closed) throw this.closed;
    if (this.running < this.atOnce) this.running++;
    else await this.turn();
    try {
      await this.orClosed(work());
    } finally {
      // The place goes to the next in line directly, so that nobody slips in between.
      const next = this.waiting.shift();
      if (next) next.begin();
      else this.running--;
    }
  }

  /** Rejects whatever runs or waits. */
  close(error: LetanError): void {
    if (this.closed) return;
    this.closed = error;
    for (const { reject } of this.waiting.splice(0)) reject(error);
    for (const reject of this.unsettled) reject(error);
    this.unsettled.clear();
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= this.mayWait)
      throw new LetanError('QUEUE_OFFLINE', `${this.running + this.waiting.length} messages are on the way already`);
    return new Promise((begin, reject) => this.waiting.push({ begin, reject }));
  }

  private orClosed(work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.unsettled.add(reject);
      work.then(
        () => {
          this.unsettled.delete(reject);
          resolve();
        },
        (error: unknown) => {
          this.unsettled.delete(reject);
          reject(error);
        },
      );
    });
  }
}
