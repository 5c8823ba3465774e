import type { FrameFault } from '../protocol/codec.ts';
import { decodeFrame, type FirmwareMessage, isFirmwareMessage } from '../protocol/generated/messages.ts';

/** What the parser finds in the byte stream: a checked message of ours, or one whole Firmata message. */
export type Parsed = { kind: 'message'; seq: number; message: FirmwareMessage } | { kind: 'firmata'; bytes: Uint8Array };

/**
 * Why bytes were thrown away. `interrupted`: a frame broken off by another; `tooLong`: no end of frame came;
 * `noise`: bytes outside any message; `wrongWay`: a message only the host may send; the rest as the codec names it.
 */
export type Rejection = FrameFault | 'interrupted' | 'tooLong' | 'noise' | 'wrongWay';
export type RejectionCounts = Readonly<Record<Rejection, number>>;

const sysexStart = 0xf0;
const sysexEnd = 0xf7;
/** Firmata leaves sysex ids 0x01-0x0F to the user; they are ours. */
const lastOwnId = 0x0f;
/** The longest wanted message is the capability response of the 70 pins, about 900 bytes. */
const sysexLimit = 2048;
/** Status nibble or byte -> data bytes behind it, of what a Firmata board sends: analog, digital, version. */
const shortMessages: ReadonlyMap<number, number> = new Map([
  [0xe0, 2],
  [0x90, 2],
  [0xf9, 2],
]);

const noRejections = (): Record<Rejection, number> => ({
  length: 0,
  crc: 0,
  unknownId: 0,
  range: 0,
  sevenBit: 0,
  interrupted: 0,
  tooLong: 0,
  noise: 0,
  wrongWay: 0,
});

const shortLength = (status: number): number | undefined => shortMessages.get(status < sysexStart ? status & 0xf0 : status);

/**
 * Splits the board's byte stream into our checked messages and Firmata's. Feed it any chunks; it finds its way back after
 * garbage at the next status byte (only status bytes have the top bit set) and counts what it threw away, by cause.
 */
export class FrameParser {
  /** Bytes of the message being received, its status byte first; empty between messages. */
  private partial: number[] = [];
  private readonly counts = noRejections();

  get rejections(): RejectionCounts {
    return { ...this.counts };
  }

  push(chunk: Uint8Array): Parsed[] {
    const found: Parsed[] = [];
    for (const byte of chunk) {
      const parsed = byte < 0x80 ? this.takeData(byte) : this.takeStatus(byte);
      if (parsed) found.push(parsed);
    }
    return found;
  }

  private takeStatus(byte: number): Parsed | null {
    const inSysex = this.partial[0] === sysexStart;
    if (inSysex && byte === sysexEnd) return this.finishSysex();
    if (this.partial.length > 0) this.counts.interrupted++;
    this.partial = [];
    if (byte === sysexStart || shortLength(byte) !== undefined) this.partial = [byte];
    else this.counts.noise++;
    return null;
  }

  private takeData(byte: number): Parsed | null {
    const status = this.partial[0];
    if (status === undefined) {
      this.counts.noise++;
      return null;
    }
    this.partial.push(byte);
    if (status === sysexStart) {
      if (this.partial.length >= sysexLimit) {
        this.counts.tooLong++;
        this.partial = [];
      }
      return null;
    }
    if (this.partial.length <= (shortLength(status) ?? 0)) return null;
    return this.finishFirmata();
  }

  private finishFirmata(): Parsed {
    const bytes = Uint8Array.from(this.partial);
    this.partial = [];
    return { kind: 'firmata', bytes };
  }

  private finishSysex(): Parsed | null {
    const id = this.partial[1];
    this.partial.push(sysexEnd);
    if (id === undefined || id <= lastOwnId) return this.finishOwn();
    return this.finishFirmata();
  }

  private finishOwn(): Parsed | null {
    const decoded = decodeFrame(Uint8Array.from(this.partial.slice(1, -1)));
    this.partial = [];
    if (!decoded.ok) {
      this.counts[decoded.cause]++;
      return null;
    }
    if (!isFirmwareMessage(decoded.message)) {
      this.counts.wrongWay++;
      return null;
    }
    return { kind: 'message', seq: decoded.seq, message: decoded.message };
  }
}
