import { z } from 'zod';

/** What the shim (`disk-shim.c`) and the workload's child wrote down, in the order in which it happened. */
export type DiskRecord =
  | { kind: 'open'; fd: number; name: string; created: boolean; emptied: boolean; directory: boolean }
  | { kind: 'write'; fd: number; offset: number; bytes: Buffer }
  | { kind: 'truncate'; fd: number; size: number }
  | { kind: 'sync'; fd: number }
  | { kind: 'close'; fd: number }
  | { kind: 'rename'; from: string; to: string }
  | { kind: 'unlink'; name: string }
  | { kind: 'mark'; mark: Mark };

/** The child's own records: an operation begins; it returned with `result`, or threw `code`. */
const markSchema = z.discriminatedUnion('at', [
  z.object({ at: z.literal('begin'), operation: z.number() }),
  z.object({ at: z.literal('done'), operation: z.number(), result: z.unknown() }),
  z.object({ at: z.literal('failed'), operation: z.number(), code: z.string(), message: z.string() }),
  z.object({ at: z.literal('note'), note: z.unknown() }),
]);
export type Mark = z.infer<typeof markSchema>;

const kinds = ['open', 'write', 'truncate', 'sync', 'close', 'rename', 'unlink', 'mark'] as const;
/** `struct record` of disk-shim.c: kind, flags, two spare bytes, fd (i32), offset (i64), length (i64). */
const headBytes = 24;

/** A mark as the shim would write it. */
export function encodeMark(mark: Mark): Buffer {
  const body = Buffer.from(JSON.stringify(mark));
  const head = Buffer.alloc(headBytes);
  head[0] = kinds.indexOf('mark') + 1;
  head.writeBigInt64LE(BigInt(body.length), 16);
  return Buffer.concat([head, body]);
}

/** Names lose the slash before them; the folder itself is ''. */
export function parseTrace(log: Buffer): DiskRecord[] {
  const records: DiskRecord[] = [];
  for (let at = 0; at < log.length; ) {
    const length = Number(log.readBigInt64LE(at + 16));
    const bytes = log.subarray(at + headBytes, at + headBytes + length);
    records.push(parseRecord(log.subarray(at, at + headBytes), bytes));
    at += headBytes + length;
  }
  return records;
}

function parseRecord(head: Buffer, bytes: Buffer): DiskRecord {
  const kind = kinds[(head[0] ?? 0) - 1];
  const flags = head[1] ?? 0;
  const fd = head.readInt32LE(4);
  const offset = Number(head.readBigInt64LE(8));
  const name = () => bytes.toString().slice(1);
  switch (kind) {
    case 'open':
      return { kind, fd, name: name(), created: (flags & 1) !== 0, emptied: (flags & 2) !== 0, directory: (flags & 4) !== 0 };
    case 'write':
      return { kind, fd, offset, bytes };
    case 'truncate':
      return { kind, fd, size: offset };
    case 'sync':
    case 'close':
      return { kind, fd };
    case 'rename': {
      const [from = '', to = ''] = bytes.toString().split('\0');
      return { kind, from: from.slice(1), to: to.slice(1) };
    }
    case 'unlink':
      return { kind, name: name() };
    case 'mark':
      return { kind, mark: markSchema.parse(JSON.parse(bytes.toString())) };
    default:
      throw new RangeError(`record of unknown kind ${head[0]}`);
  }
}
