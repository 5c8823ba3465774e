import { z } from 'zod';
import type { Call, Service, Serving, TicketUpdate } from '../behaviour/model.ts';
import { toErrorInfo } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { Signal } from '../core/signal.ts';
import type { Store } from '../store/store.ts';
import { callSchema, servicesSchema, servingSchema, ticketUpdateSchema } from './contract.ts';
import type { Intake } from './intake.ts';
import type { ServerClock } from './server-clock.ts';
import type { TransportMessage } from './transport.ts';

const cacheName = 'services';
const cachedSchema = z.object({ services: servicesSchema.shape.services });

/** What the queue server tells every robot: services, who is served, calls, and what became of tickets. */
export class Announcements {
  readonly servicesChanged = new Signal<Service[]>();
  readonly servingChanged = new Signal<Serving[]>();
  readonly callReceived = new Signal<Call>();
  readonly ticketUpdated = new Signal<TicketUpdate>();
  private readonly store: Store;
  /** Judges what expires. */
  private readonly serverClock: Pick<ServerClock, 'nowMs' | 'expiryMs'>;
  private readonly logger: Logger;
  private readonly intake: Intake;
  private readonly serving = new Map<number, string>();
  private known: Service[] = [];
  private kept = '';

  constructor(store: Store, serverClock: Pick<ServerClock, 'nowMs' | 'expiryMs'>, logger: Logger, intake: Intake) {
    this.store = store;
    this.serverClock = serverClock;
    this.logger = logger;
    this.intake = intake;
  }

  get services(): readonly Service[] {
    return this.known;
  }

  /** Announces the services known before the last power-off, for a robot that starts offline. */
  restore(): void {
    const cached = cachedSchema.safeParse(this.store.cache.get(cacheName));
    if (!cached.success || this.known.length > 0) return;
    this.known = cached.data.services;
    this.servicesChanged.emit(this.known);
  }

  handleServices(message: TransportMessage): void {
    const announced = this.intake.read(servicesSchema, message);
    if (!announced) return;
    this.known = announced.services;
    this.keep();
    this.servicesChanged.emit(this.known);
  }

  /** The counts change with every ticket and mean nothing after a restart: without them the flash card is spared nearly every write. */
  private keep(): void {
    const services = this.known.map((service) => ({ ...service, waitingCount: 0, estimatedWaitMin: 0 }));
    const text = JSON.stringify(services);
    if (text === this.kept) return;
    try {
      this.store.cache.set(cacheName, { services });
      this.kept = text;
    } catch (error) {
      this.logger.error(toErrorInfo(error, 'STORE_FAILED'), 'services not kept');
    }
  }

  handleServing(message: TransportMessage): void {
    const announced = this.intake.read(servingSchema, message);
    if (!announced) return;
    const { counter, ticketNumber, open } = announced;
    if (ticketNumber === null || !open) this.serving.delete(counter);
    else this.serving.set(counter, ticketNumber);
    const list = [...this.serving].map(([at, number]) => ({ counter: at, ticketNumber: number }));
    this.servingChanged.emit(list.sort((a, b) => a.counter - b.counter));
  }

  /** Late news are dropped: by then the ticket may have been called again. */
  handleUpdate(message: TransportMessage): void {
    const announced = this.intake.read(ticketUpdateSchema, message);
    if (!announced) return;
    const { ticketNumber, change, counter, messageId } = announced;
    if (this.serverClock.expiryMs(announced) <= this.serverClock.nowMs()) this.intake.drop('expired', { messageId });
    else this.ticketUpdated.emit({ ticketNumber, change, counter });
  }

  /** Late calls are dropped; of a call, each higher sequence is let through once, also over a restart. */
  handleCall(message: TransportMessage): void {
    const announced = this.intake.read(callSchema, message);
    if (!announced) return;
    const { callId, ticketNumber, counter, sequence, kind } = announced;
    const expiresAtMs = this.serverClock.expiryMs(announced);
    if (expiresAtMs <= this.serverClock.nowMs()) {
      this.intake.drop('expired', { callId, sequence });
      return;
    }
    try {
      if (!this.store.seenCalls.markNew(callId, sequence)) return;
    } catch (error) {
      // A citizen who waits must hear her number even when the disk is full; at worst she hears it twice.
      this.logger.error(toErrorInfo(error, 'STORE_FAILED'), 'call not remembered');
    }
    this.callReceived.emit({ callId, ticketNumber, counter, sequence, kind, expiresAtMs });
  }
}
