/** ISO 7816-4 command and response units. */
export interface Command {
  cla: number;
  ins: number;
  p1: number;
  p2: number;
  data: Uint8Array;
  /** Most bytes wanted in answer: 0 none, 256 all that a short answer holds, 65536 all that an extended one holds. */
  expected: number;
}

export interface Response {
  data: Uint8Array;
  /** SW1 and SW2, for instance 0x9000. */
  status: number;
}

const nothing = new Uint8Array(0);

/** Builds a command; without data and without an answer unless said. */
export function command(cla: number, ins: number, p1: number, p2: number, data: Uint8Array = nothing, expected = 0): Command {
  return { cla, ins, p1, p2, data, expected };
}

/** True where the command does not fit into short length fields. */
export function needsExtended({ data, expected }: Command): boolean {
  return data.length > 255 || expected > 256;
}

/** One APDU, in short form where data (<= 255 bytes) and answer (<= 256 bytes) allow, else in extended form (<= 65535 bytes). */
export function encodeCommand(unit: Command): Buffer {
  const { cla, ins, p1, p2, data, expected } = unit;
  const header = [cla, ins, p1, p2];
  if (!needsExtended(unit)) {
    const lc = data.length > 0 ? [data.length] : [];
    const le = expected > 0 ? [expected & 0xff] : [];
    return Buffer.concat([Uint8Array.from([...header, ...lc]), data, Uint8Array.from(le)]);
  }
  const lc = data.length > 0 ? [0, data.length >> 8, data.length & 0xff] : [];
  const le = expected > 0 ? [...(lc.length > 0 ? [] : [0]), (expected >> 8) & 0xff, expected & 0xff] : [];
  return Buffer.concat([Uint8Array.from([...header, ...lc]), data, Uint8Array.from(le)]);
}

/** Splits a command into a chain (class bit 0x10) of short ones, each with at most `partBytes` (1 to 255) of data. */
export function chained(unit: Command, partBytes: number): Command[] {
  const parts: Command[] = [];
  for (let at = 0; at + partBytes < unit.data.length; at += partBytes) {
    parts.push({ ...unit, cla: unit.cla | 0x10, data: unit.data.subarray(at, at + partBytes), expected: 0 });
  }
  return [...parts, { ...unit, data: unit.data.subarray(parts.length * partBytes), expected: Math.min(unit.expected, 256) }];
}

/** Data and status of a response; null where it has no status. */
export function decodeResponse(bytes: Uint8Array): Response | null {
  const at = bytes.length - 2;
  if (at < 0) return null;
  return { data: bytes.subarray(0, at), status: ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0) };
}
