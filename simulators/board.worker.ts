import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { siteSchema } from '../config/schema.ts';
import { SeededRandom } from '../src/core/random.ts';
import { lobbyCommandSchema } from './lobby/commands.ts';
import { LobbyPlant } from './lobby/plant.ts';
import { startBoard } from './mega2560/board-worker.ts';
import { Mega2560 } from './mega2560/mega2560.ts';
import type { BoardPlant } from './mega2560/plant.ts';

/** Joins the emulated part with its lobby, in a thread of its own. */
const settings = z
  .object({
    flash: z.instanceof(Uint8Array),
    bootReset: z.boolean(),
    resetOnOpen: z.boolean(),
    plant: z.object({ site: siteSchema, seed: z.number(), freshUnit: z.boolean().default(false) }),
  })
  .parse(workerData);
const { site, seed, freshUnit } = settings.plant;
const lobby = new LobbyPlant({ site, random: new SeededRandom(seed), freshUnit });

const plant: BoardPlant = {
  attach: (pins) => lobby.attach(pins),
  command: (command) => lobby.command(lobbyCommandSchema.parse(command)),
  snapshot: () => lobby.snapshot(),
};

if (!parentPort) throw new TypeError('board.worker runs as a worker thread');
startBoard({
  mega: new Mega2560({ flash: settings.flash, bootReset: settings.bootReset }),
  plant,
  port: parentPort,
  resetOnOpen: settings.resetOnOpen,
});
