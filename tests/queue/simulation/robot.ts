import { silentLogger } from '../../../src/core/logger.ts';
import { QueueLink } from '../../../src/queue/client.ts';
import { openSqlite, type Sqlite } from '../../../src/store/database.ts';
import { Store } from '../../../src/store/store.ts';
import { Machine, Process } from './machine.ts';
import { mortal, wipe } from './mortal-database.ts';
import { SimTransport } from './sim-transport.ts';
import { goodNetwork } from './wire.ts';
import { type World, ward } from './world.ts';

/** One database per robot of a run, used again by the next run. */
const databases = new Map<string, Sqlite>();

/** A robot's computer: its program dies and starts again; its database stays. */
export class Robot {
  readonly robotId: string;
  readonly machine: Machine;
  readonly database: Sqlite;
  conditions = goodNetwork;
  process: Process | null = null;
  link: QueueLink | null = null;
  store: Store | null = null;
  clockJumped = false;
  private readonly world: World;
  private lives = 0;
  private startedOnFullDisk = false;

  constructor(world: World, robotId: string, skewMs: number) {
    this.world = world;
    this.robotId = robotId;
    this.machine = new Machine(robotId, world);
    this.machine.skewMs = skewMs;
    const database = databases.get(robotId) ?? openSqlite(':memory:');
    databases.set(robotId, database);
    wipe(database);
    this.database = database;
  }

  boot(): void {
    const { world, machine, robotId } = this;
    const process = new Process(machine, this.lives++);
    this.process = process;
    this.startedOnFullDisk ||= machine.diskFull;
    process.died.on(() => this.onDeath());
    process.survive(() => {
      const { variant, plan, happenings } = world;
      const outboxLimit = plan.outboxLimit * (variant.outboxLimitFactor ?? 1);
      const database = mortal(this.database, process, variant.robotDatabase);
      const store = Store.adopt(database, { clock: process, ids: process.ids, logger: silentLogger, outboxLimit });
      const ownTaps = variant.robotTaps?.() ?? {};
      const transport = new SimTransport({
        process,
        broker: world.broker,
        clientId: robotId,
        conditions: () => this.conditions,
        taps: {
          ...ownTaps,
          sending: (topic, payload) => {
            const sent = ownTaps.sending?.(topic, payload) ?? payload;
            happenings.note(robotId, 'sends', () => `${topic} ${sent}`);
            return sent;
          },
          receiving: (topic, payload) => {
            happenings.note(robotId, 'hears', () => `${topic} ${payload}`);
            return ownTaps.receiving ? ownTaps.receiving(topic, payload) : payload;
          },
          // There is one program of each identity in a run; what it may meet is what its own earlier lives left behind.
          rivalExpected: () => this.onRival(),
        },
      });
      const shared = { ward, robotId, clock: process, random: process.random, ids: process.ids, logger: silentLogger, transport, store };
      const link = new QueueLink({
        ...shared,
        software: 'letan simulated',
        configurationVersion: null,
        requestTimeoutMs: 5_000,
        leasedNumbers: plan.leasedNumbers,
      });
      link.callReceived.on((call) => {
        if (!process.outlives()) return;
        world.observer.callSpoken(robotId, call, { life: this.lives, diskFull: machine.diskFull });
        happenings.note(robotId, 'speaks', () => `${call.ticketNumber} ${call.callId} ${call.sequence}`);
      });
      this.store = store;
      this.link = link;
      link.start();
    });
  }

  /** Nothing is left to do: connected, and everything delivered. */
  get settled(): boolean {
    return this.process?.alive === true && this.link?.online === true && this.store?.outbox.length === 0;
  }

  /** A life that could not write down that it was there may be taken for a rival by the next. */
  private onRival(): void {
    const { observer, happenings } = this.world;
    if (this.startedOnFullDisk) happenings.count('own earlier life taken for a rival: full disk');
    else observer.violated('nobody is taken for a rival', `${this.robotId}, life ${this.lives}`);
  }

  private onDeath(): void {
    const { machine, world, robotId } = this;
    world.happenings.count('robot crashed');
    world.happenings.note(robotId, 'crashed');
    this.link = null;
    this.store = null;
    machine.time.after(machine.dice.between(1_000, 40_000), () => {
      world.variant.robotRestarts?.(this.database);
      this.boot();
    });
  }
}
