import { defineConfig } from 'vitest/config';

const shared = { pool: 'forks' as const, testTimeout: 30_000, hookTimeout: 60_000 };
/** Tests of a whole robot, a browser, a board that keeps real time or brokers in processes of their own: one at a time and after the others, since both cores are theirs then. */
const wholeRobot = [
  'tests/e2e/**/*.test.ts',
  'tests/{kiosk,simulators/lobby}/page.test.ts',
  'tests/firmware-bridge/flashing/{terminal,command}.test.ts',
  'tests/queue/{brokers,vendor}/*.test.ts',
  'tests/queue/link/{faults,rivals,doctor}.test.ts',
  'tests/simulators/fleet/*.test.ts',
  'tests/kernel/kernel.test.ts',
  'tests/hardware/card-reader/pcsc/*.test.ts',
];
/** Gates of the safety functions that keep every core busy themselves. */
const proofs = ['tests/firmware-bridge/{mutation,proof}/*.test.ts'];

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'rooms',
          include: ['tests/**/*.test.{ts,tsx}'],
          exclude: [...wholeRobot, ...proofs],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { ...shared, name: 'whole robot', include: wholeRobot, maxWorkers: 1, sequence: { groupOrder: 1 } } },
      { extends: true, test: { ...shared, name: 'proof', include: proofs, maxWorkers: 1, maxConcurrency: 2, sequence: { groupOrder: 2 } } },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**', 'hardware/**', 'firmware-bridge/**', 'simulators/**', 'config/*.ts', 'config/texts/*.ts'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});
