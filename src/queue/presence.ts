import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { type ErrorInfo, toErrorInfo } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { Store } from '../store/store.ts';
import { type ConnectionState, connectionSchema, contractVersion } from './contract.ts';
import { IdentityWatch, type Rival } from './identity-watch.ts';
import type { Intake } from './intake.ts';
import type { TransportMessage } from './transport.ts';
import { envelope, isoTime } from './wire.ts';

export interface PresenceOptions {
  ward: string;
  software: string;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  store: Pick<Store, 'cache'>;
  intake: Intake;
  /** Publishes to the robot's own connection topic, retained. */
  say: (payload: string) => void;
  onRival: (error: ErrorInfo) => void;
}

/** A rival is told of again after this long. */
const tellAgainAfterMs = 3_600_000;
const cacheName = 'instances';
/** A broker saves its memory every half hour by default: so many restarts in that time are a fault that is told of elsewhere. */
const instancesKept = 20;
const instancesSchema = z.array(z.string().max(64)).max(instancesKept);

/** The robot's own connection topic: what it says of itself, and who else speaks there. */
export class Presence {
  private readonly options: PresenceOptions;
  private readonly instanceId: string;
  private readonly identity: IdentityWatch;
  private said = '';
  private cameBack = false;
  private rival: (Rival & { sinceMs: number; toldAtMs: number }) | null = null;

  constructor(options: PresenceOptions) {
    this.options = options;
    this.instanceId = options.ids.next();
    this.identity = new IdentityWatch(this.instanceId);
  }

  /** Writes this instance down, before anybody hears of it. */
  begin(): void {
    const { store, logger } = this.options;
    try {
      const read = instancesSchema.safeParse(store.cache.get(cacheName));
      const before = read.success ? read.data : [];
      this.identity.setPredecessors(before);
      store.cache.set(cacheName, [this.instanceId, ...before].slice(0, instancesKept));
    } catch (error) {
      logger.error(toErrorInfo(error, 'STORE_FAILED'), 'this instance was not written down');
    }
  }

  payload(state: ConnectionState): string {
    return JSON.stringify(this.message(state));
  }

  onConnected(): void {
    this.identity.onConnected();
    this.sayOnline();
  }

  handle(message: TransportMessage): void {
    const said = this.options.intake.read(connectionSchema, message);
    if (!said) return;
    const rival = this.identity.see(said);
    if (rival) this.onRival(rival);
    if (said.messageId === this.said) this.cameBack = true;
    // A will may be published later than the next `online`: it would stand there, retained, and be wrong.
    else if (this.cameBack && said.state !== 'online') this.sayOnline();
  }

  private sayOnline(): void {
    const message = this.message('online');
    this.said = message.messageId;
    this.cameBack = false;
    this.options.say(JSON.stringify(message));
  }

  private message(state: ConnectionState) {
    const { clock, ids, ward, software } = this.options;
    return { ...envelope(clock, ids, ward), state, instanceId: this.instanceId, versions: [contractVersion], software };
  }

  private onRival(seen: Rival): void {
    const { clock, onRival } = this.options;
    const known = this.rival?.instanceId === seen.instanceId ? this.rival : null;
    const sinceMs = known?.sinceMs ?? clock.nowMs();
    const nowMs = clock.monotonicMs();
    if (known && nowMs - known.toldAtMs < tellAgainAfterMs) return;
    this.rival = { ...seen, sinceMs, toldAtMs: nowMs };
    const detail = `seen since ${isoTime(sinceMs)}: "${seen.software}", instance ${seen.instanceId}, connected at ${seen.sentAt} by its clock`;
    onRival({ code: 'QUEUE_DUPLICATE_CLIENT', detail });
  }
}
