import type { Clock } from '../core/clock.ts';
import type { DeviceStatus } from '../core/device.ts';
import { LetanError, toErrorInfo } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import { Signal } from '../core/signal.ts';
import { Connection } from './connection.ts';
import { isDamage, openSqlite, type Sqlite, setAside } from './database.ts';
import { Journal } from './journal.ts';
import { LeaseBook } from './lease-book.ts';
import { Cache, Counter, DoneCommands, SeenCalls } from './memory.ts';
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
  /** Tickets remembered in the journal; default 10,000. */
  journalLimit?: number;
}

const defaultOutboxBytes = 64 * 1024 * 1024;

/**
 * What the robot must not forget in a power cut, in one SQLite file. Every method is synchronous and durable when it returns
 * (0.5 ms a commit). A damaged file is kept aside as `<file>.broken-<ulid>` and a new one started (`health` degraded); where no file
 * can be written at all the store lives in memory, refuses every promise, and `health` is faulty.
 */
export class Store {
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
  private owned = true;

  private constructor(database: Sqlite, health: DeviceStatus, options: Omit<StoreOptions, 'file'>) {
    const { clock } = options;
    const connection = new Connection(database);
    this.connection = connection;
    this.database = database;
    this.opened = health;
    this.outbox = new Outbox(connection, clock, {
      entries: health.status === 'faulty' ? 0 : options.outboxLimit,
      bytes: options.outboxLimitBytes ?? defaultOutboxBytes,
      diskTrouble: () => null,
    });
    this.leases = new LeaseBook(connection, clock);
    this.journal = new Journal(connection, clock, options.journalLimit ?? 10_000);
    this.seenCalls = new SeenCalls(connection, clock);
    this.cache = new Cache(connection);
    this.doneCommands = new DoneCommands(connection, clock);
    connection.troubleChanged.on(() => this.healthChanged.emit(this.health));
  }

  /** Never throws for a bad file: see {@link Store}. */
  static open(options: StoreOptions): Store {
    const { file, logger } = options;
    try {
      return new Store(openSqlite(file), { status: 'ready' }, options);
    } catch (error) {
      logger.error(toErrorInfo(error, 'STORE_FAILED'), 'store could not be opened');
      return isDamage(error) ? Store.openAfresh(options, error) : Store.openInMemory(options, error);
    }
  }

  /** A store on a database that {@link openSqlite} opened; it stays the caller's, and {@link Store.close} leaves it open. */
  static adopt(database: Sqlite, options: Omit<StoreOptions, 'file'>): Store {
    const store = new Store(database, { status: 'ready' }, options);
    store.owned = false;
    return store;
  }

  private static openAfresh(options: StoreOptions, cause: unknown): Store {
    const { file, ids, logger } = options;
    try {
      const aside = setAside(file, ids.next());
      const error = new LetanError('STORE_FAILED', `the store was damaged and is kept as ${aside}; a new one was started`, { cause });
      logger.error(error.toInfo(), 'store started afresh');
      return new Store(openSqlite(file), { status: 'degraded', error: error.toInfo() }, options);
    } catch (error) {
      return Store.openInMemory(options, error);
    }
  }

  private static openInMemory(options: StoreOptions, cause: unknown): Store {
    const error = toErrorInfo(cause, 'STORE_FAILED');
    options.logger.error(error, 'store cannot be written; nothing can be promised');
    return new Store(openSqlite(':memory:'), { status: 'faulty', error }, options);
  }

  /** How the file was met when it was opened; degraded from the first write that fails (a full disk) to the next that succeeds. */
  get health(): DeviceStatus {
    const error = this.connection.trouble;
    return this.opened.status === 'ready' && error ? { status: 'degraded', error } : this.opened;
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
    this.connection.close(this.owned);
  }
}
