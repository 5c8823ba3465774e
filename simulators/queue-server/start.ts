import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { fastify } from 'fastify';
import { SystemClock } from '../../src/core/clock.ts';
import { errorKinds, LetanError } from '../../src/core/errors.ts';
import { createIds } from '../../src/core/ids.ts';
import { createLogger, type Logger } from '../../src/core/logger.ts';
import { claimPort } from '../../src/core/port.ts';
import { SystemRandom } from '../../src/core/random.ts';
import type { TlsFiles } from '../../src/queue/certificates.ts';
import { MqttTransport } from '../../src/queue/mqtt-transport.ts';
import { openServicePassword } from '../../src/technician/password.ts';
import { defaultCatalogue, loadCatalogue } from './catalogue.ts';
import { loadOrMakeKeys } from './keys.ts';
import { QueueServer } from './queue-server.ts';
import { registerStaff } from './staff.ts';

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65535)
    throw new InvalidArgumentError('a TCP port is 0 to 65535; 0 picks a free one');
  return value;
}

function slug(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(text)) throw new InvalidArgumentError('lower-case letters, digits and dashes, at most 31');
  return text;
}

const brokerUrl = (text: string, before: string[] = []): string[] => {
  if (!/^mqtts?:\/\/\S+$/.test(text)) throw new InvalidArgumentError('such as mqtt://127.0.0.1:1883 or mqtts://broker:8883');
  return [...before, text];
};

const program = new Command('node dist/queue-server.js')
  .description("Runs a ward's queue server and its staff page beside a broker, without any simulation.")
  .requiredOption('--ward <name>', 'the ward, as in every topic', slug)
  .option('--broker <url>', 'MQTT broker; give it again for each node of a cluster (default: mqtt://127.0.0.1:1883)', brokerUrl)
  .option('--ca <file>', 'with mqtts: authority of the broker’s certificate, PEM')
  .option('--certificate <file>', 'with mqtts: client certificate, PEM')
  .option('--key <file>', 'with mqtts: its key, PEM')
  .option('--server-name <name>', 'with mqtts: name in the broker’s certificate where it is not the host')
  .option('--username <name>', 'at the broker')
  .option('--password-file <file>', 'holds the password at the broker')
  .option('--ward-file <file>', 'services, counters, hours and rules; see config/wards/ (default: the ward of the simulation)')
  .option('--data <folder>', 'database, key pair and password', 'run/queue-server')
  .option('--database <file>', 'database (default: queue-server.sqlite in the data folder)')
  .option('--staff-password-file <file>', 'made at the first start (default: staff-password.json in the data folder)')
  .option('--booking-token-file <file>', 'holds the secret of the city’s booking app; without it nobody books from outside')
  .option('--host <address>', 'of the staff page; it speaks plain HTTP, so put a TLS proxy before it for other machines', '127.0.0.1')
  .option('--port <port>', 'of the staff page', port, 8081)
  .option('--faults', 'let the staff page make the server misbehave; never where citizens are served', false)
  .option('--log-level <level>', 'debug, info, warn or error', 'info')
  .parse();

const options = program.opts<{
  ward: string;
  broker?: string[];
  ca?: string;
  certificate?: string;
  key?: string;
  serverName?: string;
  username?: string;
  passwordFile?: string;
  wardFile?: string;
  data: string;
  database?: string;
  staffPasswordFile?: string;
  bookingTokenFile?: string;
  host: string;
  port: number;
  faults: boolean;
  logLevel: string;
}>();

function readSecret(file: string): string {
  if (!existsSync(file)) throw new LetanError('CONFIG_INVALID', `--booking-token-file: there is no file ${file}`);
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < 16) throw new LetanError('CONFIG_INVALID', `${file}: the secret must have at least 16 characters`);
  return secret;
}

/** The files of a TLS connection, or undefined for plain MQTT. Faults inside of them are told at every attempt to connect: files may be renewed. */
function tlsFiles(brokerUrls: readonly string[]): TlsFiles | undefined {
  const { ca: caFile, certificate: certificateFile, key: keyFile, serverName } = options;
  const given = Object.entries({ ca: caFile, certificate: certificateFile, key: keyFile, 'server-name': serverName });
  const named = given.filter(([, value]) => value !== undefined).map(([name]) => `--${name}`);
  if (!brokerUrls.some((url) => url.startsWith('mqtts:'))) {
    if (named.length > 0) throw new LetanError('CONFIG_INVALID', `${named.join(', ')}: for mqtts:// only, and no --broker is one`);
    return undefined;
  }
  for (const [name, file] of given)
    if (name !== 'server-name' && file !== undefined && !existsSync(file))
      throw new LetanError('CONFIG_INVALID', `--${name}: there is no file ${file}`);
  if ((certificateFile === undefined) !== (keyFile === undefined))
    throw new LetanError('CONFIG_INVALID', '--certificate and --key go together: one is missing');
  return { caFile, certificateFile, keyFile, serverName };
}

/** Why the broker is away: each cause once in a row, since it is tried again every few seconds. */
function tellFailures(transport: MqttTransport, logger: Logger): void {
  let told = '';
  transport.connected.on(() => {
    told = '';
  });
  transport.failed.on((error) => {
    const cause = `${error.code} ${error.detail}`;
    if (cause !== told) logger.error(error, 'no connection to the broker; it is tried again');
    told = cause;
  });
}

function createServer(keys: Awaited<ReturnType<typeof loadOrMakeKeys>>, keyFile: string): QueueServer {
  const { ward, broker: brokerUrls = ['mqtt://127.0.0.1:1883'], username, passwordFile } = options;
  if (passwordFile !== undefined && !existsSync(passwordFile))
    throw new LetanError('CONFIG_INVALID', `--password-file: there is no file ${passwordFile}`);
  const tls = tlsFiles(brokerUrls);
  const clock = new SystemClock();
  const random = new SystemRandom();
  const logger = createLogger({ level: options.logLevel });
  const clientId = `letan-queue-${ward}`;
  const transport = new MqttTransport({ brokerUrls, clientId, username, passwordFile, tls, protocol: 'auto', clock, random, logger });
  tellFailures(transport, logger);
  const catalogue = options.wardFile ? loadCatalogue(options.wardFile) : defaultCatalogue;
  const file = options.database ?? join(options.data, 'queue-server.sqlite');
  const ids = createIds(clock, random);
  return new QueueServer({ ward, brokerUrls, file, keyFile, clock, random, ids, logger, transport, catalogue }, keys);
}

/** Resolves with what ends everything. */
async function start(): Promise<() => Promise<void>> {
  const keyFile = join(options.data, 'queue-server.key.jwk');
  const keys = await loadOrMakeKeys(keyFile);
  const publicKeyFile = join(options.data, 'queue-server.public.jwk');
  mkdirSync(dirname(publicKeyFile), { recursive: true });
  writeFileSync(publicKeyFile, JSON.stringify(keys.publicKey));
  const bookingToken = options.bookingTokenFile ? readSecret(options.bookingTokenFile) : null;
  const server = createServer(keys, keyFile);
  const password = openServicePassword(options.staffPasswordFile ?? join(options.data, 'staff-password.json'));
  const pages = fastify({ forceCloseConnections: true, bodyLimit: 64 * 1024 });
  await registerStaff(pages, server, {
    staticDir: fileURLToPath(new URL('./staff/', import.meta.url)),
    login: { clock: new SystemClock(), matches: (attempt) => password.matches(attempt) },
    bookingToken,
    faults: options.faults,
  });
  const at = { host: options.host, port: options.port };
  const address = await claimPort('staff page', at, () => pages.listen(at));
  process.stdout.write(`  staff       ${address}/staff/\n  public key  ${publicKeyFile} (each robot's queue.publicKeyFile)\n`);
  if (password.firstRunPassword) process.stdout.write(`  staff password, shown only now: ${password.firstRunPassword}\n`);
  if (options.faults) process.stdout.write('  FAULTS ARE OFFERED on the staff page: do not serve citizens with this.\n');
  // The page is there while the broker is not: officers go on from paper, and see why robots are silent.
  server.start().then(
    () => process.stdout.write('letan queue server is connected. Ctrl-C ends it.\n'),
    (error: unknown) => process.stderr.write(`letan queue server: ${error instanceof Error ? error.message : String(error)}\n`),
  );
  return async () => {
    await pages.close();
    await server.stop();
  };
}

async function main(): Promise<void> {
  const stop = await start();
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  process.stdout.write('\nletan queue server: stopping …\n');
  await stop();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    if (!(error instanceof LetanError)) throw error;
    process.stderr.write(`letan queue server: ${error.message}\n  -> ${errorKinds[error.code].hint}\n`);
    process.exit(1);
  },
);
