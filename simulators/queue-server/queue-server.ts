import type { JWK } from 'jose';
import { z } from 'zod';
import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { Ids } from '../../src/core/ids.ts';
import type { Logger } from '../../src/core/logger.ts';
import type { Random } from '../../src/core/random.ts';
import { Signal } from '../../src/core/signal.ts';
import { contractVersion, type Operation, type Outcome, operations, type RequestOf, type RobotCommand } from '../../src/queue/contract.ts';
import { MqttTransport } from '../../src/queue/mqtt-transport.ts';
import type { Transport } from '../../src/queue/transport.ts';
import { inTransaction, type Sqlite } from '../../src/store/database.ts';
import { Archive } from './archive.ts';
import { Calling, type MadeCall } from './calling.ts';
import { wardCounters } from './catalogue.ts';
import { openQueueDatabase, selectRow } from './database.ts';
import { loadOrMakeKeys } from './keys.ts';
import { Overview } from './overview.ts';
import { accept, TicketOffice } from './ticket-office.ts';
import { serverSoftware, WardLink } from './ward-link.ts';

export interface QueueServerOptions {
  ward: string;
  brokerUrls: readonly string[];
  /** Database; `:memory:` for a passing one. */
  file: string;
  /** The officer's key pair, made on first start. */
  keyFile: string;
  clock: Clock;
  random: Random;
  ids: Ids;
  logger: Logger;
  /** Instead of MQTT, for tests. */
  transport?: Transport;
  /** Instead of `file`: a handle of {@link openQueueDatabase}, which stays open when the server stops. For tests that crash it. */
  database?: Sqlite;
}

const expireEveryMs = 5_000;
/** Robots repeat a stored request for a week at most. */
const decisionsKeptMs = 8 * 86_400_000;

const outcomeSchema = z.object({ outcome: z.string() });
const storedOutcomeSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({
    ok: z.literal(false),
    code: z.custom<Extract<Outcome, { ok: false }>['code']>((value) => typeof value === 'string'),
    detail: z.string(),
  }),
]);

/** The ward's queue server. It talks to robots through MQTT alone; one transaction per decision. */
export class QueueServer {
  /** Something on the staff page changed. */
  readonly changed = new Signal<void>();
  /** Seal citizen data to this. */
  readonly publicJwk: JWK;
  readonly overview: Overview;
  readonly archive: Archive;
  private readonly options: QueueServerOptions;
  private readonly database: Sqlite;
  private readonly office: TicketOffice;
  private readonly calling: Calling;
  private readonly link: WardLink;
  private timers: Cancel[] = [];

  constructor(options: QueueServerOptions, keys: { privateKey: JWK; publicKey: JWK }) {
    const { file, clock, ids, ward, logger, brokerUrls, random } = options;
    this.options = options;
    this.publicJwk = keys.publicKey;
    this.database = options.database ?? openQueueDatabase(file);
    this.overview = new Overview(this.database, clock);
    this.office = new TicketOffice(this.database, clock, ids, this.overview);
    this.calling = new Calling(this.database, clock, ids, this.overview);
    this.archive = new Archive(this.database, clock, keys.privateKey);
    const clientId = `letan-queue-${ward}`;
    const transport = options.transport ?? new MqttTransport({ brokerUrls, clientId, protocol: 'auto', clock, random, logger });
    this.link = new WardLink({ ward, transport, clock, ids, logger, decide: (operation, request) => this.decide(operation, request) });
  }

  /** Resolves when connected and everything is announced. */
  async start(): Promise<void> {
    const { clock } = this.options;
    this.link.robotsChanged.on(() => this.changed.emit());
    this.link.connected.on(() => this.announce());
    const connected = new Promise<void>((resolve) => {
      const off = this.link.connected.on(() => {
        off();
        resolve();
      });
    });
    this.timers = [clock.every(expireEveryMs, () => this.tidy())];
    this.link.start();
    await connected;
  }

  async stop(): Promise<void> {
    for (const cancel of this.timers) cancel();
    await this.link.stop();
    if (!this.options.database) this.database.close();
  }

  /** Dies as in a power cut: nothing is said any more; the caller cuts its wire. For tests. */
  crash(): void {
    for (const cancel of this.timers) cancel();
    if (!this.options.database) this.database.close();
  }

  /** Decides one request; the same key of the same robot gets the same answer again. */
  decide<O extends Operation>(operation: O, request: RequestOf<O>): Outcome {
    const { robotId, idempotencyKey } = request;
    const outcome = inTransaction(this.database, () => {
      const before = selectRow(
        this.database,
        outcomeSchema,
        'SELECT outcome FROM decisions WHERE robotId = ? AND idempotencyKey = ?',
        robotId,
        idempotencyKey,
      );
      if (before) return storedOutcomeSchema.parse(JSON.parse(before.outcome));
      const decided = this.handlers[operation](request);
      const insert = this.database.prepare('INSERT INTO decisions VALUES (?, ?, ?, ?)');
      insert.run(idempotencyKey, robotId, JSON.stringify(decided), this.options.clock.nowMs());
      return decided;
    });
    this.afterChange();
    return outcome;
  }

  /** Calls the next citizen to `counter`; null when nobody waits. */
  callNext(counter: number): MadeCall | null {
    return this.call(() => this.calling.callNext(counter), counter);
  }

  recall(counter: number): MadeCall | null {
    return this.call(() => this.calling.recall(counter), counter);
  }

  /** The citizen called to `counter` did not come. */
  noShow(counter: number): boolean {
    return this.endCurrent(counter, 'noShow');
  }

  /** Served, and nobody is called next. */
  finish(counter: number): boolean {
    return this.endCurrent(counter, 'done');
  }

  setOpen(serviceId: string, open: boolean): void {
    const query = open ? 'DELETE FROM closedServices WHERE serviceId = ?' : 'INSERT OR IGNORE INTO closedServices VALUES (?)';
    this.database.prepare(query).run(serviceId);
    this.afterChange();
  }

  /** Sends an order to a robot; resolves with its answer, rejects with `REQUEST_TIMEOUT` or `QUEUE_OFFLINE`. */
  command(robotId: string, command: RobotCommand): Promise<Outcome> {
    return this.link.command(robotId, command);
  }

  robots() {
    return this.link.robots();
  }

  private readonly handlers: { [O in Operation]: (request: RequestOf<O>) => Outcome } = {
    hello: () => accept({ version: contractVersion, software: serverSoftware, operations: [...operations] }),
    'tickets/reserve': (request) => this.office.reserve(request),
    'tickets/commit': (request) => this.office.commit(request),
    'tickets/void': (request) => this.office.void(request),
    checkins: (request) => this.office.checkIn(request),
    feedback: (request) => this.archive.feedback(request),
    petitions: (request) => this.archive.petition(request),
    registrations: (request) => this.archive.registration(request),
    leases: (request) => this.office.lease(request),
  };

  private call(decide: () => MadeCall | null, counter: number): MadeCall | null {
    const call = inTransaction(this.database, decide);
    if (call) this.link.publishCall(call);
    this.publishServing(counter);
    this.afterChange();
    return call;
  }

  private endCurrent(counter: number, state: 'done' | 'noShow'): boolean {
    const ended = inTransaction(this.database, () => this.calling.end(counter, state));
    this.publishServing(counter);
    this.afterChange();
    return ended;
  }

  private announce(): void {
    for (const { counter } of wardCounters) this.publishServing(counter);
    this.afterChange();
  }

  private publishServing(counter: number): void {
    const serving = this.overview.serving().find((candidate) => candidate.counter === counter);
    this.link.publishServing(counter, serving?.ticketNumber ?? null);
  }

  private afterChange(): void {
    this.link.publishServices(this.overview.services());
    this.changed.emit();
  }

  private tidy(): void {
    this.database.prepare('DELETE FROM decisions WHERE decidedAtMs < ?').run(this.options.clock.nowMs() - decisionsKeptMs);
    if (inTransaction(this.database, () => this.office.expire()) > 0) this.afterChange();
  }
}

/** Starts the queue server; resolves when it is connected to the broker. */
export async function startQueueServer(options: QueueServerOptions): Promise<QueueServer> {
  const server = new QueueServer(options, await loadOrMakeKeys(options.keyFile));
  await server.start();
  return server;
}
