import { expect, it } from 'vitest';
import { watchDevice } from '../../src/app/listen.ts';
import type { RobotEvent } from '../../src/behaviour/events.ts';
import type { ErrorInfo } from '../../src/core/errors.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { setUpBench } from '../hardware/printer/bench-printer.ts';

it('a roll nearly used up is told to the ward once per roll, however the sensor bounces', async () => {
  const { clock, cable, printer, simulator } = await setUpBench();
  const told: ErrorInfo[] = [];
  const events: RobotEvent[] = [];
  const parts = { logger: silentLogger, queue: { publishError: (error: ErrorInfo) => void told.push(error) } };
  const stop = watchDevice(parts, 'printer', printer, (event) => events.push(event));
  const codes = () => told.map(({ code }) => code);

  simulator.setNearEnd(true);
  await clock.advanceAsync(500);
  expect(codes()).toEqual(['PRINTER_PAPER_NEAR_END']);
  expect(events.at(-1)).toMatchObject({ state: { status: 'degraded', error: { code: 'PRINTER_PAPER_NEAR_END' } } });
  for (let bounce = 0; bounce < 5; bounce += 1) {
    simulator.setNearEnd(false);
    await clock.advanceAsync(2000);
    simulator.setNearEnd(true);
    await clock.advanceAsync(2000);
  }
  // Somebody looks in, and the cable gives way for a moment: still the same roll.
  simulator.setCoverOpen(true);
  await clock.advanceAsync(1000);
  simulator.setCoverOpen(false);
  await clock.advanceAsync(1000);
  cable.unplug();
  await clock.advanceAsync(500);
  cable.plug();
  await clock.advanceAsync(2000);
  expect(codes()).toEqual(['PRINTER_PAPER_NEAR_END', 'PRINTER_COVER_OPEN', 'PRINTER_OFFLINE']);
  expect(printer.status).toMatchObject({ status: 'degraded' });

  simulator.paperOut();
  await clock.advanceAsync(1000);
  simulator.paperIn();
  await clock.advanceAsync(1000);
  expect(printer.status).toEqual({ status: 'ready' });
  expect(printer.paperNearEnd).toBe(false);
  simulator.setNearEnd(true);
  await clock.advanceAsync(1000);
  expect(codes().slice(3)).toEqual(['PRINTER_PAPER_END', 'PRINTER_PAPER_NEAR_END']);
  stop();
  await printer.close();
});
