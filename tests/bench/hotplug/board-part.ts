import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import { serialOpener } from '../../../firmware-bridge/host/serial-transport.ts';
import { createBoard } from '../../../hardware/board/board-driver.ts';
import { createDispenser } from '../../../hardware/dispenser/dispenser-driver.ts';
import { createLights } from '../../../hardware/lights/lights-driver.ts';
import { createWheels } from '../../../hardware/wheels/wheels-driver.ts';
import { LobbyBoard } from '../../../simulators/lobby-board.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { robot, site } from '../../firmware-bridge/host/emulated-board.ts';
import { type HotPart, rest, type Surroundings } from './part.ts';

const { calibration } = robot;
const places = ['home', 'entrance'];

/** The released firmware in the emulated part, in the lobby, with everything that hangs on its link. Resolves when the board runs. */
export async function boardPart({ folder, random }: Surroundings): Promise<HotPart> {
  const clock = new SystemClock();
  const emulated = new LobbyBoard({
    workerUrl: new URL('../board.worker.mjs', import.meta.url),
    folder,
    firmwareFile: fileURLToPath(new URL('../../../firmware-bridge/firmware/release/letan-mega2560.hex', import.meta.url)),
    bootLoaderFile: null,
    site,
    seed: 1,
    freshUnit: false,
  });
  await emulated.start();
  await emulated.unplug();
  const opener = serialOpener({ path: join(folder, 'board'), baudRate: 250_000 }, clock);
  const link = new BoardLink({ opener, clock, logger: silentLogger, calibration });
  const board = createBoard(link);
  const wheels = createWheels({ link, board, site, calibration, clock });
  let dispenseId = 0;
  const dispenser = createDispenser({ link, calibration, ids: { next: () => ++dispenseId }, clock });
  const lights = createLights(link);
  let turn = 0;
  const drive = async () => {
    await emulated.command({ type: 'pressRelease' });
    turn += 1;
    await wheels.driveTo(places[turn % places.length] ?? 'home').finally(() => wheels.stop());
  };
  const pour = async () => {
    await Promise.all([emulated.command({ type: 'fillTank' }), emulated.command({ type: 'cup', present: true })]);
    await dispenser.dispenseWater(60, () => {});
  };
  const light = async () => lights.set({ red: random.next() * 255, green: 0, blue: random.next() * 255 });
  return {
    name: 'control board',
    driver: board,
    works: [
      rest,
      { name: 'driving', lastsMs: 1500, begin: drive },
      { name: 'pouring', lastsMs: 1500, begin: pour },
      { name: 'lights', lastsMs: 100, begin: light },
    ],
    // Beyond 1 s johnny-five's board is attached too.
    restMs: 1500,
    plug: () => emulated.plug(),
    unplug: () => emulated.unplug(),
    listeners: () =>
      [link.statusChanged, link.received, link.readied, link.fiveChanged, wheels.poseChanged, board.telemetryChanged].reduce(
        (sum, { listenerCount }) => sum + listenerCount,
        0,
      ),
    close: async () => {
      dispenser.close();
      wheels.close();
      lights.close();
      await board.close();
      await emulated.stop();
    },
  };
}
