import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PtyPort } from '../../../simulators/pty/pty-port.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import type { DeviceStatus } from '../../../src/core/device.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { PeopleCounterSimulator } from './people-counter.simulator.ts';
import { openCounterPart } from './people-counter.wiring.ts';

// Through serialport and the kernel's own terminals, with a real cable pull (hang-up).
const folder = mkdtempSync(join(tmpdir(), 'letan-counter-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('over a kernel terminal: waited for, counted, pulled and plugged again, nothing left open', async () => {
  const port = new PtyPort({ folder, name: 'counter', hangUpAfterMs: () => 0 });
  const part = new PeopleCounterSimulator(port);
  const config = { path: join(folder, 'counter'), baudRate: 9600 } as const;
  const counter = openCounterPart(config, { clock: new SystemClock(), logger: silentLogger });
  if (!counter) throw new Error('configured, and not opened');
  /** The test's own time limit is the deadline. */
  const becomes = (wanted: DeviceStatus['status']) =>
    new Promise<void>((resolve) => {
      const stop = counter.statusChanged.on(({ status }) => {
        if (status !== wanted) return;
        stop();
        resolve();
      });
    });
  try {
    expect(counter.status.status).toBe('offline');
    const files: number[] = [];
    for (let cycle = 0; cycle < 5; cycle += 1) {
      const ready = becomes('ready');
      port.plug();
      await ready;
      files.push(readdirSync('/proc/self/fd').length);
      part.enter();
      await expect.poll(() => counter.count, { timeout: 10_000 }).toEqual({ entered: 1, left: 0 });
      const gone = becomes('offline');
      port.unplug();
      part.loseCounts();
      await gone;
      expect(counter.count).toBeNull();
    }
    expect(files.at(-1)).toBe(files[1]);
  } finally {
    await counter.close();
    port.unplug();
  }
});

it('a unit without one opens none', () => {
  expect(openCounterPart(undefined, { clock: new SystemClock(), logger: silentLogger })).toBeNull();
});
