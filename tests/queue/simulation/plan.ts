import type { Dice } from './dice.ts';
import { type FaultKind, faultKinds } from './faults.ts';

/** What kind of run a seed makes: most faults are absent from most runs, so that the others are not drowned by them. */
export interface Plan {
  robots: number;
  epochMs: number;
  /** Things go wrong up to here, virtual ms; then everything heals. */
  healAtMs: number;
  faults: readonly FaultKind[];
  /** Between two faults, on average, ms. */
  faultEveryMs: number;
  /** Between two citizens of one robot, on average, ms. */
  visitEveryMs: number;
  /** Between two acts of the officers, on average, ms. */
  officerEveryMs: number;
  protocol: '5' | '3.1.1';
  sessionBound: number;
  sessionExpiryMs: number;
  outboxLimit: number;
  leasedNumbers: number;
  /** Wall clock of each robot minus the queue server's, ms. */
  skewsMs: readonly number[];
}

/** Vietnam's morning, and ten minutes before its midnight, UTC. */
const morningMs = Date.UTC(2026, 0, 5, 1, 0, 0);
const eveningMs = Date.UTC(2026, 0, 5, 16, 50, 0);

export function makePlan(dice: Dice): Plan {
  const robots = dice.pick([1, 1, 2, 3]);
  const enabled = faultKinds.filter(() => dice.chance(0.4));
  return {
    robots,
    epochMs: dice.chance(0.05) ? eveningMs + dice.between(0, 8) * 60_000 : morningMs,
    healAtMs: dice.between(60, 180) * 1_000,
    faults: enabled.length > 0 ? enabled : [dice.pick(faultKinds)],
    faultEveryMs: dice.pick([4_000, 10_000, 25_000]),
    visitEveryMs: dice.pick([4_000, 10_000, 20_000]) * robots,
    officerEveryMs: dice.pick([5_000, 12_000]),
    protocol: dice.chance(0.7) ? '5' : '3.1.1',
    sessionBound: dice.pick([5, 100, 1_000]),
    sessionExpiryMs: dice.pick([20_000, 3_600_000, 3_600_000]),
    outboxLimit: dice.chance(0.1) ? 3 : 100,
    leasedNumbers: dice.pick([3, 10, 30]),
    skewsMs: Array.from({ length: robots }, () => (dice.chance(0.5) ? 0 : dice.between(-120_000, 120_000))),
  };
}
