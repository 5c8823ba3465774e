/**
 * The counter's wire format, 9600 baud 8N1: bytes <-> values, pure. `?C` CR asks; `$C,<entered>,<left>*<hh>` CR LF answers, and comes
 * unasked with every passage. `hh` is the XOR of the characters between `$` and `*`, as in NMEA 0183.
 */
import type { PeopleCount } from './people-counter.ts';

export const highestCount = 999_999;
/** `$C,999999,999999*5E` and some room: longer is no line of this part. */
export const longestLine = 32;

export type RejectionCause = 'tooLong' | 'checksum' | 'shape';

const CR = 0x0d;
const LF = 0x0a;
const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

export const question = ascii('?C\r');

function checksum(text: string): string {
  const xor = [...text].reduce((sum, character) => sum ^ character.charCodeAt(0), 0);
  return xor.toString(16).toUpperCase().padStart(2, '0');
}

/** What the counter says. Throws a RangeError for what no line holds. */
export function encodeCount({ entered, left }: PeopleCount): Uint8Array {
  const fits = (value: number) => Number.isInteger(value) && value >= 0 && value <= highestCount;
  if (!fits(entered) || !fits(left)) throw new RangeError(`counts are whole, 0-${highestCount}`);
  const body = `C,${entered},${left}`;
  return ascii(`$${body}*${checksum(body)}\r\n`);
}

/** Bytes as they come -> counts. Finds the next line after any damage, and counts what it throws away. */
export class CountReader {
  readonly rejections: Record<RejectionCause, number> = { tooLong: 0, checksum: 0, shape: 0 };
  private line = '';
  private overlong = false;

  push(received: Uint8Array): PeopleCount[] {
    const counts: PeopleCount[] = [];
    for (const value of received) {
      if (value !== CR && value !== LF) this.keep(value);
      else {
        const count = this.finish();
        if (count) counts.push(count);
      }
    }
    return counts;
  }

  /** The line was lost: a torn beginning must not become the head of the next one. */
  reset(): void {
    this.line = '';
    this.overlong = false;
  }

  private keep(value: number): void {
    if (this.line.length < longestLine) this.line += String.fromCharCode(value);
    else this.overlong = true;
  }

  private finish(): PeopleCount | null {
    const { line, overlong } = this;
    this.reset();
    if (line === '') return null;
    const parsed = overlong ? 'tooLong' : parse(line);
    if (typeof parsed !== 'string') return parsed;
    this.rejections[parsed] += 1;
    return null;
  }
}

function parse(line: string): PeopleCount | RejectionCause {
  const match = /^\$(C,(0|[1-9]\d{0,5}),(0|[1-9]\d{0,5}))\*([0-9A-F]{2})$/.exec(line);
  if (!match) return 'shape';
  const [, body = '', entered, left, sum] = match;
  return checksum(body) === sum ? { entered: Number(entered), left: Number(left) } : 'checksum';
}
