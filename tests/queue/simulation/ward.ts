import { wardCounters } from '../../../simulators/queue-server/catalogue.ts';
import { openQueueDatabase } from '../../../simulators/queue-server/database.ts';
import { QueueServer } from '../../../simulators/queue-server/queue-server.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import type { Sqlite } from '../../../src/store/database.ts';
import { Machine, Process } from './machine.ts';
import { mortal, wipe } from './mortal-database.ts';
import { SimTransport } from './sim-transport.ts';
import { goodNetwork } from './wire.ts';
import { type World, ward } from './world.ts';

/** Nobody opens what citizens sealed in these runs. */
const keys = { privateKey: {}, publicKey: {} };
let database: Sqlite | null = null;

/** The queue server's computer: it crashes, starts again, and is slow or deaf for a while; its database stays. */
export class Ward {
  readonly machine: Machine;
  readonly database: Sqlite;
  conditions = goodNetwork;
  /** How long it takes to get to a message, on average, ms. */
  slownessMs = 0;
  /** Reads nothing of what it takes from the broker. */
  deaf = false;
  process: Process | null = null;
  server: QueueServer | null = null;
  private readonly world: World;
  private lives = 0;

  constructor(world: World) {
    this.world = world;
    this.machine = new Machine('server', world);
    database ??= openQueueDatabase(':memory:');
    wipe(database);
    this.database = database;
  }

  boot(): void {
    const { world, machine, database } = this;
    const process = new Process(machine, this.lives++);
    this.process = process;
    process.died.on(() => this.onDeath());
    process.survive(() => {
      const transport = new SimTransport({
        process,
        broker: world.broker,
        clientId: 'server',
        conditions: () => this.conditions,
        taps: {
          sending: (topic, payload) => {
            world.happenings.note('server', 'sends', () => `${topic} ${payload}`);
            world.observer.serverSends(topic, payload);
            return payload;
          },
          receiving: (topic, payload) => {
            world.happenings.note('server', 'hears', () => `${topic} ${payload}`);
            if (!this.deaf) return payload;
            world.happenings.count('request unheard');
            return null;
          },
          slownessMs: () => (this.slownessMs > 0 ? machine.dice.around(this.slownessMs) : 0),
        },
      });
      const { random, ids } = process;
      const shared = { ward, clock: process, random, ids, logger: silentLogger, transport };
      const files = { brokerUrls: [], file: '', keyFile: '', database: mortal(database, process, world.variant.serverDatabase) };
      this.server = new QueueServer({ ...shared, ...files }, keys);
      void this.server.start().catch((error: unknown) => this.failed('start', error));
    });
  }

  /** Officers at work: one of them does something. */
  officerActs(): void {
    const { machine, server, process, world } = this;
    const { dice } = machine;
    const { counter } = dice.pick(counters);
    const act = dice.weighted({
      next: 10,
      recall: 4,
      transfer: 2,
      noShow: 2,
      park: 1,
      finish: 2,
      close: 1,
      open: 2,
      leave: 1,
      'come back': 2,
    });
    const serviceId = dice.pick(services);
    if (!server || !process?.alive) return;
    world.happenings.note('officer', act, () => `${counter} ${serviceId}`);
    try {
      switch (act) {
        case 'next':
          server.callNext(counter);
          return;
        case 'recall':
          server.recall(counter);
          return;
        case 'noShow':
          server.noShow(counter);
          return;
        case 'finish':
          server.finish(counter);
          return;
        case 'transfer':
          server.transfer(counter, dice.chance(0.5) ? { serviceId } : { counter: dice.pick(counters).counter });
          return;
        case 'park':
          server.park(counter);
          return;
        case 'close':
        case 'open':
          server.setOpen(serviceId, act === 'open');
          return;
        case 'leave':
        case 'come back':
          server.setCounterOpen(counter, act === 'come back');
          return;
      }
    } catch (error) {
      this.failed(act, error);
    }
  }

  private failed(what: string, error: unknown): void {
    if (!this.process?.alive || this.machine.diskFull) return;
    this.world.observer.violated('nothing throws', `server ${what}: ${String(error)}`);
  }

  private onDeath(): void {
    const { machine, world } = this;
    world.happenings.count('server crashed');
    world.happenings.note('server', 'crashed');
    this.server = null;
    machine.time.after(machine.dice.between(100, 30_000), () => {
      world.variant.serverRestarts?.(this.database);
      this.boot();
    });
  }
}

const counters = wardCounters as [(typeof wardCounters)[number], ...typeof wardCounters];
export const services = ['certification', 'civil-status', 'residence', 'business'] as const;
