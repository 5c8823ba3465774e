import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { printerProfiles } from '../hardware/printer/profiles.ts';
import { openParts } from '../src/app/open-parts.ts';
import { type App, startApp } from '../src/app.ts';
import { type Clock, SystemClock } from '../src/core/clock.ts';
import { toErrorInfo } from '../src/core/errors.ts';
import { createIds } from '../src/core/ids.ts';
import { LogRing } from '../src/core/log-ring.ts';
import { createLogger, type Logger } from '../src/core/logger.ts';
import { claimPort } from '../src/core/port.ts';
import { SystemRandom } from '../src/core/random.ts';
import { startBroker } from './broker/broker.ts';
import { TestIssuer } from './cards/applet/test-issuer.ts';
import { CardTable } from './cards/card-table.ts';
import { carriedCards } from './cards/carried-cards.ts';
import { Pn532Simulator } from './cards/reader/pn532-simulator.ts';
import { registerLobby } from './lobby/server.ts';
import { LobbyBoard } from './lobby-board.ts';
import { modelOf } from './printer/model.ts';
import { PrinterSimulator } from './printer/printer-simulator.ts';
import { PtyPort } from './pty/pty-port.ts';
import { startQueueServer } from './queue-server/queue-server.ts';
import { registerStaff } from './queue-server/staff.ts';
import { ScannerSimulator } from './scanner/scanner-simulator.ts';
import { SimulatedControls } from './simulated-controls.ts';

export interface SimulationOptions {
  kioskPort: number;
  lobbyPort: number;
  brokerPort: number;
  runDir: string;
  configFolder: string;
  robotName: string;
  seed: number;
  /** Nobody presses the release button after power-up. */
  keepStopped: boolean;
  /** A unit that was never calibrated: the robot file does not fit it. */
  freshUnit: boolean;
  /** Everything but the runtime: the device links are free for `letan run`, `calibrate`, `flash` and `doctor`. */
  partsOnly: boolean;
  /** Hex of a boot loader to put on the control board; null: none. */
  bootLoaderFile: string | null;
  logLevel: string;
  version: string;
  firmwareFile: string;
  workerUrl: URL;
  pages: { kiosk: string; service: string; staff: string; lobby: string };
}

export interface Simulation {
  readonly addresses: { kiosk: string; lobby: string; staff: string; service: string; broker: string };
  readonly firstRunPassword: string | null;
  stop(): Promise<void>;
}

const host = '127.0.0.1';

/** Ends what was started, last first; used on the way out and when a later step fails. */
class Endings {
  private readonly steps: (() => unknown)[] = [];
  add(step: () => unknown): void {
    this.steps.push(step);
  }
  async run(): Promise<void> {
    for (const step of this.steps.reverse()) await step();
    this.steps.length = 0;
  }
}

/** The robot's configuration, pointed at this run's folder, broker and port. */
function redirect({ version, robot, site, papers }: LoadedConfig, options: SimulationOptions, brokerUrl: string): LoadedConfig {
  const inRunDir = (path: string) => path.replace(/^run\//, `${options.runDir}/`);
  return {
    version,
    site,
    papers,
    robot: {
      ...robot,
      board: { ...robot.board, path: inRunDir(robot.board.path) },
      printer: { ...robot.printer, path: inRunDir(robot.printer.path) },
      // Whatever kind the robot has, the simulated one sits on a line.
      qrScanner: { kind: 'serial', path: join(options.runDir, 'dev', 'qr-scanner'), baudRate: 115200 },
      ...(robot.cardReader?.kind === 'pn532' && { cardReader: { ...robot.cardReader, path: inRunDir(robot.cardReader.path) } }),
      identity: { ...robot.identity, ...(robot.identity.cscaFolder && { cscaFolder: inRunDir(robot.identity.cscaFolder) }) },
      kiosk: { host, port: options.kioskPort },
      queue: { ...robot.queue, brokerUrls: [brokerUrl], publicKeyFile: inRunDir(robot.queue.publicKeyFile) },
      store: { file: inRunDir(robot.store.file) },
      service: { passwordFile: inRunDir(robot.service.passwordFile) },
    },
  };
}

interface Ground {
  config: LoadedConfig;
  clock: Clock;
  logger: Logger;
  logs: LogRing;
  endings: Endings;
}

/** The ward's side: broker and queue server. */
async function startWard(options: SimulationOptions, { config, clock, logger, endings }: Ground) {
  const broker = await startBroker({ host, port: options.brokerPort });
  endings.add(() => broker.close());
  const random = new SystemRandom();
  const queueServer = await startQueueServer({
    ward: config.site.ward,
    brokerUrls: [broker.url],
    file: join(options.runDir, 'queue-server.sqlite'),
    keyFile: join(options.runDir, 'queue-server.key.jwk'),
    clock,
    random,
    ids: createIds(clock, random),
    logger: logger.child({ room: 'queue-server' }),
  });
  endings.add(() => queueServer.stop());
  return { broker, queueServer };
}

/** The robot's body: control board in its lobby, printer, scanner, card reader; each behind a device link. */
async function startBody(options: SimulationOptions, { config, clock, endings }: Ground) {
  const folder = join(options.runDir, 'dev');
  const board = new LobbyBoard({
    workerUrl: options.workerUrl,
    folder,
    firmwareFile: options.firmwareFile,
    bootLoaderFile: options.bootLoaderFile,
    site: config.site,
    seed: options.seed,
    freshUnit: options.freshUnit,
  });
  endings.add(() => board.stop());
  await board.start();
  const printerPort = new PtyPort({ folder, name: 'printer' });
  const scannerPort = new PtyPort({ folder, name: 'qr-scanner' });
  for (const port of [printerPort, scannerPort]) {
    port.plug();
    endings.add(() => port.unplug());
  }
  const { name, widthDots } = printerProfiles[config.robot.printer.profile];
  const printer = new PrinterSimulator({ transport: printerPort, clock, widthDots, model: modelOf(name), speedMmS: 200 });
  const readerPort = new PtyPort({ folder, name: 'card-reader' });
  const random = new SystemRandom();
  const issuer = new TestIssuer({ random });
  writeAuthority(config, issuer);
  const cards = new CardTable(new Pn532Simulator({ transport: readerPort, clock, random }), carriedCards(issuer, random));
  cards.plug();
  endings.add(() => cards.unplug());
  return { board, printer, cards, scanner: new ScannerSimulator({ transport: scannerPort }) };
}

/** The robot trusts the authority that signed the cards of this lobby. */
function writeAuthority({ robot }: LoadedConfig, { cscaCertificate }: TestIssuer): void {
  const { cscaFolder } = robot.identity;
  if (cscaFolder === undefined) return;
  mkdirSync(cscaFolder, { recursive: true });
  writeFileSync(join(cscaFolder, 'test-csca.der'), cscaCertificate);
}

async function startRuntime(options: SimulationOptions, ground: Ground): Promise<{ app: App; end(): Promise<void> }> {
  const { config, clock, logger, logs } = ground;
  const { parts, close } = openParts(config, {
    clock,
    random: new SystemRandom(),
    logger,
    logs,
    version: options.version,
    configFolder: options.configFolder,
  });
  const app = await startApp(parts, { version: options.version, pages: options.pages }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const end = async () => {
    await app.close();
    await close();
  };
  return { app, end };
}

/** The runtime, which on the ward's order ends and comes up again in this process, as systemd brings up a real robot's. */
class Runtime {
  app: App;
  private end: () => Promise<void>;
  private changing: Promise<void> = Promise.resolve();
  private readonly options: SimulationOptions;
  private readonly ground: Ground;

  private constructor(options: SimulationOptions, ground: Ground, first: Awaited<ReturnType<typeof startRuntime>>) {
    this.options = options;
    this.ground = ground;
    this.app = first.app;
    this.end = first.end;
    this.listen();
  }

  static async start(options: SimulationOptions, ground: Ground): Promise<Runtime> {
    return new Runtime(options, ground, await startRuntime(options, ground));
  }

  async stop(): Promise<void> {
    await this.changing;
    await this.end();
  }

  private listen(): void {
    this.app.restartWanted.on(() => {
      this.changing = this.restart().catch((error: unknown) => {
        this.ground.logger.error(toErrorInfo(error, 'CANCELLED'), 'the runtime did not come up again');
      });
    });
  }

  private async restart(): Promise<void> {
    // Pages that are open find the kiosk again where it was.
    const kioskPort = Number(new URL(this.app.address).port);
    await this.end();
    this.end = async () => {};
    const { config } = this.ground;
    const samePort = { ...config, robot: { ...config.robot, kiosk: { ...config.robot.kiosk, port: kioskPort } } };
    const { app, end } = await startRuntime(this.options, { ...this.ground, config: samePort });
    this.app = app;
    this.end = end;
    this.listen();
  }
}

/** Brings up a whole robot and its lobby in this process (the board in a worker). Throws coded errors; nothing is left behind. */
export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
  const endings = new Endings();
  try {
    return await bringUp(options, endings);
  } catch (error) {
    await endings.run();
    throw error;
  }
}

async function bringUp(options: SimulationOptions, endings: Endings): Promise<Simulation> {
  const clock = new SystemClock();
  const logs = new LogRing(clock);
  const logger = createLogger({ level: options.logLevel, ring: logs });
  const loaded = loadConfig(options.configFolder, options.robotName);
  mkdirSync(join(options.runDir, 'dev'), { recursive: true });
  const ward = await startWard(options, { config: loaded, clock, logger, logs, endings });
  const config = redirect(loaded, options, ward.broker.url);
  writeFileSync(config.robot.queue.publicKeyFile, JSON.stringify(ward.queueServer.publicJwk));
  const ground = { config, clock, logger, logs, endings };
  const body = await startBody(options, ground);
  const runtime = options.partsOnly ? null : await Runtime.start(options, ground);
  if (runtime) endings.add(() => runtime.stop());

  const pages = fastify({ forceCloseConnections: true });
  endings.add(() => pages.close());
  const controls = new SimulatedControls({ config, clock, app: () => runtime?.app ?? null, ...body, broker: ward.broker });
  endings.add(() => controls.close());
  // Nobody is served here, so that the ward may also be made to misbehave.
  await registerStaff(pages, ward.queueServer, { staticDir: options.pages.staff, faults: true });
  await registerLobby(pages, controls, { staticFolder: options.pages.lobby });
  const at = { host, port: options.lobbyPort };
  const address = await claimPort('lobby page', at, () => pages.listen(at));
  // Without a runtime the pages are where `letan run` will serve them.
  const runtimeAddress = runtime?.app.address ?? `http://${host}:${options.kioskPort}`;
  controls.links = { kiosk: `${runtimeAddress}/`, staff: `${address}/staff/` };
  if (runtime && !options.keepStopped) await controls.releaseAfterPowerUp(runtime.app);
  return {
    addresses: {
      kiosk: `${runtimeAddress}/`,
      lobby: `${address}/lobby/`,
      staff: `${address}/staff/`,
      service: `${runtimeAddress}/service/`,
      broker: ward.broker.url,
    },
    firstRunPassword: runtime?.app.firstRunPassword ?? null,
    stop: () => endings.run(),
  };
}
