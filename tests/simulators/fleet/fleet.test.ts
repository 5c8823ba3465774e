import { expect, test } from 'vitest';
import { runFleet } from '../../../simulators/fleet/fleet.ts';

test('every robot of a small fleet hears every call once, and every reservation is answered', { timeout: 60_000 }, async () => {
  const report = await runFleet({
    ...{ robots: 20, callsPerS: 20, reservationsPerS: 5, seconds: 3, brokerUrl: null },
    progress: () => {},
  });
  expect(report).toMatchObject({
    ...{ robots: 20, callsPublished: 60, expected: 1_200, lost: 0, doubled: 0, unknown: 0, connectionsLost: 0 },
    ...{ reservations: 15, refused: 0, unanswered: 0 },
  });
});
