import type { Cancel, Clock } from '../core/clock.ts';
import type { DeviceStatus } from '../core/device.ts';
import { LetanError, toErrorInfo } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import { Signal } from '../core/signal.ts';
import { Connection } from './connection.ts';
import { isDamage, openSqlite, type Sqlite } from './database.ts';
import { type DiskLimits, DiskRoom } from './disk-room.ts';
import { Journal } from './journal.ts';
import { LeaseBook } from './lease-book.ts';
import { Cache, Counter, DoneCommands, SeenCalls } from './memory.ts';
import { finishMending, mend } from './mend.ts';
import { Outbox } from './outbox.ts';

export interface StoreOptions {
  /** Path of the database; `:memory:` keeps nothing. */
  file: string;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  /** Entries at which new promises are refused. */
  outboxLimit: number;
  /** Bytes of stored requests at which new promises are refused; default 64 MiB, some 1,300 petitions of the largest size. */
  outboxLimitBytes?: number;
  /** Room on the disk that is watched and kept; neither without it. */
  disk?: DiskLimits;
  /** Tickets remembered in the journal; default 10,000. */
  journalLimit?: number;
}

const defaultOutboxBytes = 64 * 1024 * 1024;
const checkDiskEveryMs = 10_000;
/** Journal, refused requests, calls, commands and free pages beside the outbox. */
const otherRoomsBytes = 64 * 1024 * 1024;
const pageBytes = 4096;

/**
 * What the robot must not forget in a power cut, in one SQLite file. Every method is synchronous and durable when it returns
 * (0.5 ms a commit).
 *
 * `health` is `ready`; `degraded` while the disk is full or short (promises are refused with `OUTBOX_FULL`, commits and voids use the
 * reserve) and after a damaged file was replaced: that is kept aside as `<file>.broken-<ulid>`, of which the newest three stay, and what can
 * be read of it is carried over; `faulty` where the file turns out damaged while running (until the next start, which mends it) and where
 * no file can be written at all: then the store lives in memory. A faulty store takes no promise; calls are still shown.
 */
export class Store {
  /** {@link Store.health} changed. */
  readonly healthChanged = new Signal<DeviceStatus>();
  private readonly opened: DeviceStatus;
  readonly outbox: Outbox;
  readonly leases: LeaseBook;
  readonly journal: Journal;
  readonly seenCalls: SeenCalls;
  readonly cache: Cache;
  readonly doneCommands: DoneCommands;
  private readonly connection: Connection;
  /** For tests that look at the disk behind it. */
  protected readonly database: Sqlite;
  private readonly room: DiskRoom | null;
  private readonly owned: boolean;
  private told: string;
  private cancelCheck: Cancel = () => {};

  private constructor(database: Sqlite, health: DeviceStatus, options: Omit<StoreOptions, 'file'>, file: string | null) {
    const { clock, disk, outboxLimit, outboxLimitBytes = defaultOutboxBytes, journalLimit = 10_000 } = options;
    this.room = file !== null && disk ? new DiskRoom(file, disk) : null;
    const connection = new Connection(database, () => this.room?.relieve() ?? false);
    this.connection = connection;
    this.database = database;
    this.opened = health;
    this.owned = file !== null || health.status === 'faulty';
    const entries = health.status === 'faulty' ? 0 : outboxLimit;
    const trouble = () => connection.damage?.detail ?? this.room?.trouble() ?? null;
    this.outbox = new Outbox(connection, clock, { entries, bytes: outboxLimitBytes, diskTrouble: trouble });
    this.leases = new LeaseBook(connection, clock);
    this.journal = new Journal(connection, clock, journalLimit);
    this.seenCalls = new SeenCalls(connection, clock);
    this.cache = new Cache(connection);
    this.doneCommands = new DoneCommands(connection, clock);
    this.told = JSON.stringify(this.health);
    connection.troubleChanged.on(() => this.tell());
    // The last line of defence: the bounds of the rooms are met long before.
    if (file !== null) database.exec(`PRAGMA max_page_count=${Math.ceil((outboxLimitBytes * 1.5 + otherRoomsBytes) / pageBytes)}`);
    // The reserve is filled some time after the start, which must be quick.
    if (this.room) this.cancelCheck = clock.every(checkDiskEveryMs, () => this.checkDisk());
  }

  /** Never throws for a bad file: see {@link Store}. */
  static open(options: StoreOptions): Store {
    const { file, logger } = options;
    try {
      finishMending(file);
      return new Store(openSqlite(file), { status: 'ready' }, options, file);
    } catch (error) {
      logger.error(toErrorInfo(error, 'STORE_FAILED'), 'store could not be opened');
      return isDamage(error) ? Store.openMended(options, error) : Store.openInMemory(options, error);
    }
  }

  /** A store on a database that {@link openSqlite} opened; it stays the caller's, and {@link Store.close} leaves it open. */
  static adopt(database: Sqlite, options: Omit<StoreOptions, 'file'>): Store {
    return new Store(database, { status: 'ready' }, options, null);
  }

  private static openMended(options: StoreOptions, cause: unknown): Store {
    const { file, logger } = options;
    try {
      const { aside, note, forgotten } = mend(file, options.ids.next(), logger);
      const error = new LetanError('STORE_FAILED', `the store was damaged and is kept as ${aside}; ${note}`, { cause });
      logger.error({ ...error.toInfo(), forgotten }, 'store started afresh');
      return new Store(openSqlite(file), { status: 'degraded', error: error.toInfo() }, options, file);
    } catch (error) {
      return Store.openInMemory(options, error);
    }
  }

  private static openInMemory(options: StoreOptions, cause: unknown): Store {
    const error = toErrorInfo(cause, 'STORE_FAILED');
    options.logger.error(error, 'store cannot be written; nothing can be promised');
    return new Store(openSqlite(':memory:'), { status: 'faulty', error }, options, null);
  }

  /** See {@link Store}. A trouble of the disk goes with the next write that succeeds, or when there is room again. */
  get health(): DeviceStatus {
    const { damage, trouble } = this.connection;
    if (this.opened.status === 'faulty') return this.opened;
    if (damage) return { status: 'faulty', error: damage };
    if (this.opened.status === 'degraded') return this.opened;
    if (trouble) return { status: 'degraded', error: trouble };
    const detail = this.room?.trouble() ?? null;
    return detail === null ? { status: 'ready' } : { status: 'degraded', error: { code: 'STORE_FAILED', detail } };
  }

  /** A persistent number named `name`, for instance of dispense ids. */
  counter(name: string): Counter {
    return new Counter(this.connection, name);
  }

  /** Several writes, whole or not at all; on a full disk `work` may run twice. Throws `STORE_FAILED`, and whatever `work` throws. */
  transaction<T>(work: () => T): T {
    return this.connection.transaction(work);
  }

  close(): void {
    this.cancelCheck();
    this.connection.close(this.owned);
  }

  private checkDisk(): void {
    this.room?.refill();
    if (this.connection.trouble && !this.connection.damage) this.tryWriting();
    this.tell();
  }

  /** Nobody may write for hours; this shows that there is room again. */
  private tryWriting(): void {
    try {
      this.cache.set('diskProbe', null);
    } catch {
      // The trouble stays as it is.
    }
  }

  private tell(): void {
    const { health } = this;
    const text = JSON.stringify(health);
    if (text === this.told) return;
    this.told = text;
    this.healthChanged.emit(health);
  }
}
