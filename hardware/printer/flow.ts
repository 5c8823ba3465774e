import { Signal } from '../../src/core/signal.ts';
import { requestConfirmation, requestPaperStatus } from './escpos.ts';
import type { Piece } from './paper-writer.ts';
import type { JobAnswer } from './printer.monitor.ts';
import type { PrinterProfile } from './profiles.ts';

interface Outstanding {
  /** Null where the printer knows no ids. */
  processId: string | null;
  bytes: number;
  dots: number;
}

/**
 * What is under way to the printer and not yet confirmed as printed. Every part sent ends with a request for confirmation; answers come
 * in the order of the requests.
 */
export class Flow {
  /** The printer has confirmed something of what was under way. */
  readonly progressed = new Signal<void>();
  private readonly profile: PrinterProfile;
  private outstanding: Outstanding[] = [];
  private count = 0;

  constructor(profile: PrinterProfile) {
    this.profile = profile;
  }

  get isEmpty(): boolean {
    return this.outstanding.length === 0;
  }

  /** Under way. */
  get bytes(): number {
    return this.outstanding.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  hasRoomFor({ bytes, dots }: Piece): boolean {
    const { windowBytes, windowDots } = this.profile;
    const dotsUnderWay = this.outstanding.reduce((sum, entry) => sum + entry.dots, 0);
    return this.isEmpty || (this.bytes + bytes.length <= windowBytes && (windowDots === null || dotsUnderWay + dots <= windowDots));
  }

  /** Notes a piece as under way; gives the request that must follow it. `processId`: four characters 20-7E; none: one of its own. */
  open({ bytes, dots }: Piece, processId?: string): Uint8Array {
    if (this.profile.confirmation === 'paperStatus') {
      this.outstanding.push({ processId: null, bytes: bytes.length, dots });
      return requestPaperStatus();
    }
    this.count = (this.count + 1) % 1000;
    const id = processId ?? `~${String(this.count).padStart(3, '0')}`;
    this.outstanding.push({ processId: id, bytes: bytes.length, dots });
    return requestConfirmation(id);
  }

  /** Takes an answer of the printer; one that nobody waits for is dropped. */
  take(answer: JobAnswer): void {
    if (answer.kind === 'bufferCleared') return;
    const at = answer.kind === 'confirmed' ? this.outstanding.findIndex(({ processId }) => processId === answer.processId) : 0;
    // A lost answer is made up for by a later one: the printer works in order.
    if (at < 0 || this.outstanding.splice(0, at + 1).length === 0) return;
    this.progressed.emit();
  }

  /** The printer was emptied or has lost its memory: nothing is under way any more. */
  reset(): void {
    this.outstanding = [];
  }
}
