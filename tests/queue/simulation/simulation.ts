import { z } from 'zod';
import { Broker } from './broker.ts';
import { Citizens } from './citizens.ts';
import { Dice } from './dice.ts';
import { Faults } from './faults.ts';
import { Happenings } from './happenings.ts';
import { Observer, type Violation } from './observer.ts';
import { makePlan } from './plan.ts';
import { reckon } from './reckoning.ts';
import { Robot } from './robot.ts';
import { asItIs, type Variant } from './variants.ts';
import { VirtualTime } from './virtual-time.ts';
import { Ward } from './ward.ts';
import type { World } from './world.ts';

export interface RunOptions {
  variant?: Variant;
  /** Keeps a digest of every line. */
  recording?: boolean;
  print?: (line: string) => void;
}

export interface Outcome {
  seed: number;
  violations: readonly Violation[];
  counts: ReadonlyMap<string, number>;
  /** Virtual ms from healing until everything was settled. */
  settledAfterMs: number;
  digest: string;
}

/** After healing everything must be delivered within this, virtual ms: a dead robot starts within 40 s, back-offs are capped at 30 s. */
const settleWithinMs = 10 * 60_000;

/** A run takes about a thousand. */
const mostSteps = 100_000;

/** One run: robots, a queue server and a broker in one process on one virtual clock. The same seed is the same run. */
export async function simulate(seed: number, { variant = asItIs, ...output }: RunOptions = {}): Promise<Outcome> {
  const dice = new Dice(seed);
  const plan = { ...makePlan(dice.of('plan')), ...variant.plan };
  const time = new VirtualTime(mostSteps);
  const happenings = new Happenings(() => time.nowMs, output);
  const { epochMs } = plan;
  const observer = new Observer(happenings, { trueNowMs: () => epochMs + time.nowMs, virtualNowMs: () => time.nowMs });
  const { protocol, sessionBound: queueBound, sessionExpiryMs } = plan;
  const broker = new Broker({ time, dice: dice.of('broker'), happenings, protocol, queueBound, sessionExpiryMs });
  const world: World = { time, dice, happenings, epochMs, broker, observer, plan, variant };
  happenings.note('plan', JSON.stringify(plan));
  const settledAfterMs = await play(world);
  return { seed, violations: observer.violations, counts: happenings.counts, settledAfterMs, digest: happenings.digest() };
}

async function play(world: World): Promise<number> {
  const { time, plan, observer } = world;
  const server = new Ward(world);
  const robots = plan.skewsMs.map((skewMs, index) => new Robot(world, `robot-${index + 1}`, skewMs));
  const [first, ...others] = robots;
  if (!first) throw new RangeError('a run needs a robot');
  const citizens = new Citizens(world);
  const faults = new Faults(world, [first, ...others], server);
  for (const { machine } of [server, ...robots])
    machine.uncaught.on((error) => observer.violated('nothing throws', `${machine.name}: ${stackOf(error)}`));
  server.boot();
  for (const robot of robots) time.after(robot.machine.dice.between(0, 2_000), () => robot.boot());
  for (const robot of robots) again(world, robot.machine.dice.of('citizens'), plan.visitEveryMs, () => citizens.arrive(robot));
  again(world, server.machine.dice.of('officers'), plan.officerEveryMs, () => server.officerActs());
  faults.start();
  await time.runUntil(plan.healAtMs);
  faults.heal();
  const settled = () => citizens.pending === 0 && server.process?.alive === true && robots.every((robot) => robot.settled);
  // Looked at now and then: the state of every outbox costs more than a step.
  let done = false;
  const look = () => {
    done = settled();
    if (!done) time.after(1_000, look);
  };
  time.after(1_000, look);
  await time.runUntil(plan.healAtMs + settleWithinMs, () => done);
  if (time.exhausted) observer.violated('everything settles', `round in circles at ${time.nowMs} ms`);
  else if (!done) observer.violated('everything settles', robots.map(describe).join('; '));
  refusals(world, robots);
  reckon(
    observer,
    server.database,
    new Set(robots.filter((robot) => !robot.clockJumped && robot.machine.skewMs === 0).map((robot) => robot.robotId)),
  );
  for (const { process } of [server, ...robots]) process?.switchOff();
  return time.nowMs - plan.healAtMs;
}

/** Of a promise that nobody was told of, a refusal hurts nobody; any other is a broken one. */
function refusals({ observer, happenings }: World, robots: readonly Robot[]): void {
  const schema = z.object({ idempotencyKey: z.string(), code: z.string() });
  for (const robot of robots) {
    for (const row of robot.database.prepare('SELECT idempotencyKey, code FROM refused').all()) {
      const { idempotencyKey, code } = schema.parse(row);
      const wish = observer.wishOf(idempotencyKey.replace('commit:', ''));
      if (wish?.kind === 'check-in' && wish.fate === 'trying') happenings.count(`refused, and nobody was told: ${code}`);
      else observer.violated('nothing promised is refused', `${robot.robotId}: ${idempotencyKey}: ${code}`);
    }
  }
}

function describe({ robotId, process, link, store }: Robot): string {
  return `${robotId} ${process?.alive ? 'lives' : 'is dead'}, ${link?.online ? 'online' : 'offline'}, outbox ${store?.outbox.length ?? '?'}`;
}

/** `act` again and again until things heal, on average every `meanMs`. */
function again(world: Pick<World, 'time' | 'plan'>, dice: Dice, meanMs: number, act: () => void): void {
  const { time, plan } = world;
  time.after(dice.around(meanMs), () => {
    if (time.nowMs >= plan.healAtMs) return;
    act();
    again(world, dice, meanMs, act);
  });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 6).join(' ') : String(error);
}
