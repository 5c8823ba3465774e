/**
 * STK500v2 frames (Atmel AVR068): `1B seq lenHigh lenLow 0E body checksum`, the checksum being the XOR of all before it.
 * Pure: bytes in, bytes out.
 */

const frameStart = 0x1b;
const token = 0x0e;
const headerBytes = 5;
/** The longest answer wanted: a page of 256 bytes with command, status and closing status. AVR068 allows 275. */
const bodyLimit = 275;

/** Commands of AVR068 that the Mega's boot loader obeys. */
export const command = {
  signOn: 0x01,
  loadAddress: 0x06,
  enterProgramming: 0x10,
  leaveProgramming: 0x11,
  chipErase: 0x12,
  programFlash: 0x13,
  readFlash: 0x14,
  readSignature: 0x1b,
} as const;

/** What the Mega's boot loader speaks. */
export const bootLoaderBaudRate = 115_200;

export const statusOk = 0x00;

export interface StkFrame {
  /** 0-255; an answer repeats its request's. */
  seq: number;
  /** Command first; in an answer the status follows. */
  body: Uint8Array;
}

const checksum = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum ^ byte, 0);

export function encodeStkFrame({ seq, body }: StkFrame): Uint8Array {
  const frame = new Uint8Array(headerBytes + body.length + 1);
  frame.set([frameStart, seq, body.length >> 8, body.length & 0xff, token]);
  frame.set(body, headerBytes);
  frame[frame.length - 1] = checksum(frame);
  return frame;
}

/**
 * Cuts a byte stream into checked frames, whatever the chunks. What is no frame is dropped byte by byte and counted, so a frame
 * behind garbage, or hidden in a damaged one, is still found.
 */
export class StkReader {
  /** Bytes that belonged to no good frame. */
  discarded = 0;
  private pending = new Uint8Array(0);

  push(chunk: Uint8Array): StkFrame[] {
    this.pending = Buffer.concat([this.pending, chunk]);
    const frames: StkFrame[] = [];
    for (let found = this.next(); found !== 'incomplete'; found = this.next()) if (found !== 'garbage') frames.push(found);
    return frames;
  }

  private next(): StkFrame | 'garbage' | 'incomplete' {
    const { pending } = this;
    if (pending.length === 0) return 'incomplete';
    const length = ((pending[2] ?? 0) << 8) | (pending[3] ?? 0);
    const impossible =
      pending[0] !== frameStart ||
      (pending.length >= 4 && (length === 0 || length > bodyLimit)) ||
      (pending.length >= headerBytes && pending[4] !== token);
    if (impossible) return this.drop();
    const end = headerBytes + length + 1;
    if (pending.length < headerBytes || pending.length < end) return 'incomplete';
    if (checksum(pending.subarray(0, end)) !== 0) return this.drop();
    this.pending = pending.slice(end);
    return { seq: pending[1] ?? 0, body: pending.slice(headerBytes, end - 1) };
  }

  private drop(): 'garbage' {
    this.discarded += 1;
    this.pending = this.pending.slice(1);
    return 'garbage';
  }
}
