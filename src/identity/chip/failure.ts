import type { ChipFailure } from './chip.ts';

/** Ends a read from within; `readChip` turns it into its outcome, and it goes no further. */
export class ChipReadError extends Error {
  readonly failure: ChipFailure;
  constructor(failure: ChipFailure, detail: string) {
    super(`${failure}: ${detail}`);
    this.name = 'ChipReadError';
    this.failure = failure;
  }
}

/** The chip no longer shares our session keys: it dropped the session, or never had the key that it claimed. */
export class SessionLost extends ChipReadError {
  constructor(detail: string) {
    super('protocol', detail);
    this.name = 'SessionLost';
  }
}
