import type { Dice } from './dice.ts';
import type { Happenings } from './happenings.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Publication {
  topic: string;
  payload: string;
  retain: boolean;
}

export type Packet =
  | { kind: 'CONNECT'; will: Publication }
  | { kind: 'CONNACK' }
  | { kind: 'SUBSCRIBE'; filters: readonly string[] }
  | { kind: 'SUBACK' }
  /** `id` null: QoS 0. */
  | { kind: 'PUBLISH'; id: number | null; publication: Publication; expiresInS: number | undefined }
  | { kind: 'PUBACK'; id: number }
  | { kind: 'DISCONNECT' };

/** How the network between one client and the broker is at present. */
export interface Conditions {
  /** One way, ms, on average. */
  delayMs: number;
  /** That the connection breaks at a given packet: half of it before the packet arrives, half after. */
  cutChance: number;
  reachable: boolean;
}

export const goodNetwork: Conditions = { delayMs: 8, cutChance: 0, reachable: true };

export interface End {
  receive(packet: Packet): void;
  /** The connection is gone. */
  closed(): void;
}

type Direction = 'up' | 'down';

/** Keepalive of 15 s: the client misses the answer to its ping after up to twice that, the broker waits one and a half. */
const longestNoticeMs = 30_000;

/** One TCP connection: in each direction packets arrive in order or not at all. */
export class Wire {
  client: End | null;
  broker: End | null = null;
  private readonly time: VirtualTime;
  private readonly dice: Dice;
  private readonly happenings: Happenings;
  private readonly conditions: () => Conditions;
  private readonly lastMs = { up: 0, down: 0 };
  private whole = true;

  constructor(client: End, world: { time: VirtualTime; dice: Dice; happenings: Happenings }, conditions: () => Conditions) {
    this.client = client;
    this.time = world.time;
    this.dice = world.dice;
    this.happenings = world.happenings;
    this.conditions = conditions;
  }

  send(direction: Direction, packet: Packet): void {
    if (!this.whole) return;
    const atMs = Math.max(this.lastMs[direction], this.time.nowMs + 1 + this.dice.around(this.conditions().delayMs));
    this.lastMs[direction] = atMs;
    this.time.after(atMs - this.time.nowMs, () => this.arrive(direction, packet));
  }

  /** Nothing passes any more; each end learns of it in its own time. */
  cut(): void {
    if (!this.whole) return;
    this.whole = false;
    const { client, broker } = this;
    this.time.after(this.noticeMs(), () => this.leave('client', client));
    this.time.after(this.noticeMs(), () => this.leave('broker', broker));
  }

  /** One end is gone without a word (a crash): the other learns of it in its own time. */
  abandon(side: 'client' | 'broker'): void {
    this[side] = null;
    this.cut();
  }

  private arrive(direction: Direction, packet: Packet): void {
    if (!this.whole) return;
    const { cutChance } = this.conditions();
    const way = direction === 'up' ? 'to broker' : 'from broker';
    if (this.dice.chance(cutChance / 2)) {
      this.happenings.count(`cut before ${packet.kind} ${way}`);
      this.cut();
      return;
    }
    (direction === 'up' ? this.broker : this.client)?.receive(packet);
    if (this.whole && this.dice.chance(cutChance / 2)) {
      this.happenings.count(`cut after ${packet.kind} ${way}`);
      this.cut();
    }
  }

  private leave(side: 'client' | 'broker', end: End | null): void {
    if (end === null || this[side] !== end) return;
    this[side] = null;
    end.closed();
  }

  /** A reset is noticed at once, silence only by the keepalive. */
  private noticeMs(): number {
    return this.dice.chance(0.7) ? this.dice.between(0, 50) : this.dice.between(1_000, longestNoticeMs);
  }
}
