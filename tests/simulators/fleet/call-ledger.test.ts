import { expect, test } from 'vitest';
import { CallLedger } from '../../../simulators/fleet/call-ledger.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { createIds } from '../../../src/core/ids.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { envelope, isoTime } from '../../../src/queue/wire.ts';

const clock = new SimulatedClock();
const ids = createIds(clock, new SeededRandom(1));

function call(ward: string): string {
  const said = { callId: ids.next(), sequence: 1, kind: 'call', ticketNumber: 'A001', counter: 1 };
  return JSON.stringify({ ...envelope(clock, ids, ward), ...said, expiresAt: isoTime(clock.nowMs() + 60_000) });
}

test('the ledger of a fleet counts what is missing, what came twice and what came to the wrong ward', () => {
  const ledger = new CallLedger();
  const [here, there] = [call('ward-1'), call('ward-2')];
  ledger.publish({ ward: 'ward-1', robots: 2 }, here, 100);
  ledger.publish({ ward: 'ward-2', robots: 1 }, there, 100);
  ledger.hear('ward-1', 0, Buffer.from(here), 103);
  ledger.hear('ward-1', 0, Buffer.from(here), 104);
  ledger.hear('ward-1', 1, Buffer.from(there), 104);
  expect(ledger).toMatchObject({ published: 2, expected: 3, lost: 2, doubled: 1, unknown: 1 });
  expect(ledger.latencies.worstMs).toBeCloseTo(3, 0);
});

test('a call that does not fit the contract is not published', () => {
  expect(() => new CallLedger().publish({ ward: 'ward-1', robots: 1 }, '{}', 0)).toThrow(/contract/);
});
