import { describe, expect, it } from 'vitest';
import { faultKinds } from './faults.ts';
import { simulate } from './simulation.ts';
import { coverageTable, emptyTally, tallyRun } from './tally.ts';

const runsPerTest = 500;
const met = emptyTally();

describe('the ward queue link under a virtual clock', () => {
  it.each([1, 501, 1001, 1501])('keeps its promises in 500 runs from seed %i', { timeout: 300_000 }, async (first) => {
    for (let seed = first; seed < first + runsPerTest; seed++) tallyRun(met, await simulate(seed));
    expect(met.failures).toEqual([]);
  });

  it('met every kind of fault, and promises were made meanwhile', () => {
    const table = coverageTable(met);
    for (const kind of faultKinds) expect(table).toContain(`fault: ${kind}`);
    const packets = ['CONNECT to', 'CONNACK from', 'SUBSCRIBE to', 'SUBACK from', 'PUBLISH to', 'PUBLISH from', 'PUBACK to', 'PUBACK from'];
    for (const packet of packets) {
      expect(table).toContain(`cut before ${packet} broker`);
      expect(table).toContain(`cut after ${packet} broker`);
    }
    for (const kind of [
      'message lost',
      'message doubled',
      'message overtaken',
      'redelivered',
      'session expired',
      'crash within a sequence',
    ])
      expect(table).toContain(kind);
    for (const kind of ['ticket', 'check-in', 'feedback', 'petition', 'registration'])
      expect(met.counts.get(`${kind} acknowledged`), kind).toBeGreaterThan(met.runs / 5);
    expect(met.counts.get('offline ticket given')).toBeGreaterThan(met.runs / 2);
    expect(met.counts.get('call spoken')).toBeGreaterThan(met.runs / 2);
  });

  it.each([7, 77, 777])('is the same run again with seed %i', async (seed) => {
    const [once, twice] = [await simulate(seed, { recording: true }), await simulate(seed, { recording: true })];
    expect(twice.digest).toBe(once.digest);
    expect((await simulate(seed + 1, { recording: true })).digest).not.toBe(once.digest);
  });
});
