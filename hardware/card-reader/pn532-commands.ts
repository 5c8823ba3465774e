import type { CardFailure } from './card-reader.ts';
import { longestData } from './pn532.ts';

/** Commands and answers of the PN532's firmware (NXP UM0701-02, 7): bytes <-> values. Pure. */

/** Longest piece of an APDU in one exchange, bytes: the frame also holds the command code and the target's number. */
export const longestPiece = longestData - 2;

/** In the target's number of a command: another piece follows. In the status of an answer: the card has more to say. */
const moreBit = 0x40;

/** What the PN532 is told. Each value is the data of one information frame. */
export const commands = {
  firmwareVersion: Uint8Array.of(0x02),
  /** Normal mode, no time limit, no interrupt line: leaves the low-battery mode the PN532 starts in. */
  samNormal: Uint8Array.of(0x14, 0x01, 0x00, 0x00),
  /** Automatic answer to ATR_REQ (default) and automatic RATS: an ISO 14443-4 card is activated while it is listed. */
  setParameters: Uint8Array.of(0x12, 0x14),
  fieldOff: Uint8Array.of(0x32, 0x01, 0x00),
  /** Answer to ATR_REQ within 102.4 ms (0B), retries each within 51.2 ms (0A): the defaults, said in case another program changed them. */
  timings: Uint8Array.of(0x32, 0x02, 0x00, 0x0b, 0x0a),
  /** ATR_REQ and PSL_REQ are not used; a poll is repeated twice instead of for ever, so that it always answers. */
  retries: Uint8Array.of(0x32, 0x05, 0xff, 0x01, 0x02),
  /** Up to two targets, ISO 14443 type A at 106 kbit/s. */
  listTypeA: Uint8Array.of(0x4a, 0x02, 0x00),
  /** Up to two targets, ISO 14443 type B at 106 kbit/s, of every application family. */
  listTypeB: Uint8Array.of(0x4a, 0x02, 0x03, 0x00),
  releaseAll: Uint8Array.of(0x52, 0x00),
  /** Asks an activated ISO 14443-4 card for a sign of life. */
  cardPresence: Uint8Array.of(0x00, 0x06),
} as const;

/** One piece of an APDU for target 1. `more`: another piece follows. */
export function exchangeCommand(piece: Uint8Array, more: boolean): Uint8Array {
  return Uint8Array.from([0x40, more ? moreBit | 1 : 1, ...piece]);
}

/** An APDU cut into exchanges, in order; each but the last says that more follows. */
export function exchangeCommands(apdu: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < apdu.length; at += longestPiece) {
    parts.push(exchangeCommand(apdu.subarray(at, at + longestPiece), at + longestPiece < apdu.length));
  }
  return parts;
}

export type ExchangeAnswer = { kind: 'data'; data: Uint8Array; more: boolean } | { kind: 'failed'; failure: RadioFailure };

/** `silent`: no answer of the card, or its removal. */
export type RadioFailure = 'silent' | Extract<CardFailure, 'weakField' | 'protocol'>;

/** Answer to an exchange (41 status data…), null if it is none. */
export function readExchange(answer: Uint8Array): ExchangeAnswer | null {
  const [code, status] = answer;
  if (code !== 0x41 || status === undefined) return null;
  const error = status & 0x3f;
  if (error !== 0) return { kind: 'failed', failure: radioFailureOf(error) };
  return { kind: 'data', data: answer.subarray(2), more: (status & moreBit) !== 0 };
}

/** Error codes of UM0701-02, 7.1. */
function radioFailureOf(error: number): RadioFailure {
  switch (error) {
    case 0x01: // the target did not answer in time
    case 0x0a: // no field in time
    case 0x29: // released
    case 0x2b: // the card was exchanged for another or disappeared
      return 'silent';
    case 0x02: // CRC
    case 0x03: // parity
    case 0x04: // bit count in anti-collision
    case 0x05: // framing
    case 0x06: // bit collision
    case 0x0d: // temperature: the antenna drivers were switched off
    case 0x13: // wrong framing in data exchange
      return 'weakField';
    default:
      return 'protocol';
  }
}

/** True when the card that was activated still answers; null if `answer` is none to `cardPresence`. */
export function readPresence(answer: Uint8Array): boolean | null {
  const [code, status] = answer;
  return code === 0x01 && status !== undefined ? status === 0x00 : null;
}

/** Firmware answer (03 IC version revision support): null if it is no PN532's. */
export function readFirmware(answer: Uint8Array): { version: number; revision: number } | null {
  const [code, circuit, version, revision, support] = answer;
  if (code !== 0x03 || circuit !== 0x32 || version === undefined || revision === undefined || support === undefined) return null;
  return { version, revision };
}

/** What a poll found: for each target whether it speaks ISO 14443-4. Null if `answer` is not to be understood. */
export function readTargets(answer: Uint8Array, type: 'A' | 'B'): { speaksIso: boolean }[] | null {
  const [code, count] = answer;
  if (code !== 0x4b || count === undefined || count > 2) return null;
  const targets: { speaksIso: boolean }[] = [];
  let at = 2;
  for (let n = 0; n < count; n += 1) {
    const target = type === 'A' ? readTypeA(answer, at) : readTypeB(answer, at);
    if (!target) return null;
    targets.push({ speaksIso: target.speaksIso });
    at = target.end;
  }
  return targets;
}

type Target = { speaksIso: boolean; end: number } | null;

/** Tg, SENS_RES (2), SEL_RES, UID length, UID, and for an ISO 14443-4 card the ATS, whose first byte counts itself. */
function readTypeA(answer: Uint8Array, at: number): Target {
  const select = answer[at + 3];
  const uidLength = answer[at + 4];
  if (select === undefined || uidLength === undefined) return null;
  const uidEnd = at + 5 + uidLength;
  if (uidEnd > answer.length) return null;
  if ((select & 0x20) === 0) return { speaksIso: false, end: uidEnd };
  const atsLength = answer[uidEnd];
  // Without an answer to RATS the card was listed and not activated.
  if (atsLength === undefined || atsLength === 0) return { speaksIso: false, end: Math.min(uidEnd + 1, answer.length) };
  return uidEnd + atsLength <= answer.length ? { speaksIso: true, end: uidEnd + atsLength } : null;
}

/** Tg, ATQB (12, its eleventh byte holds the protocol type), length of the answer to ATTRIB, that answer. */
function readTypeB(answer: Uint8Array, at: number): Target {
  const protocol = answer[at + 11];
  const attribLength = answer[at + 13];
  if (answer[at + 1] !== 0x50 || protocol === undefined || attribLength === undefined) return null;
  const end = at + 14 + attribLength;
  return end <= answer.length ? { speaksIso: (protocol & 0x01) !== 0, end } : null;
}
