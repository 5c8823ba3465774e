import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface DiskLimits {
  /** Free bytes below which no new promise is made. */
  leastFreeBytes: number;
  /** Bytes held in `<file>.reserve` and given up when the disk is full all the same, so that commits and voids can still be written. */
  reserveBytes: number;
}

const pieceBytes = 256 * 1024;
const mib = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MiB`;

/** Room on the disk for the store: watched before a promise is made, and kept in reserve for what was promised. */
export class DiskRoom {
  private readonly file: string;
  private readonly reserveFile: string;
  private readonly limits: DiskLimits;
  private usedUp = false;

  constructor(file: string, limits: DiskLimits) {
    this.file = file;
    this.reserveFile = `${file}.reserve`;
    this.limits = limits;
  }

  /** Why no new promise may be made; null where it may. */
  trouble(): string | null {
    const freeBytes = this.freeBytes();
    const { leastFreeBytes } = this.limits;
    if (freeBytes !== null && freeBytes < leastFreeBytes) return `${mib(freeBytes)} free on the disk, ${mib(leastFreeBytes)} wanted`;
    if (this.usedUp) return 'the reserve on the disk is in use';
    return null;
  }

  /** Gives the reserve up. False where there was none. */
  relieve(): boolean {
    const had = this.reserved() > 0;
    rmSync(this.reserveFile, { force: true });
    this.usedUp ||= had;
    return had;
  }

  /** Fills the reserve where it is missing and there is room for it. Real bytes: an empty file of that length would hold no room. */
  refill(): void {
    const { leastFreeBytes, reserveBytes } = this.limits;
    const freeBytes = this.freeBytes();
    if (this.reserved() >= reserveBytes || freeBytes === null || freeBytes < leastFreeBytes + reserveBytes) return;
    try {
      const handle = openSync(this.reserveFile, 'w');
      try {
        const piece = Buffer.alloc(pieceBytes, 1);
        for (let left = reserveBytes; left > 0; left -= pieceBytes) writeSync(handle, piece, 0, Math.min(left, pieceBytes));
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      this.usedUp = false;
    } catch {
      rmSync(this.reserveFile, { force: true });
    }
  }

  private reserved(): number {
    return statSync(this.reserveFile, { throwIfNoEntry: false })?.size ?? 0;
  }

  private freeBytes(): number | null {
    try {
      const { bavail, bsize } = statfsSync(dirname(this.file));
      return bavail * bsize;
    } catch {
      return null;
    }
  }
}
