import { expect, test } from 'vitest';
import { runFleet } from '../../../simulators/fleet/fleet.ts';

test('every robot of a small fleet hears every call once, and every reservation is answered', { timeout: 60_000 }, async () => {
  const report = await runFleet({
    ...{ robots: 20, robotsPerWard: 6, callsPerS: 20, reservationsPerS: 5, seconds: 3, brokerUrl: null },
    progress: () => {},
  });
  expect(report).toMatchObject({
    ...{ robots: 20, wards: 4, callsPublished: 60, expected: 15 * (6 + 6 + 6 + 2), lost: 0, doubled: 0, unknown: 0, connectionsLost: 0 },
    ...{ reservations: 15, refused: 0, unanswered: 0 },
  });
});
