import type { Cancel, Clock } from '../../src/core/clock.ts';
import { LetanError, toErrorInfo } from '../../src/core/errors.ts';
import type { Signal, Unsubscribe } from '../../src/core/signal.ts';
import type { SerialLink } from '../serial/serial-link.ts';
import { concat } from './escpos.ts';
import type { Flow } from './flow.ts';
import type { Piece } from './paper-writer.ts';
import { faultOf, type PrinterMonitor } from './printer.monitor.ts';

/** From one confirmation to the next: the window's bytes at 9,600 baud take 3.7 s, the cutter half a second. */
const stallMs = 5000;
/** For one paper from its first byte to its confirmation, on top of its time on the wire. */
const limitMs = 7000;
/** Parts smaller than this travel together: a request for confirmation has 11 bytes. */
const partBytes = 512;
const partDots = 32;
/** A status question behind what is on the wire is answered within this. */
export const answerMs = 300;

export interface TransmissionContext {
  link: SerialLink;
  clock: Clock;
  monitor: PrinterMonitor;
  flow: Flow;
  /** The driver is being closed. */
  ended: Signal<void>;
  baudRate: number;
}

/** Time on the wire: start bit, eight data bits, stop bit. */
export const wireMs = (byteCount: number, baudRate: number) => (byteCount * 10 * 1000) / baudRate;

/** The longest that {@link transmit} takes, ms. */
export const transmissionLimitMs = (pieces: readonly Piece[], baudRate: number) =>
  limitMs +
  wireMs(
    pieces.reduce((sum, { bytes }) => sum + bytes.length, 0),
    baudRate,
  );

/**
 * Sends one paper, never more ahead of the printer's confirmations than its window, and settles with the last confirmation, a fault, a
 * lost line, silence or the deadline, whichever is first. Rejects with the codes of {@link Printer}.
 */
export function transmit(context: TransmissionContext, pieces: readonly Piece[], processId: string): Promise<void> {
  const { link, clock, monitor, flow, ended, baudRate } = context;
  const parts = inParts(pieces);
  return new Promise((resolve, reject) => {
    let next = 0;
    let cancelStall: Cancel = () => {};
    const finish = (error: LetanError | null) => {
      for (const stop of stops) stop();
      cancelStall();
      if (error) reject(error);
      else resolve();
    };
    const unknown = (why: string) => finish(new LetanError('PRINTER_UNKNOWN_OUTCOME', why));
    const pump = () => {
      cancelStall();
      cancelStall = clock.after(stallMs, () => unknown(`nothing was confirmed for ${stallMs} ms`));
      for (let part = parts[next]; part && flow.hasRoomFor(part); part = parts[next]) {
        next += 1;
        const request = next === parts.length ? flow.open(part, processId) : flow.open(part);
        monitor.excuseSilence(wireMs(flow.bytes, baudRate) + answerMs);
        link
          .write(concat([part.bytes, request]))
          .catch((error: unknown) => unknown(`writing failed: ${toErrorInfo(error, 'PRINTER_OFFLINE').detail}`));
      }
      if (next === parts.length && flow.isEmpty) finish(null);
    };
    const stops: (Unsubscribe | Cancel)[] = [
      clock.after(transmissionLimitMs(pieces, baudRate), () => unknown('not confirmed in time')),
      link.closed.on((reason) => unknown(`the line was lost while printing: ${reason}`)),
      monitor.fellSilent.on(() => unknown('the printer fell silent while printing')),
      ended.on(() => unknown('closed while printing')),
      monitor.conditionChanged.on((condition) => {
        const fault = faultOf(condition);
        if (fault) finish(new LetanError(fault.code, fault.detail));
      }),
      flow.progressed.on(pump),
    ];
    pump();
  });
}

/** Small pieces together, so that not every line asks for its own confirmation. */
function inParts(pieces: readonly Piece[]): Piece[] {
  const parts: Piece[] = [];
  for (const piece of pieces) {
    const last = parts.at(-1);
    if (last && last.bytes.length + piece.bytes.length <= partBytes && last.dots + piece.dots <= partDots) {
      parts[parts.length - 1] = { bytes: concat([last.bytes, piece.bytes]), dots: last.dots + piece.dots };
    } else parts.push(piece);
  }
  return parts;
}
