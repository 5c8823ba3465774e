/** What the printer says: bytes -> values. Pure. Source: Epson's ESC/POS reference (DLE EOT, GS a, GS ( H, GS r, DLE DC4). */

/**
 * Which unasked-for bytes the printer may send. `epson`: automatic status and blocks. `clone`: neither, but the answer to GS r 1, which
 * looks like a byte of an automatic status, so the two cannot be told apart on one line.
 */
export type StatusDialect = 'epson' | 'clone';

/** Everything the sensors report; nothing here is guessed. */
export interface PrinterCondition {
  offline: boolean;
  coverOpen: boolean;
  /** Paper is being fed with the button. */
  feeding: boolean;
  cutterError: boolean;
  unrecoverableError: boolean;
  /** Recovers by itself: head too hot, voltage. */
  selfRecoveringError: boolean;
  paperNearEnd: boolean;
  paperEnd: boolean;
}

export type PrinterMessage =
  | { kind: 'automaticStatus'; condition: PrinterCondition }
  /** One answer to DLE EOT; which of the four is known only to the asker. */
  | { kind: 'statusByte'; value: number }
  | { kind: 'confirmed'; processId: string }
  /** Answer to GS r 1. */
  | { kind: 'paperStatus'; nearEnd: boolean; end: boolean }
  | { kind: 'bufferCleared' }
  | { kind: 'otherBlock' };

type Match = { kind: 'message'; message: PrinterMessage; length: number } | { kind: 'incomplete' } | { kind: 'nonsense' };

const bit = (value: number | undefined, n: number) => (((value ?? 0) >> n) & 1) === 1;
/** Longest block of any Epson response. */
const blockLimit = 80;

/** Resynchronising reader: drops XON/XOFF anywhere, throws away one byte at a time where nothing fits, and counts it. */
export class StatusReader {
  /** Bytes that fitted nothing. */
  rejectedBytes = 0;
  private pending: number[] = [];
  private readonly dialect: StatusDialect;

  constructor(dialect: StatusDialect) {
    this.dialect = dialect;
  }

  push(received: Uint8Array): PrinterMessage[] {
    for (const value of received) if (value !== 0x11 && value !== 0x13) this.pending.push(value);
    const messages: PrinterMessage[] = [];
    let at = 0;
    while (at < this.pending.length) {
      const match = matchAt(this.pending, at, this.dialect);
      if (match.kind === 'incomplete') break;
      if (match.kind === 'message') messages.push(match.message);
      else this.rejectedBytes += 1;
      at += match.kind === 'message' ? match.length : 1;
    }
    this.pending = this.pending.slice(at);
    return messages;
  }

  reset(): void {
    this.pending = [];
  }
}

function matchAt(buffer: readonly number[], at: number, dialect: StatusDialect): Match {
  const first = buffer[at] ?? 0;
  if ((first & 0x93) === 0x12) return { kind: 'message', message: { kind: 'statusByte', value: first }, length: 1 };
  if (dialect === 'clone') return matchPaperStatus(first);
  if ((first & 0x93) === 0x10) return matchAutomaticStatus(buffer, at);
  if (first === 0x37 || first === 0x5f || first === 0x3d) return matchBlock(buffer, at);
  return { kind: 'nonsense' };
}

/** Each sensor has two bits that go together; the others are 0. */
function matchPaperStatus(value: number): Match {
  if (value !== 0x00 && value !== 0x03 && value !== 0x0c && value !== 0x0f) return { kind: 'nonsense' };
  return { kind: 'message', message: { kind: 'paperStatus', nearEnd: bit(value, 0), end: bit(value, 2) }, length: 1 };
}

function matchAutomaticStatus(buffer: readonly number[], at: number): Match {
  for (let n = 1; n < 4; n += 1) {
    const value = buffer[at + n];
    if (value === undefined) return { kind: 'incomplete' };
    if ((value & 0x90) !== 0) return { kind: 'nonsense' };
  }
  const [one, two, three] = buffer.slice(at, at + 3);
  const condition: PrinterCondition = {
    offline: bit(one, 3),
    coverOpen: bit(one, 5),
    feeding: bit(one, 6),
    cutterError: bit(two, 3),
    unrecoverableError: bit(two, 5),
    selfRecoveringError: bit(two, 6),
    paperNearEnd: bit(three, 0) || bit(three, 1),
    paperEnd: bit(three, 2) || bit(three, 3),
  };
  return { kind: 'message', message: { kind: 'automaticStatus', condition }, length: 4 };
}

/** Bytes before the closing zero: known for the two blocks that matter, so that a torn one cannot swallow its successor. */
function expectedLength(buffer: readonly number[], at: number): number {
  if (buffer[at] !== 0x37) return blockLimit;
  if (buffer[at + 1] === 0x22) return 5;
  return buffer[at + 1] === 0x25 ? 1 : blockLimit;
}

/** `header … 00`, everything between printable. */
function matchBlock(buffer: readonly number[], at: number): Match {
  for (let n = 1; n < blockLimit; n += 1) {
    const value = buffer[at + n];
    if (value === undefined) return { kind: 'incomplete' };
    if (value === 0) return { kind: 'message', message: readBlock(buffer.slice(at, at + n)), length: n + 1 };
    if (value < 0x20 || value > 0x7e || n > expectedLength(buffer, at)) return { kind: 'nonsense' };
  }
  return { kind: 'nonsense' };
}

function readBlock(block: readonly number[]): PrinterMessage {
  const [header, identifier, ...data] = block;
  if (header === 0x37 && identifier === 0x22 && data.length === 4) return { kind: 'confirmed', processId: String.fromCharCode(...data) };
  if (header === 0x37 && identifier === 0x25 && data.length === 0) return { kind: 'bufferCleared' };
  return { kind: 'otherBlock' };
}

/** The four DLE EOT answers, in the order 1-4. */
export function conditionFromAnswers(answers: readonly [number, number, number, number]): PrinterCondition {
  const [printer, offlineCause, errorCause, paper] = answers;
  return {
    offline: bit(printer, 3),
    coverOpen: bit(offlineCause, 2),
    feeding: bit(offlineCause, 3) || bit(printer, 6),
    cutterError: bit(errorCause, 3),
    unrecoverableError: bit(errorCause, 5),
    selfRecoveringError: bit(errorCause, 6),
    paperNearEnd: bit(paper, 2) || bit(paper, 3),
    paperEnd: bit(paper, 5) || bit(paper, 6) || bit(offlineCause, 5),
  };
}
