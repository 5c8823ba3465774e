import type { FiveBoard } from 'johnny-five/lib/board.js';
import { expect } from 'vitest';
import { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { calibration, FakeBoard } from './fake-board.ts';
import { firmataMega } from './fake-firmata.ts';

export interface FirmataBench {
  clock: SimulatedClock;
  fake: FakeBoard;
  /** To be closed by the test. */
  link: BoardLink;
}

/** A link to a fake board that speaks Firmata. */
export function createFirmataBench(): FirmataBench {
  const clock = new SimulatedClock();
  const fake = new FakeBoard();
  fake.answerFirmata = firmataMega;
  return { clock, fake, link: new BoardLink({ opener: fake, clock, logger: silentLogger, calibration, firmataDelayMs: 100 }) };
}

/** Loading and handshake take promises, not time: turns of the event loop, bounded. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5000 && !condition(); turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(condition()).toBe(true);
}

/** Lets johnny-five attach itself. */
export async function attached({ clock, link }: FirmataBench): Promise<FiveBoard> {
  await clock.advanceAsync(110);
  await until(() => link.five !== null);
  if (!link.five) throw new Error('no board');
  return link.five;
}
