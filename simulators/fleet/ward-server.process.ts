import { join } from 'node:path';
import { SystemClock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { startQueueServer } from '../queue-server/queue-server.ts';

/**
 * The reference queue server in a process of its own: `<ward> <broker url> <folder>`. Its flood limit is lifted, since what it measures
 * is not the refusal of floods. Says `ready` on standard output; ends with SIGTERM.
 */
const [ward = '', brokerUrl = '', folder = ''] = process.argv.slice(2);
const clock = new SystemClock();
const random = new SystemRandom();
const server = await startQueueServer({
  ...{ ward, clock, random, ids: createIds(clock, random), logger: silentLogger },
  brokerUrls: [brokerUrl],
  file: join(folder, 'queue-server.sqlite'),
  keyFile: join(folder, 'queue-server.key.jwk'),
  flood: { burst: 1_000_000, perS: 1_000_000 },
});
process.stdout.write('ready\n');
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
