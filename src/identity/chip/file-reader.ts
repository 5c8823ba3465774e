import { command, type Response } from './apdu.ts';
import type { Channel } from './card-link.ts';
import { contentOf, readHeader, readTlv, tlv } from './der.ts';
import { ChipReadError } from './failure.ts';

/** Elementary files (9303-10, 4): two-byte identifier; its low five bits are the short one. */
export const fileIds = {
  cardAccess: 0x011c,
  atrInfo: 0x2f01,
  sod: 0x011d,
  dg1: 0x0101,
  dg2: 0x0102,
  dg13: 0x010d,
  dg14: 0x010e,
  dg15: 0x010f,
} as const;

/** A portrait is 10 to 25 kB; more than this no chip has to tell us. */
const mostFileBytes = 65_535;
/** Offsets of READ BINARY with even instruction code have 15 bits. */
const mostShortOffset = 0x7fff;
/** Tag and length of the object that a read beyond that gives. */
const farHeaderBytes = 4;
/** Enough for any file's tag and length. */
const headerProbeBytes = 6;

/**
 * Reads files in as few exchanges as they need: by short identifier, so that no SELECT goes before; the first READ BINARY asks for all that
 * an answer carries and brings the length along. Where a chip refuses that, the reader selects, or asks for the header first, from then on.
 */
export class FileReader {
  private readonly channel: Channel;
  private readonly mostBytes: number;
  private firstBytes: number;
  private byShortId: 'untried' | 'yes' | 'no' = 'untried';

  /** `mostBytes`: plain data that one answer carries. */
  constructor(channel: Channel, mostBytes: number) {
    this.channel = channel;
    this.mostBytes = mostBytes;
    this.firstBytes = mostBytes;
  }

  /** The file's data object without what may lie behind it; null where the card has no such file or does not give it. */
  async read(id: number): Promise<Buffer | null> {
    const first = await this.open(id);
    if (first === null) return null;
    const header = readHeader(first);
    if (!header || header.totalBytes > mostFileBytes) throw new ChipReadError('malformed', `file ${id.toString(16)} has no sound length`);
    const file = Buffer.alloc(header.totalBytes);
    moveInto(file, first, 0);
    for (let at = first.length; at < file.length; ) {
      const part = await this.readAt(at, Math.min(this.mostBytes, file.length - at));
      if (part.length === 0) throw new ChipReadError('malformed', `file ${id.toString(16)} ends early`);
      moveInto(file, part, at);
      at += part.length;
    }
    return file;
  }

  /** The beginning of a file, as much as one answer carries, and from here on the current one; null as in {@link read}. */
  async open(id: number): Promise<Uint8Array | null> {
    if (this.byShortId !== 'no') {
      const answer = await this.firstPart(0x80 | (id & 0x1f));
      if (carriesData(answer)) {
        this.byShortId = 'yes';
        return answer.data;
      }
      if (this.byShortId === 'yes' && isAbsent(answer.status)) return null;
    }
    const selected = await this.channel.exchange(command(0x00, 0xa4, 0x02, 0x0c, Uint8Array.of(id >> 8, id & 0xff)));
    if (selected.status !== 0x9000) return null;
    if (this.byShortId === 'untried') this.byShortId = 'no';
    const answer = await this.firstPart(0);
    return carriesData(answer) ? answer.data : null;
  }

  private async firstPart(p1: number): Promise<Response> {
    const answer = await this.channel.exchange(command(0x00, 0xb0, p1, 0, undefined, this.firstBytes));
    if (!refusesLength(answer) || this.firstBytes === headerProbeBytes) return answer;
    this.firstBytes = headerProbeBytes;
    return this.channel.exchange(command(0x00, 0xb0, p1, 0, undefined, this.firstBytes));
  }

  private async readAt(offset: number, length: number): Promise<Uint8Array> {
    if (offset > mostShortOffset) return this.readFar(offset, length);
    return bytesOf(await this.channel.exchange(command(0x00, 0xb0, offset >> 8, offset & 0xff, undefined, length)));
  }

  /** The odd instruction code takes the offset as an object and answers with one, which counts in the length. */
  private async readFar(offset: number, length: number): Promise<Uint8Array> {
    const place = tlv(0x54, Uint8Array.of(offset >> 8, offset & 0xff));
    const wanted = Math.min(length, this.mostBytes - farHeaderBytes);
    const header = wanted < 0x80 ? 2 : wanted < 0x100 ? 3 : farHeaderBytes;
    const part = readTlv(bytesOf(await this.channel.exchange(command(0x00, 0xb1, 0, 0, place, wanted + header))));
    return contentOf(part, 0x53) ?? new Uint8Array(0);
  }
}

function bytesOf(answer: Response): Uint8Array {
  if (!carriesData(answer)) throw new ChipReadError('malformed', `READ BINARY ended with ${answer.status.toString(16)}`);
  return answer.data;
}

/** Copies what fits, and leaves no second copy behind. */
function moveInto(file: Buffer, part: Uint8Array, at: number): void {
  file.set(part.subarray(0, file.length - at), at);
  part.fill(0);
}

/** 6282: the file ended before the length asked for. */
function carriesData({ data, status }: Response): boolean {
  return data.length > 0 && (status === 0x9000 || status === 0x6282);
}

/** 6A82 no such file, 6982 no right to it: fingerprints (DG3) and what a card does not have. */
function isAbsent(status: number): boolean {
  return status === 0x6a82 || status === 0x6982;
}

/** 6700 and 6Cxx: wrong length; 6B00: beyond the end; 6282 without data. */
function refusesLength({ data, status }: Response): boolean {
  return status === 0x6700 || status === 0x6b00 || status >> 8 === 0x6c || (status === 0x6282 && data.length === 0);
}
