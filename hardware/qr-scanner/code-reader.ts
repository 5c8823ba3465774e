/** What a serial scanner sends: bytes -> whole codes. Pure; the driver tells it when the line has been silent. */

/** Longest code taken, bytes; a citizen card's QR has about 200. */
export const codeLimitBytes = 4096;

export const rejectionCauses = ['tooLong', 'notUtf8', 'cutShort'] as const;
export type RejectionCause = (typeof rejectionCauses)[number];

const CR = 0x0d;
const LF = 0x0a;

/** Collects bytes up to CR or LF. Nothing of a rejected code is kept: it may be personal. */
export class CodeReader {
  readonly rejections: Record<RejectionCause, number> = { tooLong: 0, notUtf8: 0, cutShort: 0 };
  private pending: number[] = [];
  private overlong = false;

  /** Codes that `received` completes, NFC-normalised, without AIM prefix. */
  push(received: Uint8Array): string[] {
    const codes: string[] = [];
    for (const value of received) {
      if (value !== CR && value !== LF) this.keep(value);
      else {
        const code = this.finish();
        if (code !== null && code !== '') codes.push(code);
      }
    }
    return codes;
  }

  /** A code has begun and waits for its end. */
  get waiting(): boolean {
    return this.pending.length > 0 || this.overlong;
  }

  /** The line fell silent, or was lost, inside a code: a torn code must not become the head of the next one. */
  abandon(): void {
    if (!this.waiting) return;
    this.rejections.cutShort += 1;
    this.pending = [];
    this.overlong = false;
  }

  private keep(value: number): void {
    if (this.pending.length >= codeLimitBytes) {
      this.overlong = true;
      this.pending = [];
    }
    if (!this.overlong) this.pending.push(value);
  }

  private finish(): string | null {
    const bytes = Uint8Array.from(this.pending);
    const overlong = this.overlong;
    this.pending = [];
    this.overlong = false;
    if (overlong) {
      this.rejections.tooLong += 1;
      return null;
    }
    const text = decode(bytes);
    if (text === null) this.rejections.notUtf8 += 1;
    return text;
  }
}

/** Symbology identifier of ISO/IEC 15424, for instance `]Q1` for a QR code. */
const aimPrefix = /^\][A-Za-z][0-9A-Za-z]/;

function decode(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.replace(aimPrefix, '').normalize('NFC');
  } catch {
    return null;
  }
}
