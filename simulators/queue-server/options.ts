import type { Clock } from '../../src/core/clock.ts';
import type { Ids } from '../../src/core/ids.ts';
import type { Logger } from '../../src/core/logger.ts';
import type { Random } from '../../src/core/random.ts';
import type { Operation } from '../../src/queue/contract.ts';
import type { Transport } from '../../src/queue/transport.ts';
import type { Sqlite } from '../../src/store/database.ts';
import type { Catalogue } from './catalogue.ts';
import type { FloodRule } from './flood.ts';

export interface QueueServerOptions {
  ward: string;
  brokerUrls: readonly string[];
  /** Database; `:memory:` for a passing one. */
  file: string;
  /** The officer's key pair, made on first start. */
  keyFile: string;
  clock: Clock;
  random: Random;
  ids: Ids;
  logger: Logger;
  /** Instead of MQTT without TLS: for tests, and for brokers that ask for more than a URL. */
  transport?: Transport;
  /** Instead of `file`: a handle of `openQueueDatabase`, which stays open when the server stops. For tests that crash it. */
  database?: Sqlite;
  /** What the ward serves; without it `defaultCatalogue`. */
  catalogue?: Catalogue;
  /** Work one robot may make. */
  flood?: FloodRule;
  /** Operations it answers, where not all. */
  operations?: readonly Operation[];
}
