import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { createOrders, keepStanding } from '../../src/app/orders.ts';
import { isHalted, isPaused } from '../../src/behaviour/view-state.ts';
import { createIds } from '../../src/core/ids.ts';
import { LogRing } from '../../src/core/log-ring.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { SeededRandom } from '../../src/core/random.ts';
import type { RobotCommand } from '../../src/queue/contract.ts';
import type { LogPart } from '../../src/queue/publisher.ts';
import { Store } from '../../src/store/store.ts';
import { eStop, Robot, robotIn, service } from '../behaviour/robot.ts';

const config = loadConfig('config', 'simulated');
const text = { vi: 'Xin chào', en: 'Hello', ko: '안녕하세요' };

/** What a real machine answers to the ward. */
function ward(robot: Robot) {
  const ids = createIds(robot.clock, new SeededRandom(7));
  const logs = new LogRing(robot.clock);
  const published: LogPart[] = [];
  const queue = { publishLog: (part: LogPart) => void published.push(part) };
  const parts = { config, ids, logs, queue, logger: silentLogger };
  const orders = createOrders({ parts, actor: robot.actor, software: 'letan 1.2.3', loadedAtMs: Date.UTC(2026, 0, 5, 1) });
  return { order: async (command: RobotCommand) => orders(command), logs, published };
}
const goHome = { command: 'goTo', place: 'home' } as const;

describe('go to', () => {
  it('is taken on by a robot that is free', async () => {
    const robot = Robot.ready();
    expect(await ward(robot).order(goHome)).toEqual({ ok: true, result: {} });
    expect(robot.count('drive.to')).toBe(1);
  });
  it.each([
    ['no such place', () => Robot.ready(), 'nowhere', /no such place; places are .*home/],
    ['a property every object has', () => Robot.ready(), 'constructor', /no such place/],
    ['a pause', () => Robot.ready().send({ type: 'robot.pause' }), 'home', /paused/],
    ['a stop', () => Robot.ready().send({ type: 'robot.stop' }), 'home', /stopped by an order/],
    ['a safety stop', () => Robot.ready().send({ type: 'safety.changed', safety: eStop }), 'home', /eStop.*a person must release/],
    ['a visit', () => robotIn('menu'), 'home', /being served/],
    ['a coming restart', () => robotIn('ticketPrinting').send({ type: 'robot.reboot' }), 'home', /about to start anew/],
    [
      'a lost board',
      () =>
        Robot.ready().send({
          type: 'device.changed',
          device: 'board',
          state: { status: 'offline', error: { code: 'BOARD_NOT_CONNECTED', detail: '' } },
        }),
      'home',
      /control board/,
    ],
  ])('is refused for %s, with the reason, and never driven later', async (_name, make, place, reason) => {
    const robot = make();
    const answer = await ward(robot).order({ command: 'goTo', place });
    expect(answer).toMatchObject({ ok: false, code: 'COMMAND_REFUSED', detail: expect.stringMatching(reason) });
    expect([robot.context.requestedPlace, robot.count('drive.to')]).toEqual([null, 0]);
  });
});

it('pause, resume and stop are answered by what the machine is then', async () => {
  const robot = Robot.ready();
  const { order } = ward(robot);
  expect(await order({ command: 'pause' })).toMatchObject({ ok: true });
  expect(isPaused(robot.snapshot)).toBe(true);
  expect(await order({ command: 'stop', reason: 'a test' })).toMatchObject({ ok: true });
  expect(await order({ command: 'pause' })).toMatchObject({ ok: false, code: 'COMMAND_REFUSED' });
  expect(isHalted(robot.snapshot)).toBe(true);
  expect(await order({ command: 'resume' })).toMatchObject({ ok: true });
  expect([isHalted(robot.snapshot), isPaused(robot.snapshot)]).toEqual([false, false]);
});

it('announcements are taken until ten wait', async () => {
  const { order } = ward(Robot.ready());
  const answers = [];
  for (let index = 0; index < 12; index++) answers.push((await order({ command: 'announce', text, showForS: 5 })).ok);
  expect(answers).toEqual([...Array.from({ length: 11 }, () => true), false]);
});

it('a reboot begins only after its answer', async () => {
  const robot = Robot.ready();
  const answer = await ward(robot).order({ command: 'reboot', reason: 'a test' });
  expect([answer.ok, robot.count('restart')]).toEqual([true, 0]);
  answer.afterwards?.();
  expect(robot.count('restart')).toBe(1);
});

it('a log is announced with its size and follows in parts', async () => {
  const robot = Robot.ready();
  const { order, logs, published } = ward(robot);
  for (let index = 0; index < 1500; index++) logs.write(`line ${index}\n`);
  const answer = await order({ command: 'uploadLog', sinceMin: 5 });
  expect(answer).toMatchObject({ ok: true, result: { parts: 2, lines: 1500 } });
  expect(published).toEqual([]);
  answer.afterwards?.();
  expect(published.map(({ part, parts, lines }) => [part, parts, lines.length])).toEqual([
    [1, 2, 1000],
    [2, 2, 500],
  ]);
});

it('the configuration is told by a digest of its files that changes with them', async () => {
  const answer = await ward(Robot.ready()).order({ command: 'configurationVersion' });
  expect(answer).toEqual({
    ok: true,
    result: { version: expect.stringMatching(/^[0-9a-f]{64}$/), software: 'letan 1.2.3', loadedAt: '2026-01-05T08:00:00.000+07:00' },
  });
});

describe('a pause or a stop', () => {
  const logger = silentLogger;
  const open = (robot: Robot) => {
    const ids = createIds(robot.clock, new SeededRandom(3));
    return Store.open({ file: ':memory:', clock: robot.clock, ids, logger, outboxLimit: 10 });
  };
  it.each([
    ['robot.stop', true, false],
    ['robot.pause', false, true],
    ['robot.resume', false, false],
  ] as const)('outlasts a restart: %s', (type, halted, paused) => {
    const before = Robot.ready();
    const store = open(before);
    keepStanding(before.actor, { store, logger });
    before.send({ type: 'robot.pause' }, { type });
    const after = Robot.ready().send({ type: 'services.changed', services: [service('civil')] });
    keepStanding(after.actor, { store, logger });
    expect([isHalted(after.snapshot), isPaused(after.snapshot)]).toEqual([halted, paused]);
  });
});
