/** What a serial scanner sends: bytes -> whole codes. Pure; the driver tells it when the line has been silent. */

import { codeLimitBytes, decodeCode, type RejectionCause } from './code-text.ts';

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
    const text = decodeCode(bytes);
    if (text === null) this.rejections.notUtf8 += 1;
    return text;
  }
}
