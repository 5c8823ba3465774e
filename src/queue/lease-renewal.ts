import { toErrorInfo } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { Store } from '../store/store.ts';
import type { LeaseGrant } from './contract.ts';
import type { Requests } from './requests.ts';
import { endOfDayMs } from './wire.ts';

export interface LeaseRenewalOptions {
  store: Store;
  requests: Requests;
  /** Knows the queue server's time from the answer that grants. */
  serverClock: { nowMs(): number };
  ids: Ids;
  logger: Logger;
  /** Ids of the services announced. */
  services: () => readonly string[];
  isOnline: () => boolean;
  /** Numbers held per service; default 30. */
  numbersPerService?: number | undefined;
}

/** Half a day at one ticket each 8 minutes. */
const usualNumbers = 30;
const lifetimeMs = 60_000;

/** Keeps numbers for an outage in hand. */
export class LeaseRenewal {
  private readonly options: LeaseRenewalOptions;
  private asking = false;

  constructor(options: LeaseRenewalOptions) {
    this.options = options;
  }

  /** Numbers left for an outage, of all services. */
  get remaining(): number {
    const { services } = this.options;
    return services().reduce((sum, serviceId) => sum + this.left(serviceId), 0);
  }

  /** Asks for more when fewer than half are left of any service. */
  check(): void {
    const { requests, ids, logger, services, isOnline, numbersPerService = usualNumbers } = this.options;
    const known = services();
    const short = known.length === 0 || known.some((serviceId) => this.left(serviceId) * 2 < numbersPerService);
    if (!short || this.asking || !isOnline()) return;
    this.asking = true;
    requests
      .send('leases', { numbersPerService }, { idempotencyKey: `lease:${ids.next()}`, lifetimeMs })
      .then(({ leases }) => this.keep(leases))
      .catch((error: unknown) => logger.warn(toErrorInfo(error, 'QUEUE_REFUSED'), 'no numbers leased'))
      .finally(() => {
        this.asking = false;
      });
  }

  /** A grant is for one day, whatever its `expiresAt` says. */
  private keep(grants: readonly LeaseGrant[]): void {
    const { store, serverClock } = this.options;
    const nowMs = serverClock.nowMs();
    const until = (expiresAt: string) => Math.min(Date.parse(expiresAt), endOfDayMs(nowMs));
    store.leases.save(
      grants.map(({ expiresAt, ...lease }) => ({ ...lease, expiresAtMs: until(expiresAt) })),
      nowMs,
    );
  }

  private left(serviceId: string): number {
    const { store, serverClock } = this.options;
    return store.leases.remaining(serviceId, serverClock.nowMs());
  }
}
