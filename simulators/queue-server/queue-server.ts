import type { JWK } from 'jose';
import type { Cancel } from '../../src/core/clock.ts';
import { Signal } from '../../src/core/signal.ts';
import type { Operation, Outcome, RequestOf, RobotCommand } from '../../src/queue/contract.ts';
import { MqttTransport } from '../../src/queue/mqtt-transport.ts';
import { inTransaction } from '../../src/store/database.ts';
import type { BookingAnswer, BookingWish } from './booking-office.ts';
import type { Happening, MadeCall, TransferTarget } from './calling.ts';
import { type Catalogue, defaultCatalogue } from './catalogue.ts';
import { CounterSigns } from './counter-signs.ts';
import { openQueueDatabase } from './database.ts';
import { DayWatch } from './day-watch.ts';
import { Faults } from './faults.ts';
import { Flood, usualFloodRule } from './flood.ts';
import { loadOrMakeKeys } from './keys.ts';
import type { QueueServerOptions } from './options.ts';
import { allOperations } from './request-door.ts';
import { openRooms, type Rooms } from './rooms.ts';
import { WardLink } from './ward-link.ts';

export type { QueueServerOptions };

const tidyEveryMs = 5_000;
/** After these others are waiting than before, and the services are announced anew. */
const movesQueue: ReadonlySet<Operation> = new Set(['tickets/reserve', 'tickets/commit', 'tickets/void', 'checkins']);

/** The ward's queue server. It talks to robots through MQTT alone; one transaction per decision. */
export class QueueServer {
  /** Something on the staff page changed. */
  readonly changed = new Signal<void>();
  /** Seal citizen data to this. */
  readonly publicJwk: JWK;
  readonly catalogue: Catalogue;
  /** Tells it to do wrong, for trying out. */
  readonly faults: Faults;
  private readonly options: QueueServerOptions;
  private readonly privateKey: JWK;
  private rooms: Rooms;
  private link: WardLink;
  private signs: CounterSigns;
  private timers: Cancel[] = [];
  private readonly dayWatch: DayWatch;

  constructor(options: QueueServerOptions, keys: { privateKey: JWK; publicKey: JWK }) {
    this.options = options;
    this.publicJwk = keys.publicKey;
    this.privateKey = keys.privateKey;
    this.catalogue = options.catalogue ?? defaultCatalogue;
    this.faults = new Faults(options.clock, options.ids);
    this.dayWatch = new DayWatch(options.clock);
    this.rooms = this.openRooms();
    this.link = this.openLink();
    this.signs = this.openSigns();
  }

  get overview() {
    return this.rooms.overview;
  }
  get archive() {
    return this.rooms.archive;
  }
  get statistics() {
    return this.rooms.statistics;
  }
  get opening() {
    return this.rooms.opening;
  }
  /** Connected to the broker now. */
  get isConnected(): boolean {
    return this.link.isUp;
  }
  /** False while it restarts: its database is closed. */
  isRunning = true;
  /** Messages dropped since the start, by cause. */
  get dropped(): Record<string, number> {
    return this.link.dropped;
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
    this.timers = [clock.every(tidyEveryMs, () => this.attempt('tidied', () => this.tidy()))];
    this.link.start();
    await connected;
  }

  async stop(): Promise<void> {
    this.stopTimers();
    await this.link.stop();
    this.closeDatabase();
  }

  /** Dies as in a power cut: nothing is said any more; the caller cuts its wire. For tests. */
  crash(): void {
    this.stopTimers();
    this.link.quiet();
    this.closeDatabase();
  }

  /** Ends and begins again `downMs` later with nothing but its file, as a new process would. Rejects for a database in memory. */
  async restart(downMs = 0): Promise<void> {
    const { clock, file, database } = this.options;
    if (file === ':memory:' && !database) throw new RangeError('a database in memory does not outlive a restart');
    await this.stop();
    this.isRunning = false;
    if (downMs > 0) await new Promise<void>((resolve) => clock.after(downMs, resolve));
    this.rooms = this.openRooms();
    this.link = this.openLink();
    this.signs = this.openSigns();
    this.isRunning = true;
    await this.start();
  }

  /** Decides one request; the same key of the same robot gets the same answer again. */
  decide<O extends Operation>(operation: O, request: RequestOf<O>): Outcome {
    // Told anew after every connection; kept, it would fill the file and help nobody.
    if (operation === 'hello') return this.rooms.handlers[operation](request);
    const outcome = this.rooms.decisions.once(operation, request, () => this.rooms.handlers[operation](request));
    if (movesQueue.has(operation)) this.afterChange('soon');
    else this.changed.emit();
    return outcome;
  }

  /** Calls the next citizen to `counter`; null when nobody waits or the counter is closed. */
  callNext(counter: number): MadeCall | null {
    return this.happen(() => this.rooms.calling.callNext(counter)).calls[0] ?? null;
  }

  recall(counter: number): MadeCall | null {
    return this.happen(() => this.rooms.calling.recall(counter)).calls[0] ?? null;
  }

  /** Calls one number out of turn: somebody who waits may walk straight to the counter, somebody absent or parked is called again. */
  callTicket(counter: number, number: string): MadeCall | null {
    return this.happen(() => this.rooms.calling.callTicket(counter, number)).calls[0] ?? null;
  }

  /** The citizen called to `counter` did not come: she waits again, a few places later, and is a no-show after the last call. */
  noShow(counter: number): boolean {
    return this.happen(() => this.rooms.calling.absent(counter)).done;
  }

  /** Served, and nobody is called next. With further services the ticket waits for the next of them. */
  finish(counter: number): boolean {
    return this.happen(() => this.rooms.calling.finish(counter)).done;
  }

  /** Sent away until it is called again by hand. */
  park(counter: number): boolean {
    return this.happen(() => this.rooms.calling.park(counter)).done;
  }

  /** To another counter or another service; `call` when a counter was free to take it. */
  transfer(counter: number, target: TransferTarget): { done: boolean; call: MadeCall | null } {
    const { done, calls } = this.happen(() => this.rooms.calling.transfer(counter, target));
    return { done, call: calls[0] ?? null };
  }

  /** Takes a waiting number out, whose citizen left. */
  dismiss(number: string): boolean {
    return this.happen(() => this.rooms.calling.dismiss(number)).done;
  }

  setOpen(serviceId: string, open: boolean): void {
    this.rooms.opening.setService(serviceId, open);
    this.afterChange('now');
  }

  /** A closed counter calls nobody; whom it serves now it may finish with. */
  setCounterOpen(counter: number, open: boolean): void {
    this.rooms.opening.setCounter(counter, open);
    this.signs.say([counter]);
    this.afterChange('now');
  }

  book(wish: BookingWish): BookingAnswer {
    const answer = inTransaction(this.rooms.database, () => this.rooms.bookings.book(wish));
    this.changed.emit();
    return answer;
  }

  /** False when there is no such booking or it was checked in. */
  cancelBooking(code: string): boolean {
    const cancelled = inTransaction(this.rooms.database, () => this.rooms.bookings.cancel(code));
    this.changed.emit();
    return cancelled;
  }

  bookings(day: string) {
    return this.rooms.bookings.list(day);
  }

  /** Sends an order to a robot; resolves with its answer, rejects with `REQUEST_TIMEOUT` or `QUEUE_OFFLINE`. */
  command(robotId: string, command: RobotCommand): Promise<Outcome> {
    return this.link.robotDesk.command(robotId, command);
  }

  robots() {
    return this.link.robotDesk.robots();
  }

  /** Lines of the last log a robot sent. */
  robotLog(robotId: string): string[] | null {
    return this.link.robotDesk.logLines(robotId);
  }

  private get supported(): readonly Operation[] {
    return this.options.operations ?? allOperations;
  }

  private openRooms(): Rooms {
    const { file, database, clock, ids, random } = this.options;
    const { catalogue, privateKey, supported } = this;
    return openRooms(database ?? openQueueDatabase(file), { clock, ids, random, catalogue, privateKey, supported });
  }

  private openLink(): WardLink {
    const { ward, brokerUrls, clock, ids, random, logger, flood = usualFloodRule } = this.options;
    const clientId = `letan-queue-${ward}`;
    const transport = this.options.transport ?? new MqttTransport({ brokerUrls, clientId, protocol: 'auto', clock, random, logger });
    return new WardLink({
      ...{ ward, transport, clock, ids, logger },
      faults: this.faults,
      flood: new Flood(clock, flood),
      supported: this.supported,
      decide: (operation, request) => this.decide(operation, request),
      services: () => this.overview.services(),
    });
  }

  private openSigns(): CounterSigns {
    return new CounterSigns(this.rooms, this.catalogue, (...sign) => this.link.publishServing(...sign));
  }

  private happen(decide: () => Happening): Happening {
    const happening = inTransaction(this.rooms.database, decide);
    this.signs.say(happening.counters);
    for (const update of happening.updates) this.link.publishUpdate(update);
    for (const call of happening.calls) this.link.publishCall(call);
    this.afterChange('soon');
    return happening;
  }

  private announce(): void {
    this.attempt('counters kept', () => this.signs.keep());
    this.signs.sayAll();
    this.afterChange('now');
  }

  private afterChange(how: 'now' | 'soon'): void {
    this.link.publishServices(how);
    this.changed.emit();
  }

  /** Also finds that a service opened or closed by the hour, and that a new day began. */
  private tidy(): void {
    if (this.rooms.office.expire() > 0) this.afterChange('soon');
    const turn = this.dayWatch.look();
    if (turn === 'hour' || turn === 'day') this.rooms.decisions.tidy();
    if (turn === 'day') this.announce();
    else if (turn !== 'nothing') this.link.publishServices('soon');
  }

  /** A disk that takes no writes must not end the program: what does not succeed now does at the next turn. */
  private attempt(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.options.logger.error({ detail: error instanceof Error ? error.message : String(error) }, `not ${what}`);
    }
  }

  private stopTimers(): void {
    for (const cancel of this.timers) cancel();
    this.faults.dropHeld();
  }

  private closeDatabase(): void {
    if (!this.options.database) this.rooms.database.close();
  }
}

/** Starts the queue server; resolves when it is connected to the broker. */
export async function startQueueServer(options: QueueServerOptions): Promise<QueueServer> {
  const server = new QueueServer(options, await loadOrMakeKeys(options.keyFile));
  await server.start();
  return server;
}
