import type { Random } from '../../../src/core/random.ts';
import type { DiskRecord } from './trace.ts';

/** What a disk writes whole or not at all. */
const sectorBytes = 512;

/** Contents by file name. */
export type Files = ReadonlyMap<string, Buffer>;

type DataChange = { kind: 'write'; offset: number; bytes: Buffer } | { kind: 'truncate'; size: number };
type NameChange =
  | { kind: 'create'; name: string; file: SimulatedFile }
  | { kind: 'rename'; from: string; to: string }
  | { kind: 'unlink'; name: string };

/** How a cut treats what was not synced; drawn anew for each cut. */
interface Fate {
  /** Chance that one change survives; the extremes (nothing, everything) are drawn often. */
  survival: number;
  /** Chance that a sector which did not survive holds noise instead of its old bytes. */
  noise: number;
  /** Names change in order and with any fsync (a journaling file system), or each on its own until its folder is synced (bare POSIX). */
  names: 'journaled' | 'loose';
}

/** Bytes that grow; beyond `size` the buffer holds zeros. */
class Image {
  private buffer: Buffer;
  size: number;

  constructor(bytes: Buffer, room = bytes.length) {
    this.buffer = Buffer.alloc(Math.max(room, bytes.length));
    bytes.copy(this.buffer);
    this.size = bytes.length;
  }

  get bytes(): Buffer {
    return this.buffer.subarray(0, this.size);
  }

  put(offset: number, bytes: Buffer): void {
    this.growTo(offset + bytes.length);
    bytes.copy(this.buffer, offset);
  }

  growTo(size: number): void {
    if (size > this.buffer.length) this.buffer = new Image(this.bytes, size * 2).buffer;
    this.size = Math.max(this.size, size);
  }

  truncate(size: number): void {
    this.growTo(size);
    this.buffer.fill(0, size, this.size);
    this.size = size;
  }
}

/** One file's bytes: those that a cut cannot take, and what was done to them since the last fsync. */
class SimulatedFile {
  private readonly durable: Image;
  private pending: DataChange[] = [];

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.durable = new Image(bytes);
  }

  change(change: DataChange): void {
    this.pending.push(change);
  }

  sync(): void {
    for (const change of this.pending) apply(this.durable, change);
    this.pending = [];
  }

  /** As the running process sees it. */
  whole(): Buffer {
    const image = new Image(this.durable.bytes);
    for (const change of this.pending) apply(image, change);
    return image.bytes;
  }

  /** As a cut may leave it. */
  cut(fate: Fate, random: Random): Buffer {
    const image = new Image(this.durable.bytes);
    for (const change of this.pending) applySome(image, change, fate, random);
    return image.bytes;
  }
}

function apply(image: Image, change: DataChange): void {
  if (change.kind === 'truncate') image.truncate(change.size);
  else image.put(change.offset, change.bytes);
}

function applySome(image: Image, change: DataChange, fate: Fate, random: Random): void {
  const lives = () => random.next() < fate.survival;
  if (change.kind === 'truncate') {
    if (lives()) apply(image, change);
    return;
  }
  const { offset, bytes } = change;
  const end = offset + bytes.length;
  // The size is metadata: it may have reached the disk where the bytes did not.
  if (lives()) image.growTo(end);
  for (let from = offset; from < end; ) {
    const to = Math.min(end, (Math.floor(from / sectorBytes) + 1) * sectorBytes);
    if (lives()) image.put(from, bytes.subarray(from - offset, to - offset));
    else if (random.next() < fate.noise) image.put(from, noise(to - from, random));
    from = to;
  }
}

const noise = (length: number, random: Random) => Buffer.from(Array.from({ length }, () => Math.floor(random.next() * 256)));

function renamed(names: Map<string, SimulatedFile>, change: NameChange): void {
  switch (change.kind) {
    case 'create':
      names.set(change.name, change.file);
      return;
    case 'rename': {
      const file = names.get(change.from);
      names.delete(change.from);
      if (file) names.set(change.to, file);
      return;
    }
    case 'unlink':
      names.delete(change.name);
  }
}

/**
 * One folder of a disk with a volatile cache in front of it. What a cut may leave, and no more:
 * - bytes of a file that were fsynced stay;
 * - each later write survives, is lost, or is torn at 512-byte sectors, independently (so they are reordered too); a lost sector holds its
 *   old bytes, zeros where the file grew, or noise. Bytes beside a write stay ("powersafe overwrite", which SQLite assumes on Unix);
 * - each later truncation survives or not; a file's new size survives with or without its bytes;
 * - creations, renames and unlinks: on a `journaled` disk those before the last fsync of any file stay and of the later ones a prefix; on a
 *   `loose` one only an fsync of the folder makes them stay, and each later one survives on its own. A rename is atomic in both.
 * The folder itself exists. The stated order of fsync is believed: a disk that lies about it is beyond any program's help.
 */
export class SimulatedDisk {
  private readonly live = new Map<string, SimulatedFile>();
  private readonly opened = new Map<number, SimulatedFile | 'folder'>();
  private readonly durableNames = { journaled: new Map<string, SimulatedFile>(), loose: new Map<string, SimulatedFile>() };
  private pendingNames: Record<Fate['names'], NameChange[]> = { journaled: [], loose: [] };

  constructor(files: Files = new Map()) {
    for (const [name, bytes] of files) {
      const file = new SimulatedFile(bytes);
      for (const names of [this.live, this.durableNames.journaled, this.durableNames.loose]) names.set(name, file);
    }
  }

  apply(record: DiskRecord): void {
    switch (record.kind) {
      case 'open':
        this.open(record);
        return;
      case 'write':
      case 'truncate':
        this.file(record.fd).change(record);
        return;
      case 'sync':
        this.sync(record.fd);
        return;
      case 'close':
        this.opened.delete(record.fd);
        return;
      case 'rename':
      case 'unlink':
        this.rename(record);
        return;
      case 'mark':
    }
  }

  /** Everything as the process sees it; for comparing with the real folder. */
  whole(): Files {
    return new Map([...this.live].map(([name, file]) => [name, file.whole()]));
  }

  /** One of the states in which a cut at this moment may leave the disk. */
  cut(random: Random): Files {
    const fate: Fate = {
      survival: [0, 1, 0.5, random.next()][Math.floor(random.next() * 4)] ?? 0,
      noise: random.next() < 0.25 ? 0.5 : 0,
      names: random.next() < 0.5 ? 'journaled' : 'loose',
    };
    const pending = this.pendingNames[fate.names];
    const prefix = Math.floor(random.next() * (pending.length + 1));
    const kept = pending.filter((_, index) => (fate.names === 'journaled' ? index < prefix : random.next() < fate.survival));
    const names = new Map(this.durableNames[fate.names]);
    for (const change of kept) renamed(names, change);
    return new Map([...names].map(([name, file]) => [name, file.cut(fate, random)]));
  }

  private open(record: DiskRecord & { kind: 'open' }): void {
    if (record.directory) {
      this.opened.set(record.fd, 'folder');
      return;
    }
    const known = this.live.get(record.name);
    const file = known ?? new SimulatedFile();
    if (!known) this.rename({ kind: 'create', name: record.name, file });
    if (known && record.emptied) known.change({ kind: 'truncate', size: 0 });
    this.opened.set(record.fd, file);
  }

  private rename(change: NameChange): void {
    renamed(this.live, change);
    for (const pending of [this.pendingNames.journaled, this.pendingNames.loose]) pending.push(change);
  }

  private sync(fd: number): void {
    const target = this.opened.get(fd);
    if (target === undefined) throw new RangeError(`fsync of ${fd}, which is not open`);
    this.settleNames('journaled');
    if (target === 'folder') this.settleNames('loose');
    else target.sync();
  }

  private settleNames(kind: Fate['names']): void {
    for (const change of this.pendingNames[kind]) renamed(this.durableNames[kind], change);
    this.pendingNames[kind] = [];
  }

  private file(fd: number): SimulatedFile {
    const file = this.opened.get(fd);
    if (file === undefined || file === 'folder') throw new RangeError(`${fd} is no open file`);
    return file;
  }
}
