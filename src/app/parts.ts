import type { LoadedConfig } from '../../config/load.ts';
import type { Board } from '../../hardware/board/board.ts';
import type { Dispenser } from '../../hardware/dispenser/dispenser.ts';
import type { Lights } from '../../hardware/lights/lights.ts';
import type { Printer } from '../../hardware/printer/printer.ts';
import type { QrScanner } from '../../hardware/qr-scanner/qr-scanner.ts';
import type { Touchscreen } from '../../hardware/touchscreen/touchscreen.ts';
import type { Voice } from '../../hardware/voice/voice.ts';
import type { Wheels } from '../../hardware/wheels/wheels.ts';
import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import type { LogRing } from '../core/log-ring.ts';
import type { Logger } from '../core/logger.ts';
import type { Sealer } from '../identity/sealing.ts';
import type { Vault } from '../identity/vault.ts';
import type { ProcedureCatalogue } from '../kiosk/catalogue.ts';
import type { QueueLink } from '../queue/client.ts';
import type { Store } from '../store/store.ts';
import type { ChipParts } from './chip-session.ts';
import type { Computer } from './computer.ts';
import type { Peripherals } from './peripherals.ts';

/** Everything a robot is joined from; real or simulated. */
export interface RobotParts {
  config: LoadedConfig;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  /** What the logger wrote last. */
  logs: LogRing;
  board: Board;
  wheels: Wheels;
  dispenser: Dispenser;
  printer: Printer;
  scanner: QrScanner;
  /** Null: the unit's file names none. */
  touchscreen: Touchscreen | null;
  /** Null: the unit has no card reader. */
  chip: ChipParts | null;
  /** Null: the unit uses no line of the computer's own. */
  computer: Computer | null;
  /** On free pins of the control board. */
  peripherals: Peripherals;
  voice: Voice;
  lights: Lights;
  queue: QueueLink;
  store: Store;
  vault: Vault;
  sealer: Sealer;
  catalogue: ProcedureCatalogue;
}
