import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { version } from '../package.json';
import { errorKinds, LetanError } from '../src/core/errors.ts';
import { startSimulation } from './simulation.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65535)
    throw new InvalidArgumentError('a TCP port is 0 to 65535; 0 picks a free one');
  return value;
}

const program = new Command('npm start --')
  .description(
    'Brings up a whole simulated lobby robot: broker, queue server, control board with the released firmware, printer, scanner, lobby and the runtime.',
  )
  .option('--kiosk-port <port>', 'kiosk and service page', port, 8080)
  .option('--lobby-port <port>', 'lobby and staff page', port, 8081)
  .option('--broker-port <port>', 'MQTT broker', port, 1883)
  .option('--run-dir <folder>', 'where databases, keys and device links go', 'run')
  .option('-c, --config <folder>', 'folder with robots/ and sites/', here('../config'))
  .option('-r, --robot <name>', 'name of a file in robots/', 'simulated')
  .option('--seed <number>', 'seed of the simulated world', Number, 1)
  .option('--keep-stopped', 'leave the power-up stop to you: press the blue button on the lobby page', false)
  .option('--fresh-unit', 'a unit that was never calibrated: wheels, brakes, flow meter and range sensors are off the robot file', false)
  .option('--parts-only', 'everything but the runtime, so that letan run, calibrate, flash or doctor can have the devices', false)
  .option(
    '--boot-loader [hex]',
    "put a boot loader on the control board, so that letan flash works; without a file Debian's arduino-core-avr",
  )
  .option('--log-level <level>', 'debug, info, warn or error', 'warn')
  .parse();

const options = program.opts<{
  kioskPort: number;
  lobbyPort: number;
  brokerPort: number;
  runDir: string;
  config: string;
  robot: string;
  seed: number;
  keepStopped: boolean;
  freshUnit: boolean;
  partsOnly: boolean;
  bootLoader?: string | true;
  logLevel: string;
}>();

/** The boot loader of real Mega 2560 boards, from Debian's arduino-core-avr; not ours to ship (GPL-2). */
const debianBootLoader = '/usr/share/arduino/hardware/arduino/avr/bootloaders/stk500v2/stk500boot_v2_mega2560.hex';

function bootLoaderFile(): string | null {
  const file = options.bootLoader === true ? debianBootLoader : (options.bootLoader ?? null);
  if (file === null || existsSync(file)) return file;
  const remedy = file === debianBootLoader ? '; install the Debian package arduino-core-avr' : '';
  throw new LetanError('CONFIG_INVALID', `there is no boot loader at ${file}${remedy}`);
}

async function main(): Promise<void> {
  const simulation = await startSimulation({
    ...options,
    bootLoaderFile: bootLoaderFile(),
    configFolder: options.config,
    robotName: options.robot,
    version,
    firmwareFile: here('../firmware-bridge/firmware/release/letan-mega2560.hex'),
    workerUrl: new URL('./board.worker.js', import.meta.url),
    pages: { kiosk: here('./kiosk/'), service: here('./service/'), staff: here('./staff/'), lobby: here('./lobby/') },
  });
  const { kiosk, lobby, staff, service, broker } = simulation.addresses;
  const runtimePages = options.partsOnly ? '' : `  kiosk    ${kiosk}\n  service  ${service}\n`;
  process.stdout.write(`${runtimePages}  lobby    ${lobby}\n  staff    ${staff}\n  broker   ${broker}\n`);
  if (simulation.firstRunPassword) process.stdout.write(`  service page password, shown only now: ${simulation.firstRunPassword}\n`);
  if (options.partsOnly) process.stdout.write(`  devices  ${options.runDir}/dev; press the blue button on the lobby page when asked to\n`);
  process.stdout.write(`letan is ready after ${(performance.now() / 1000).toFixed(1)} s. Ctrl-C ends it.\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  process.stdout.write('\nletan: stopping …\n');
  await simulation.stop();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    if (!(error instanceof LetanError)) throw error;
    process.stderr.write(`letan: ${error.message}\n  -> ${errorKinds[error.code].hint}\n`);
    process.exit(1);
  },
);
