/**
 * The PN532's side of its serial line, written from UM0701-02 apart from the driver's, so that a mistake in one does not hide in the other.
 */
export type HostFrame = { kind: 'ack' } | { kind: 'nack' } | { kind: 'command'; data: Uint8Array };

export const ackFrame = Uint8Array.of(0, 0, 0xff, 0, 0xff, 0);
export const errorFrame = Uint8Array.of(0, 0, 0xff, 1, 0xff, 0x7f, 0x81, 0);

/** An answer frame: its code and its data; extended when LEN does not fit one byte. */
export function answerFrame(code: number, data: readonly number[] | Uint8Array): Uint8Array {
  const length = data.length + 2;
  const body = [0xd5, code, ...data];
  const bodyCheck = (0x100 - (body.reduce((total, value) => total + value, 0) % 0x100)) % 0x100;
  const [high, low] = [Math.floor(length / 256), length % 256];
  const header = length > 255 ? [0xff, 0xff, high, low, (0x200 - high - low) % 0x100] : [length, 0x100 - length];
  return Uint8Array.from([0, 0, 0xff, ...header, ...body, bodyCheck, 0]);
}

/** Longest LEN the PN532 takes: TFI and 264 bytes. */
const longestLength = 265;

/** Cuts host frames out of the received bytes. A frame with a wrong checksum is dropped in silence, as the part does it. */
export class HostReceiver {
  private held: number[] = [];

  push(bytes: Uint8Array): HostFrame[] {
    this.held.push(...bytes);
    const frames: HostFrame[] = [];
    for (;;) {
      const start = this.held.findIndex((value, at) => value === 0 && this.held[at + 1] === 0xff);
      if (start < 0) {
        this.held = this.held.at(-1) === 0 ? [0] : [];
        return frames;
      }
      this.held.splice(0, start);
      const taken = this.readFrame();
      if (taken === 'wait') return frames;
      this.held.splice(0, taken.length);
      if (taken.frame) frames.push(taken.frame);
    }
  }

  clear(): void {
    this.held = [];
  }

  private readFrame(): 'wait' | { length: number; frame: HostFrame | null } {
    const [, , len, lcs, high = Number.NaN, low = Number.NaN, check = Number.NaN] = this.held;
    if (len === undefined || lcs === undefined) return 'wait';
    if (len === 0x00 && lcs === 0xff) return { length: 4, frame: { kind: 'ack' } };
    if (len === 0xff && lcs === 0x00) return { length: 4, frame: { kind: 'nack' } };
    const extended = len === 0xff && lcs === 0xff;
    if (extended && this.held.length < 7) return 'wait';
    const headerSound = extended ? (high + low + check) % 0x100 === 0 : (len + lcs) % 0x100 === 0;
    const length = extended ? high * 256 + low : len;
    if (!headerSound || length < 2 || length > longestLength) return { length: 2, frame: null };
    const from = extended ? 7 : 4;
    if (this.held.length < from + length + 1) return 'wait';
    const body = this.held.slice(from, from + length + 1);
    const sound = body.reduce((total, value) => total + value, 0) % 0x100 === 0 && body[0] === 0xd4;
    return { length: from + length + 1, frame: sound ? { kind: 'command', data: Uint8Array.from(body.slice(1, -1)) } : null };
  }
}
