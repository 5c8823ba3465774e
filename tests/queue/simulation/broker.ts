import type { Dice } from './dice.ts';
import type { Happenings } from './happenings.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Packet, Publication, Wire } from './wire.ts';

interface Kept {
  publication: Publication;
  /** Virtual ms; null: for ever. */
  expiresAtMs: number | null;
}

interface Session {
  filters: readonly string[];
  /** Sent and not acknowledged, by packet id. */
  unacknowledged: Map<number, Kept>;
  waiting: Kept[];
  wire: Wire | null;
  will: Publication | null;
  goneAtMs: number;
  nextId: number;
}

interface Memory {
  sessions: Map<string, Session>;
  retained: Map<string, Publication>;
}

/** What a broker in trouble does to messages that are not retained. */
export interface Mischief {
  lose: number;
  repeat: number;
  /** Delivered later, out of turn. */
  delay: number;
}
export const noMischief: Mischief = { lose: 0, repeat: 0, delay: 0 };

export interface BrokerOptions {
  time: VirtualTime;
  dice: Dice;
  happenings: Happenings;
  /** MQTT 3.1.1 knows no message expiry. */
  protocol: '5' | '3.1.1';
  /** Messages kept for a client that is away; of more, the newest are dropped. */
  queueBound: number;
  sessionExpiryMs: number;
}

export type Restart = 'remembers everything' | 'remembers its last save' | 'forgets everything';

/** An MQTT broker: sessions, retained messages, wills, QoS 1 with redelivery, and a memory it may lose. */
export class Broker {
  mischief = noMischief;
  private readonly options: BrokerOptions;
  private memory: Memory = { sessions: new Map(), retained: new Map() };
  private saved: Memory = this.memory;
  private up = true;

  constructor(options: BrokerOptions) {
    this.options = options;
  }

  /** A client's new connection. */
  accept(wire: Wire, clientId: string): void {
    let session: Session | null = null;
    const receive = (packet: Packet) => {
      if (packet.kind === 'CONNECT') session = this.connect(wire, clientId, packet.will);
      else if (session?.wire === wire) this.receive(wire, session, packet);
    };
    const closed = () => {
      if (session?.wire === wire) this.lose(session);
    };
    wire.broker = { receive: (packet) => (this.up ? receive(packet) : wire.cut()), closed };
  }

  /** What a restart "remembers its last save" goes back to. */
  save(): void {
    this.saved = copied(this.memory);
  }

  restart(kind: Restart, downMs: number): void {
    const { time, happenings } = this.options;
    happenings.count(`broker restart: ${kind}`);
    this.up = false;
    for (const session of this.memory.sessions.values()) {
      session.wire?.abandon('broker');
      session.wire = null;
      session.will = null;
    }
    if (kind === 'forgets everything') this.memory = { sessions: new Map(), retained: new Map() };
    if (kind === 'remembers its last save') this.memory = copied(this.saved);
    time.after(downMs, () => {
      this.up = true;
    });
  }

  private connect(wire: Wire, clientId: string, will: Publication): Session {
    const { time, happenings, sessionExpiryMs } = this.options;
    const { sessions } = this.memory;
    let session = sessions.get(clientId);
    if (session?.wire) {
      happenings.count('session taken over');
      session.wire.abandon('broker');
      this.lose(session);
    }
    if (!session || time.nowMs - session.goneAtMs > sessionExpiryMs) {
      if (session) happenings.count('session expired');
      session = { filters: [], unacknowledged: new Map(), waiting: [], wire: null, will: null, goneAtMs: 0, nextId: 1 };
      sessions.set(clientId, session);
    }
    session.wire = wire;
    session.will = will;
    wire.send('down', { kind: 'CONNACK' });
    const again = [...session.unacknowledged.values()];
    if (again.length > 0) happenings.count('redelivered', again.length);
    session.unacknowledged.clear();
    const late = session.waiting.splice(0);
    for (const kept of [...again, ...late]) this.deliver(session, kept);
    return session;
  }

  private receive(wire: Wire, session: Session, packet: Packet): void {
    switch (packet.kind) {
      case 'SUBSCRIBE':
        session.filters = packet.filters;
        wire.send('down', { kind: 'SUBACK' });
        for (const publication of this.memory.retained.values())
          if (wants(session, publication.topic)) this.deliver(session, { publication, expiresAtMs: null });
        return;
      case 'PUBLISH': {
        const { time } = this.options;
        const expiresAtMs = packet.expiresInS === undefined ? null : time.nowMs + packet.expiresInS * 1000;
        this.route({ publication: packet.publication, expiresAtMs });
        if (packet.id !== null) wire.send('down', { kind: 'PUBACK', id: packet.id });
        return;
      }
      case 'PUBACK':
        session.unacknowledged.delete(packet.id);
        return;
      case 'DISCONNECT':
        session.will = null;
        return;
      case 'CONNECT':
      case 'CONNACK':
      case 'SUBACK':
        return;
    }
  }

  private lose(session: Session): void {
    const { will } = session;
    session.wire = null;
    session.will = null;
    session.goneAtMs = this.options.time.nowMs;
    if (!will || !this.up) return;
    this.options.happenings.count('will published');
    this.route({ publication: will, expiresAtMs: null });
  }

  private route(kept: Kept): void {
    const { dice, time, happenings } = this.options;
    const { publication } = kept;
    if (publication.retain) this.memory.retained.set(publication.topic, publication);
    const { lose, repeat, delay } = publication.retain ? noMischief : this.mischief;
    if (dice.chance(lose)) {
      happenings.count('message lost');
      return;
    }
    const times = dice.chance(repeat) ? 2 : 1;
    if (times === 2) happenings.count('message doubled');
    const reader = () => {
      for (const session of this.memory.sessions.values()) if (wants(session, publication.topic)) this.deliver(session, kept);
    };
    for (let n = 0; n < times; n++) {
      if (dice.chance(delay)) {
        happenings.count('message overtaken');
        time.after(dice.around(2_000), reader);
      } else reader();
    }
  }

  private deliver(session: Session, kept: Kept): void {
    const { time, happenings, protocol, queueBound } = this.options;
    if (!session.wire) {
      if (session.waiting.length < queueBound) session.waiting.push(kept);
      else happenings.count('dropped from a full session');
      return;
    }
    if (protocol === '5' && kept.expiresAtMs !== null && kept.expiresAtMs <= time.nowMs) {
      happenings.count('expired in the broker');
      return;
    }
    const id = session.nextId++;
    session.unacknowledged.set(id, kept);
    session.wire.send('down', { kind: 'PUBLISH', id, publication: kept.publication, expiresInS: undefined });
  }
}

function copied({ sessions, retained }: Memory): Memory {
  const copy = (session: Session): Session => ({
    ...session,
    unacknowledged: new Map(session.unacknowledged),
    waiting: [...session.waiting],
    wire: null,
    will: null,
  });
  return { sessions: new Map([...sessions].map(([id, session]) => [id, copy(session)])), retained: new Map(retained) };
}

/** By filters and topic: the same few over and over, in every run. */
const known = new Map<string, Map<string, boolean>>();

function wants({ filters }: Session, topic: string): boolean {
  const list = filters.join(' ');
  const answers = known.get(list) ?? new Map<string, boolean>();
  known.set(list, answers);
  const answer = answers.get(topic) ?? filters.some((filter) => matches(filter, topic));
  answers.set(topic, answer);
  return answer;
}

function matches(filter: string, topic: string): boolean {
  const levels = topic.split('/');
  const wanted = filter.split('/');
  return wanted.length === levels.length && wanted.every((level, index) => level === '+' || level === levels[index]);
}
