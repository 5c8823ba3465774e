import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import type { Store } from '../store/store.ts';
import type { Transport } from './transport.ts';

/** What a robot's link to its queue server is made of. */
export interface QueueLinkOptions {
  ward: string;
  robotId: string;
  /** Name and version of this program, for instance `letan 0.1.0`. */
  software: string;
  /** Digest of the configuration in force. */
  configurationVersion: string | null;
  transport: Transport;
  store: Store;
  clock: Clock;
  random: Random;
  ids: Ids;
  logger: Logger;
  /** Deadline of a request, ms; after it a ticket comes from the lease. */
  requestTimeoutMs: number;
  /** Numbers held per service for an outage; default 30. */
  leasedNumbers?: number;
}
