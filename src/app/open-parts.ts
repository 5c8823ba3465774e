import { dirname, join } from 'node:path';
import type { LoadedConfig } from '../../config/load.ts';
import { BoardLink } from '../../firmware-bridge/host/board-link.ts';
import { serialOpener } from '../../firmware-bridge/host/serial-transport.ts';
import { createBoard } from '../../hardware/board/board-driver.ts';
import type { CardReader } from '../../hardware/card-reader/card-reader.ts';
import { openCardReader } from '../../hardware/card-reader/open-card-reader.ts';
import { createDispenser, type DispenseIds } from '../../hardware/dispenser/dispenser-driver.ts';
import { openComputerLines } from '../../hardware/gpio/computer-lines.ts';
import { readHeatC } from '../../hardware/gpio/heat.ts';
import { createLights } from '../../hardware/lights/lights-driver.ts';
import { openPrinter } from '../../hardware/printer/printer.driver.ts';
import { openQrScanner } from '../../hardware/qr-scanner/qr-scanner.driver.ts';
import { openTouchscreen } from '../../hardware/touchscreen/touchscreen.driver.ts';
import { openVoice } from '../../hardware/voice/voice.driver.ts';
import { createWheels } from '../../hardware/wheels/wheels-driver.ts';
import type { Clock } from '../core/clock.ts';
import { createIds } from '../core/ids.ts';
import { LogRing } from '../core/log-ring.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { readTrustAnchors, type TrustAnchors } from '../identity/chip/trust-anchors.ts';
import { createSealer, readPublicKey } from '../identity/sealing.ts';
import { Vault } from '../identity/vault.ts';
import { loadCatalogue } from '../knowledge/catalogue.ts';
import { QueueLink } from '../queue/client.ts';
import { MqttTransport } from '../queue/mqtt-transport.ts';
import { robotClientId } from '../queue/topics.ts';
import { Store } from '../store/store.ts';
import type { ChipParts } from './chip-session.ts';
import { Computer } from './computer.ts';
import type { RobotParts } from './parts.ts';
import { openPeripherals } from './peripherals.ts';
import { fixedPhrases } from './phrases.ts';

/** What a process lends to its robot. */
export interface Environment {
  clock: Clock;
  random: Random;
  logger: Logger;
  /** What the logger wrote last; without one no log can be uploaded. */
  logs?: LogRing;
  /** Of this program. */
  version: string;
  /** Folder with robots/, sites/ and catalogue/. */
  configFolder: string;
}

/** Opens the devices alone. `dispenseIds` must outlive the process. */
export function openHardware(
  { robot, site }: LoadedConfig,
  dispenseIds: DispenseIds,
  { clock, logger }: Pick<Environment, 'clock' | 'logger'>,
) {
  const { calibration } = robot;
  const link = new BoardLink({ opener: serialOpener(robot.board), clock, logger: logger.child({ room: 'board' }), calibration });
  const board = createBoard(link);
  const wheels = createWheels({ link, board, site, calibration, clock });
  const dispenser = createDispenser({ link, calibration, ids: dispenseIds, clock });
  const lights = createLights(link);
  const printer = openPrinter({ ...robot.printer, clock, logger: logger.child({ room: 'printer' }) });
  const scanner = openQrScanner(robot.qrScanner, { clock, logger: logger.child({ room: 'qrScanner' }) });
  const touchscreen = robot.touchscreen
    ? openTouchscreen(robot.touchscreen, { clock, logger: logger.child({ room: 'touchscreen' }) })
    : null;
  const voice = openVoice({
    clock,
    logger: logger.child({ room: 'voice' }),
    loudness: robot.voice,
    region: robot.voice.region,
    device: robot.voice.device,
    cacheFolder: join(dirname(robot.store.file), 'voice'),
    phrases: fixedPhrases(),
  });
  const cardReader = robot.cardReader ? openCardReader(robot.cardReader, { clock, logger: logger.child({ room: 'cardReader' }) }) : null;
  const lines = openComputerLines({ lines: robot.gpio, clock, logger: logger.child({ room: 'gpio' }) });
  const computer = lines && new Computer({ lines, board, clock, logger: logger.child({ room: 'computer' }), readHeatC });
  const { peripherals, close: closePeripherals } = openPeripherals(robot.peripherals, { link, clock });
  const close = async () => {
    closePeripherals();
    dispenser.close();
    wheels.close();
    lights.close();
    await Promise.all([
      board.close(),
      printer.close(),
      scanner.close(),
      touchscreen?.close(),
      voice.close(),
      cardReader?.close(),
      computer?.close(),
    ]);
  };
  return { hardware: { board, wheels, dispenser, lights, printer, scanner, touchscreen, cardReader, computer, peripherals, voice }, close };
}

/** Reads chips through the card reader. The reader's code is loaded with the first card: an idle robot does without it. */
function chipParts(reader: CardReader | null, csca: TrustAnchors | null, clock: Clock): ChipParts | null {
  if (reader === null) return null;
  return {
    reader,
    read: async (card, wish) => (await import('../identity/chip/read-chip.ts')).readChip(card, { ...wish, csca, clock }),
  };
}

function openQueue({ robot, site, version }: LoadedConfig, store: Store, environment: Environment, ids: RobotParts['ids']): QueueLink {
  const { clock, random } = environment;
  const logger = environment.logger.child({ room: 'queue' });
  const { brokerUrls, username, passwordFile, tls, requestTimeoutMs, protocol } = robot.queue;
  const transport = new MqttTransport({
    brokerUrls,
    clientId: robotClientId(site.ward, robot.robotId),
    username,
    passwordFile,
    tls,
    protocol,
    clock,
    random,
    logger,
  });
  return new QueueLink({
    ward: site.ward,
    robotId: robot.robotId,
    software: `letan ${environment.version}`,
    configurationVersion: version,
    transport,
    store,
    clock,
    random,
    ids,
    logger,
    requestTimeoutMs,
  });
}

/** The reserve takes some 1,000 commits; the room before it is for the log and whoever else writes to the card. */
const diskLimits = { leastFreeBytes: 64 * 1024 * 1024, reserveBytes: 4 * 1024 * 1024 };

/** Opens every part the configuration names. Parts that are missing are waited for; only a bad configuration throws. */
export function openParts(config: LoadedConfig, environment: Environment): { parts: RobotParts; close(): Promise<void> } {
  const { clock, random, logger, logs = new LogRing(clock), configFolder } = environment;
  const ids = createIds(clock, random);
  const { cscaFolder } = config.robot.identity;
  const csca = cscaFolder === undefined ? null : readTrustAnchors(cscaFolder);
  const sealer = createSealer(readPublicKey(config.robot.queue.publicKeyFile));
  const catalogue = loadCatalogue(join(configFolder, 'catalogue', 'procedures.json'));
  const { file } = config.robot.store;
  const { outboxLimit } = config.robot.queue;
  const store = Store.open({ file, clock, ids, logger: logger.child({ room: 'store' }), outboxLimit, disk: diskLimits });
  const {
    hardware: { cardReader, ...hardware },
    close,
  } = openHardware(config, store.counter('dispense'), environment);
  const queue = openQueue(config, store, environment, ids);
  store.healthChanged.on((health) => health.status !== 'ready' && queue.publishError(health.error));
  return {
    parts: {
      chip: chipParts(cardReader, csca, clock),
      config,
      clock,
      ids,
      logger,
      logs,
      ...hardware,
      queue,
      store,
      vault: new Vault(ids),
      sealer,
      catalogue,
    },
    close: async () => {
      await Promise.all([close(), queue.stop()]);
      store.close();
    },
  };
}
