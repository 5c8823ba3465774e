import { expect, it } from 'vitest';
import { campaign } from '../../store/power-cut/campaign.ts';
import { queueServerSubject } from '../../store/power-cut/queue-server-subject.ts';

/** 20 s of computing; on a loaded machine it took a minute. */
const timeout = 300_000;

it('of 300 power cuts none takes an answer back, halves a decision or leaves a file that does not open', { timeout }, async () => {
  const tally = await campaign(queueServerSubject, { cuts: 300, seed: 1, synchronous: 'full', cutsPerRun: 100, operations: 120 });
  expect(tally).toMatchObject({ cuts: 300, lost: 0, cutsThatLost: 0, broken: [] });
  // The cuts fell everywhere, also between a commit and its answer; and what robots asked again was much.
  expect(tally.acknowledged).toBeGreaterThan(30 * tally.cuts);
  expect(tally.ahead).toBeGreaterThan(tally.cuts / 20);
  expect(tally.askedAgain).toBeGreaterThan(5 * tally.cuts);
});

it('with synchronous=NORMAL answers are lost, and 75 cuts show it', { timeout }, async () => {
  const tally = await campaign(queueServerSubject, { cuts: 75, seed: 1, synchronous: 'normal', cutsPerRun: 25, operations: 120 });
  expect(tally.broken).toEqual([]);
  expect(tally.cutsThatLost).toBeGreaterThan(6);
});
