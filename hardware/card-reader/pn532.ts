/**
 * Wire format of a PN532 on a serial line (NXP UM0701-02, 6.2): bytes <-> frames. Pure; the driver tells it when the line has been silent.
 * Normal frame: 00 00 FF LEN LCS TFI data DCS 00; extended: 00 00 FF FF FF LENhi LENlo LCS TFI data DCS 00. LEN counts TFI and data;
 * LEN + LCS and TFI + data + DCS are 0 modulo 256.
 */

/** Longest data of an information frame, bytes, its command code included and TFI not. */
export const longestData = 264;
/** Longest data that a normal frame holds: LEN is one byte and counts the TFI. */
const longestNormalData = 254;

export type Frame =
  | { kind: 'ack' }
  | { kind: 'nack' }
  /** The reader could not make sense of the last command. */
  | { kind: 'error' }
  /** `data`: 1 to 264 bytes, command code first. */
  | { kind: 'information'; towards: 'reader' | 'host'; data: Uint8Array };

/** Frame identifiers, by whom a frame is for. */
const identifiers = { reader: 0xd4, host: 0xd5 } as const;
const errorIdentifier = 0x7f;

/** A PN532 that sleeps wakes at the edges of 55 and needs a while before it listens; the zeros pass that time at 115200 baud (UM0701-02, 7.2.11). */
export const wakeUp = Uint8Array.from([0x55, 0x55, ...new Array<number>(14).fill(0)]);

const acknowledge = Uint8Array.from([0x00, 0x00, 0xff, 0x00, 0xff, 0x00]);
const notAcknowledge = Uint8Array.from([0x00, 0x00, 0xff, 0xff, 0x00, 0x00]);

/** Throws RangeError for data of 0 or of more than 264 bytes: a caller cuts before. */
export function encodeFrame(frame: Frame): Uint8Array {
  switch (frame.kind) {
    case 'ack':
      return Uint8Array.from(acknowledge);
    case 'nack':
      return Uint8Array.from(notAcknowledge);
    case 'error':
      return enclose(Uint8Array.of(errorIdentifier));
    case 'information':
      if (frame.data.length < 1 || frame.data.length > longestData) throw new RangeError(`a frame cannot hold ${frame.data.length} bytes`);
      return enclose(Uint8Array.from([identifiers[frame.towards], ...frame.data]));
  }
}

function enclose(body: Uint8Array): Uint8Array {
  const header =
    body.length - 1 <= longestNormalData
      ? [body.length, -body.length & 0xff]
      : [0xff, 0xff, body.length >> 8, body.length & 0xff, -((body.length >> 8) + body.length) & 0xff];
  return Uint8Array.from([0x00, 0x00, 0xff, ...header, ...body, -sum(body) & 0xff, 0x00]);
}

const sum = (bytes: Uint8Array): number => bytes.reduce((total, value) => (total + value) & 0xff, 0);

/** `noise`: bytes between frames, counted each. The others count frames. `truncated`: the line fell silent inside a frame. */
export const rejectionCauses = ['noise', 'lengthChecksum', 'tooLong', 'dataChecksum', 'identifier', 'truncated'] as const;
export type RejectionCause = (typeof rejectionCauses)[number];

/** What stands at a start code. `wait`: not all of it is there yet. */
type Verdict = { kind: 'wait' } | { kind: 'rejected'; cause: RejectionCause } | { kind: 'frame'; frame: Frame; length: number };

const startCode = [0x00, 0xff] as const;

/** Finds the frames in a stream of bytes and resynchronises after every damage. Holds at most one frame's bytes. */
export class FrameReader {
  readonly rejections: Record<RejectionCause, number> = {
    noise: 0,
    lengthChecksum: 0,
    tooLong: 0,
    dataChecksum: 0,
    identifier: 0,
    truncated: 0,
  };
  private pending: Uint8Array = new Uint8Array();

  /** Frames that `received` completes, in order. */
  push(received: Uint8Array): Frame[] {
    this.pending = this.pending.length === 0 ? received : Uint8Array.from([...this.pending, ...received]);
    const frames: Frame[] = [];
    while (this.skipToStart()) {
      const verdict = judge(this.pending);
      if (verdict.kind === 'wait') break;
      if (verdict.kind === 'rejected') {
        this.rejections[verdict.cause] += 1;
        // Only the start code is given up: a whole frame may stand right behind a torn one.
        this.drop(startCode.length);
        continue;
      }
      frames.push(verdict.frame);
      this.drop(verdict.length);
    }
    this.pending = this.pending.slice();
    return frames;
  }

  /** A frame has begun and waits for its end. */
  get waiting(): boolean {
    return this.pending.length > 1;
  }

  /** The line fell silent, or was lost, inside a frame. */
  abandon(): void {
    if (this.waiting) this.rejections.truncated += 1;
    this.pending = new Uint8Array();
  }

  /** Sum of all rejections. */
  get rejected(): number {
    return rejectionCauses.reduce((total, cause) => total + this.rejections[cause], 0);
  }

  /** True if a start code now stands first. Zeros before it are preamble or the postamble of the frame before. */
  private skipToStart(): boolean {
    const { pending } = this;
    let at = 0;
    while (at < pending.length && !(pending[at] === startCode[0] && (at + 1 === pending.length || pending[at + 1] === startCode[1]))) {
      if (pending[at] !== 0) this.rejections.noise += 1;
      at += 1;
    }
    this.drop(at);
    return this.pending.length >= startCode.length;
  }

  private drop(count: number): void {
    this.pending = this.pending.subarray(count);
  }
}

/** Judges what follows the start code 00 FF at the head of `bytes`. */
function judge(bytes: Uint8Array): Verdict {
  const [, , first, second, high, low, check] = bytes;
  if (first === undefined || second === undefined) return { kind: 'wait' };
  if (first === 0x00 && second === 0xff) return { kind: 'frame', frame: { kind: 'ack' }, length: 4 };
  if (first === 0xff && second === 0x00) return { kind: 'frame', frame: { kind: 'nack' }, length: 4 };
  if (first === 0xff && second === 0xff) {
    if (high === undefined || low === undefined || check === undefined) return { kind: 'wait' };
    if (((high + low + check) & 0xff) !== 0) return { kind: 'rejected', cause: 'lengthChecksum' };
    return judgeBody(bytes, 7, (high << 8) | low);
  }
  if (first === 0 || ((first + second) & 0xff) !== 0) return { kind: 'rejected', cause: 'lengthChecksum' };
  return judgeBody(bytes, 4, first);
}

/** `length`: bytes of TFI and data, which begin at `from`. */
function judgeBody(bytes: Uint8Array, from: number, length: number): Verdict {
  if (length === 0 || length > longestData + 1) return { kind: 'rejected', cause: 'tooLong' };
  if (bytes.length < from + length + 1) return { kind: 'wait' };
  if (sum(bytes.subarray(from, from + length + 1)) !== 0) return { kind: 'rejected', cause: 'dataChecksum' };
  const frame = frameOf(bytes.slice(from, from + length));
  return frame ? { kind: 'frame', frame, length: from + length + 1 } : { kind: 'rejected', cause: 'identifier' };
}

function frameOf(body: Uint8Array): Frame | null {
  const [identifier] = body;
  if (identifier === errorIdentifier && body.length === 1) return { kind: 'error' };
  if (body.length < 2) return null;
  const data = body.subarray(1);
  if (identifier === identifiers.host) return { kind: 'information', towards: 'host', data };
  return identifier === identifiers.reader ? { kind: 'information', towards: 'reader', data } : null;
}
