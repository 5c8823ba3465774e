import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { SimulatedClock } from '../../src/core/clock.ts';
import { LetanError } from '../../src/core/errors.ts';
import { createIds } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { type Answer, CommandInbox } from '../../src/queue/command-inbox.ts';
import type { RobotCommand } from '../../src/queue/contract.ts';
import { Intake } from '../../src/queue/intake.ts';
import { Store } from '../../src/store/store.ts';
import { settle, temporaryFolder } from './house.ts';

const topics = 'letan/v1/cua-nam/robots/robot-1/commands/';
const replyTopic = 'letan/v1/cua-nam/queue/command-replies/robot-1';
const done: Answer = { ok: true, result: {} };

/** An inbox over a real store; `answers` are what it published. */
function setUp(file = join(temporaryFolder(), 'store.sqlite'), seed = 1) {
  const clock = new SimulatedClock();
  const ids = createIds(clock, new SeededRandom(seed));
  const logger = silentLogger;
  const store = Store.open({ file, clock, ids, logger, outboxLimit: 50 });
  const intake = new Intake('cua-nam', logger, clock);
  const answers: { topic: string; ok?: boolean; code?: string; inReplyTo?: string }[] = [];
  const publish = (topic: string, body: object) => void answers.push({ topic, ...body });
  const inbox = new CommandInbox({ ward: 'cua-nam', robotId: 'robot-1', clock, ids, logger, intake, store, replyTopic, publish });
  const order = (command: object, change: object = {}) => ({
    version: 1,
    ward: 'cua-nam',
    messageId: ids.next(),
    sentAt: '2026-01-05T08:00:00.000+07:00',
    robotId: 'robot-1',
    replyTo: replyTopic,
    expiresAt: new Date(clock.nowMs() + 10_000).toISOString(),
    idempotencyKey: 'key-1',
    ...command,
    ...change,
  });
  const hear = (message: object, name: string) => {
    inbox.handle({ topic: `${topics}${name}`, payload: Buffer.from(JSON.stringify(message)) });
    return settle();
  };
  return { clock, store, intake, inbox, answers, order, hear, file };
}
type Bench = ReturnType<typeof setUp>;

const stop = { command: 'stop', reason: 'a test' };
function handled(bench: Bench, answer: (command: RobotCommand) => Answer | Promise<Answer> = () => done): RobotCommand[] {
  const heard: RobotCommand[] = [];
  bench.inbox.onCommand((command) => {
    heard.push(command);
    return answer(command);
  });
  return heard;
}

/** From now on the store refuses every write and read of commands. */
function breakDisk({ store }: Bench): void {
  const fail = () => {
    throw new LetanError('STORE_FAILED', 'in a test');
  };
  vi.spyOn(store.doneCommands, 'remember').mockImplementation(fail);
  vi.spyOn(store.doneCommands, 'outcomeOf').mockImplementation(fail);
}

it('answers each message of a key, and carries the order out once, also at the same time', async () => {
  const bench = setUp();
  const heard = handled(bench);
  const [first, second] = [bench.order(stop), bench.order(stop)];
  await Promise.all([bench.hear(first, 'stop'), bench.hear(second, 'stop')]);
  await bench.hear(bench.order(stop), 'stop');
  expect(heard).toHaveLength(1);
  expect(bench.answers).toHaveLength(3);
  expect(bench.answers).toMatchObject([
    { topic: replyTopic, ok: true, inReplyTo: first.messageId },
    { ok: true, inReplyTo: second.messageId },
    { ok: true },
  ]);
});

it('remembers over a restart: the same reboot is answered and not done again', async () => {
  const before = setUp();
  let restarts = 0;
  const reboot = (): Answer => ({ ...done, afterwards: () => void restarts++ });
  handled(before, reboot);
  await before.hear(before.order({ command: 'reboot', reason: 'a test' }), 'reboot');
  expect([restarts, before.answers[0]?.ok]).toEqual([1, true]);
  before.store.close();
  const after = setUp(before.file, 2);
  handled(after, reboot);
  await after.hear(after.order({ command: 'reboot', reason: 'a test' }), 'reboot');
  expect([restarts, after.answers[0]?.ok]).toEqual([1, true]);
});

it('begins what comes afterwards only once it is remembered; where it cannot be, not at all', async () => {
  const bench = setUp();
  const seen: unknown[] = [];
  handled(bench, () => ({ ...done, afterwards: () => void seen.push(bench.store.doneCommands.outcomeOf('key-1'), bench.answers.length) }));
  await bench.hear(bench.order({ command: 'reboot', reason: 'a test' }), 'reboot');
  expect(seen).toEqual([{ command: 'reboot', outcome: done }, 1]);
  breakDisk(bench);
  await bench.hear(bench.order({ command: 'reboot', reason: 'a test' }, { idempotencyKey: 'key-2' }), 'reboot');
  expect(seen).toHaveLength(2);
  expect(bench.answers.at(-1)).toMatchObject({ ok: false, code: 'TRY_LATER' });
});

it('a full disk keeps nobody from stopping the robot', async () => {
  const bench = setUp();
  const heard = handled(bench);
  breakDisk(bench);
  await bench.hear(bench.order(stop), 'stop');
  expect([heard.length, bench.answers[0]?.ok]).toEqual([1, true]);
});

it('refuses another command under the same key', async () => {
  const bench = setUp();
  const heard = handled(bench);
  await bench.hear(bench.order(stop), 'stop');
  await bench.hear(bench.order({ command: 'resume' }), 'resume');
  expect(heard).toHaveLength(1);
  expect(bench.answers.at(-1)).toMatchObject({ ok: false, code: 'KEY_REUSED' });
});

it.each([
  ['the topic of another command', {}, 'resume', 'badShape', 'BAD_MESSAGE'],
  ['another robot', { robotId: 'robot-2' }, 'stop', 'wrongRobot', 'WRONG_ROBOT'],
  ['another reply topic', { replyTo: 'letan/v1/cua-nam/queue/calls' }, 'stop', 'wrongRobot', 'WRONG_ROBOT'],
  ['another ward', { ward: 'ba-dinh' }, 'stop', 'wrongWard', 'WRONG_WARD'],
  ['another version', { version: 2 }, 'stop', 'wrongVersion', 'WRONG_VERSION'],
])('refuses and counts %s; the answer goes to the one reply topic', async (_name, change, name, cause, code) => {
  const bench = setUp();
  const heard = handled(bench);
  await bench.hear(bench.order(stop, change), name);
  expect(heard).toEqual([]);
  expect(bench.answers).toMatchObject([{ topic: replyTopic, ok: false, code }]);
  expect(bench.intake.dropped).toEqual({ [cause]: 1 });
});

it('refuses what came too late, to the millisecond', async () => {
  const bench = setUp();
  const heard = handled(bench);
  const late = bench.order(stop);
  bench.clock.advance(10_000);
  await bench.hear(late, 'stop');
  expect([heard.length, bench.answers[0]?.code]).toEqual([0, 'EXPIRED']);
  const lateAgain = bench.order(stop, { idempotencyKey: 'key-2' });
  bench.clock.advance(9_999);
  await bench.hear(lateAgain, 'stop');
  expect(heard).toHaveLength(1);
});

it('answers a handler that throws or never ends', async () => {
  const bench = setUp();
  handled(bench, (command) => {
    if (command.command === 'stop') throw new TypeError('a bug');
    return new Promise<Answer>(() => {});
  });
  await bench.hear(bench.order(stop), 'stop');
  expect(bench.answers[0]).toMatchObject({ ok: false, code: 'COMMAND_REFUSED' });
  await bench.hear(bench.order({ command: 'pause' }, { idempotencyKey: 'key-2' }), 'pause');
  expect(bench.answers).toHaveLength(1);
  bench.clock.advance(2000);
  await settle();
  expect(bench.answers[1]).toMatchObject({ ok: false, code: 'COMMAND_REFUSED', detail: 'REQUEST_TIMEOUT' });
});
