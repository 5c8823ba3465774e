import { concat, ofNumber, toNumber } from './bytes.ts';

/** A command APDU of ISO 7816-4, taken apart. `expected`: Le, bytes; 0 = none asked. 256 and 65536 stand for "all there is". */
export interface Command {
  cla: number;
  ins: number;
  p1: number;
  p2: number;
  data: Uint8Array;
  expected: number;
  extended: boolean;
}

export interface Response {
  data: Uint8Array;
  status: number;
}

export const status = {
  ok: 0x9000,
  endOfFile: 0x6282,
  authenticationFailed: 0x6300,
  wrongLength: 0x6700,
  lastOfChainExpected: 0x6883,
  securityNotSatisfied: 0x6982,
  blocked: 0x6983,
  conditionsNotSatisfied: 0x6985,
  noCurrentFile: 0x6986,
  protectionMissing: 0x6987,
  protectionWrong: 0x6988,
  wrongData: 0x6a80,
  notSupported: 0x6a81,
  fileNotFound: 0x6a82,
  wrongP1P2: 0x6a86,
  referenceNotFound: 0x6a88,
  wrongOffset: 0x6b00,
  unknownInstruction: 0x6d00,
  unknownClass: 0x6e00,
} as const;

export const answer = (word: number, data: Uint8Array = new Uint8Array()): Response => ({ data, status: word });

export const responseBytes = ({ data, status: word }: Response): Uint8Array => concat(data, ofNumber(word, 2));

/** Null when lengths do not add up (ISO 7816-4, 5.1: cases 1 to 4, short and extended). */
export function parseCommand(bytes: Uint8Array): Command | null {
  const [cla, ins, p1, p2, ...rest] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return null;
  const body = Uint8Array.from(rest);
  const header = { cla, ins, p1, p2 };
  const first = body[0];
  if (first === undefined) return { ...header, data: new Uint8Array(), expected: 0, extended: false };
  if (body.length === 1) return { ...header, data: new Uint8Array(), expected: first || 256, extended: false };
  if (first !== 0) return withData(header, body, 1, 1);
  if (body.length === 3) return { ...header, data: new Uint8Array(), expected: toNumber(body.subarray(1)) || 65536, extended: true };
  return withData(header, body.subarray(1), 2, 2);
}

function withData(
  header: Pick<Command, 'cla' | 'ins' | 'p1' | 'p2'>,
  body: Uint8Array,
  lengthBytes: 1 | 2,
  expectedBytes: 1 | 2,
): Command | null {
  const extended = lengthBytes === 2;
  const length = toNumber(body.subarray(0, lengthBytes));
  const data = body.subarray(lengthBytes, lengthBytes + length);
  const tail = body.subarray(lengthBytes + length);
  if (length === 0 || data.length !== length) return null;
  if (tail.length === 0) return { ...header, data, expected: 0, extended };
  if (tail.length !== expectedBytes) return null;
  return { ...header, data, expected: toNumber(tail) || (extended ? 65536 : 256), extended };
}
