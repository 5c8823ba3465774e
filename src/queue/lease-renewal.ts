import { toErrorInfo } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { Store } from '../store/store.ts';
import type { Requests } from './requests.ts';

export interface LeaseRenewalOptions {
  store: Store;
  requests: Requests;
  ids: Ids;
  logger: Logger;
  /** Ids of the services announced. */
  services: () => readonly string[];
  isOnline: () => boolean;
  /** Numbers held per service. */
  numbersPerService: number;
}

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
    const { store, services } = this.options;
    return services().reduce((sum, serviceId) => sum + store.leases.remaining(serviceId), 0);
  }

  /** Asks for more when fewer than half are left of any service. */
  check(): void {
    const { store, requests, ids, logger, services, isOnline, numbersPerService } = this.options;
    const known = services();
    const short = known.length === 0 || known.some((serviceId) => store.leases.remaining(serviceId) * 2 < numbersPerService);
    if (!short || this.asking || !isOnline()) return;
    this.asking = true;
    requests
      .send('leases', { numbersPerService }, { idempotencyKey: `lease:${ids.next()}`, lifetimeMs })
      .then(({ leases }) => store.leases.save(leases.map(({ expiresAt, ...lease }) => ({ ...lease, expiresAtMs: Date.parse(expiresAt) }))))
      .catch((error: unknown) => logger.warn(toErrorInfo(error, 'QUEUE_REFUSED'), 'no numbers leased'))
      .finally(() => {
        this.asking = false;
      });
  }
}
