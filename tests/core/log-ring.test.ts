import { expect, it } from 'vitest';
import { SimulatedClock } from '../../src/core/clock.ts';
import { LogRing } from '../../src/core/log-ring.ts';
import { createLogger } from '../../src/core/logger.ts';

const hour = 3_600_000;

it('keeps what the logger writes from info on, also below a quiet level, and no personal field', () => {
  const written: string[] = [];
  const ring = new LogRing(new SimulatedClock());
  const logger = createLogger({ level: 'warn', destination: { write: (line) => void written.push(line) }, ring });
  logger.debug({}, 'chatter');
  logger.info({ fullName: 'Nguyễn Thị Mẫu' }, 'a visit began');
  logger.child({ room: 'queue' }).warn({ card: { idNumber: '079190012345' } }, 'a message dropped');
  expect(ring.since(hour).map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'a visit began', fullName: '[personal]' },
    { msg: 'a message dropped', room: 'queue', card: { idNumber: '[personal]' } },
  ]);
  expect(written).toHaveLength(1);
});

it('writes nowhere else at level silent', () => {
  const written: string[] = [];
  const ring = new LogRing(new SimulatedClock());
  createLogger({ level: 'silent', destination: { write: (line) => void written.push(line) }, ring }).error({}, 'heard by the ring');
  expect([written.length, ring.length]).toEqual([0, 1]);
});

it('tells lines of the last minutes alone', () => {
  const clock = new SimulatedClock();
  const ring = new LogRing(clock);
  ring.write('old\n');
  clock.advance(60_001);
  ring.write('new\n');
  expect(ring.since(60_000)).toEqual(['new']);
  expect(ring.since(60_001)).toEqual(['old', 'new']);
});

it('is bounded in lines and in bytes, and the newest stay', () => {
  const ring = new LogRing(new SimulatedClock());
  for (let number = 1; number <= 12_345; number++) ring.write(`line ${number}\n`);
  expect([ring.length, ring.since(hour)[0], ring.since(hour).at(-1)]).toEqual([5000, 'line 7346', 'line 12345']);
  for (let number = 1; number <= 100; number++) ring.write(`${number} ${'x'.repeat(50_000)}\n`);
  expect(ring.since(hour).map((line) => line.split(' ')[0])).toEqual(Array.from({ length: 19 }, (_, index) => String(index + 82)));
});
