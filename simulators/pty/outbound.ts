import { writeSync } from 'node:fs';

/** Errors that mean "not now" or "nobody there" on a non-blocking master. */
const codeOf = (error: unknown): string | undefined => (error instanceof Error && 'code' in error ? String(error.code) : undefined);

/** True if reading or writing failed only because nothing is possible at the moment. */
export const isWouldBlock = (error: unknown): boolean => codeOf(error) === 'EAGAIN';

/** True if no program has the slave open (or the master is gone). */
export const isHungUp = (error: unknown): boolean => codeOf(error) === 'EIO';

/** Small writes are joined up to this size: a UART hands over single bytes. */
const mergeBelow = 256;

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
    const last = this.parts.at(-1);
    if (last && last.length + taken.length <= mergeBelow) this.parts[this.parts.length - 1] = Buffer.concat([last, taken]);
    else this.parts.push(Uint8Array.from(taken));
    this.length += taken.length;
  }

  clear(): void {
    this.parts = [];
    this.length = 0;
  }

  /**
   * Writes what `masterFd` takes and returns how many bytes that was; what does not fit stays, see {@link isEmpty}. With nobody at the
   * other end all of it is discarded, as on a serial line.
   */
  flushInto(masterFd: number): number {
    let total = 0;
    for (let part = this.parts[0]; part; part = this.parts[0]) {
      const written = this.writePart(masterFd, part);
      if (written === null) break;
      total += written;
      this.length -= written;
      if (written === part.length) this.parts.shift();
      else this.parts[0] = part.subarray(written);
    }
    return total;
  }

  /** Null when nothing can be written now. */
  private writePart(masterFd: number, part: Uint8Array): number | null {
    try {
      return writeSync(masterFd, part);
    } catch (error) {
      if (isHungUp(error)) this.clear();
      else if (!isWouldBlock(error)) throw error;
      return null;
    }
  }
}
