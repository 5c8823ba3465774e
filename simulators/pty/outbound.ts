import { writeSync } from 'node:fs';

/** Errors that mean "not now" or "nobody there" on a non-blocking master. */
const codeOf = (error: unknown): string | undefined => (error instanceof Error && 'code' in error ? String(error.code) : undefined);

/** True if reading or writing failed only because nothing is possible at the moment. */
export const isWouldBlock = (error: unknown): boolean => codeOf(error) === 'EAGAIN';

/** True if no program has the slave open (or the master is gone). */
export const isHungUp = (error: unknown): boolean => codeOf(error) === 'EIO';

/** Bytes on their way into a master that may take only some of them. Holds `bound` bytes; what does not fit is dropped and counted. */
export class Outbound {
  droppedBytes = 0;
  private readonly bound: number;
  private parts: Uint8Array[] = [];
  private length = 0;

  constructor(bound: number) {
    this.bound = bound;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  push(bytes: Uint8Array): void {
    const taken = bytes.subarray(0, Math.max(0, this.bound - this.length));
    this.droppedBytes += bytes.length - taken.length;
    if (taken.length === 0) return;
    this.parts.push(Uint8Array.from(taken));
    this.length += taken.length;
  }

  clear(): void {
    this.parts = [];
    this.length = 0;
  }

  /** Writes what `masterFd` takes. True when everything is out; false when the rest must wait. With nobody at the other end all of it is discarded, as on a serial line. */
  flushInto(masterFd: number): boolean {
    for (let part = this.parts[0]; part; part = this.parts[0]) {
      let written: number;
      try {
        written = writeSync(masterFd, part);
      } catch (error) {
        if (isWouldBlock(error)) return false;
        if (!isHungUp(error)) throw error;
        this.clear();
        return true;
      }
      this.length -= written;
      if (written === part.length) this.parts.shift();
      else this.parts[0] = part.subarray(written);
    }
    return true;
  }
}
