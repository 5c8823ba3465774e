import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { openQueueDatabase } from '../../../simulators/queue-server/database.ts';
import { QueueServer } from '../../../simulators/queue-server/queue-server.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import type { ErrorInfo } from '../../../src/core/errors.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { Signal } from '../../../src/core/signal.ts';
import type { Transport, TransportMessage } from '../../../src/queue/transport.ts';
import type { Sqlite } from '../../../src/store/database.ts';
import { type Operation, tickMs, ward } from './queue-server-operations.ts';

/** Runs are so far apart by the clock; more ticks than one has. */
const runEveryMs = 3_600_000;

const namesSchema = z.array(z.object({ name: z.string(), row: z.string() }));
const tableSchema = z.object({ count: z.number(), text: z.string() });

/** Connected at once; whatever is said arrives nowhere. */
class DeafBroker implements Transport {
  readonly connected = new Signal<void>();
  readonly lost = new Signal<ErrorInfo>();
  readonly message = new Signal<TransportMessage>();
  start(): void {
    queueMicrotask(() => this.connected.emit());
  }
  async stop(): Promise<void> {}
  async publish(): Promise<void> {}
}

/** Where the same operation of a run always finds the same time, ids and chance: before a cut and, asked again, after it. */
export class World {
  readonly clock = new SimulatedClock();
  private readonly seed: number;
  private readonly tag: string;
  private index = -1;
  private made = 0;
  private chance = new SeededRandom(0);

  constructor({ seed, tag, run }: { seed: number; tag: string; run: number }) {
    this.seed = seed;
    this.tag = tag;
    this.clock.advance((run % 6) * runEveryMs);
  }

  readonly ids = { next: () => `${this.tag}.${this.index}.${this.made++}` };
  readonly random = { next: () => this.chance.next() };

  at(index: number): void {
    this.index = index;
    this.made = 0;
    this.chance = new SeededRandom(this.seed + index);
  }

  pass(ticks: number): void {
    this.clock.advance(ticks * tickMs);
  }
}

/** The reference queue server at work on a file, without a broker. */
export class Desk {
  readonly server: QueueServer;
  readonly database: Sqlite;
  private readonly world: World;

  private constructor(world: World, database: Sqlite) {
    const { clock, ids, random } = world;
    const basics = { clock, ids, random, logger: silentLogger, transport: new DeafBroker() };
    // Nobody opens what citizens sealed in these runs.
    const keys = { privateKey: {}, publicKey: {} };
    this.world = world;
    this.database = database;
    this.server = new QueueServer({ ...basics, ward, brokerUrls: [], file: '', keyFile: '', database }, keys);
  }

  static async open(folder: string, world: World, pragmas: readonly string[] = []): Promise<Desk> {
    const database = openQueueDatabase(join(folder, 'queue-server.sqlite'));
    try {
      for (const pragma of pragmas) database.exec(pragma);
      const desk = new Desk(world, database);
      await desk.server.start();
      return desk;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Does operation `index` of its run; a `reopen` is the caller's. */
  perform(operation: Operation, index: number): unknown {
    this.world.at(index);
    if (operation.kind === 'tick') this.world.pass(1);
    return operation.perform(this.server) ?? null;
  }

  /** Every table by its number of rows and their digest; equal databases give equal texts. */
  text(): string {
    // One text of each table, since a cut asks for all of them twice and a row that comes out by itself costs most of that.
    const contents = this.tables().map(({ name, rows }) => {
      const read = tableSchema.parse(this.database.prepare(rows).get());
      const digest = createHash('sha256').update(read.text).digest('base64url');
      return [name, [[read.count, digest]]];
    });
    return JSON.stringify(Object.fromEntries(contents));
  }

  private tables(): { name: string; rows: string }[] {
    const query = `SELECT master.name AS name, group_concat('quote("' || columns.name || '")', ' || '','' || ') AS row
      FROM sqlite_master AS master, pragma_table_info(master.name) AS columns WHERE master.type = 'table' GROUP BY master.name`;
    return namesSchema.parse(this.database.prepare(query).all()).map(({ name, row }) => ({
      name,
      rows: `SELECT count(*) AS count, coalesce(group_concat(row, ';'), '') AS text FROM (SELECT ${row} AS row FROM "${name}" ORDER BY rowid)`,
    }));
  }

  close(): void {
    this.server.crash();
    this.database.close();
  }
}
