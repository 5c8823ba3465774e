/**
 * `disk-faults-child.ts <plan>`: works on a real store while the preloaded shim (power-cut/disk-shim.c) makes calls fail as the plan says, and
 * prints one JSON line an operation. Ends as by a crash, without closing the store.
 */
import { unlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { SimulatedClock } from '../../src/core/clock.ts';
import { makeOperations } from './power-cut/operations.ts';
import { connectionOf, openStore, perform, textOfStore } from './power-cut/perform.ts';

const faultSchema = z.object({
  /** Operations during which it is armed: `from` <= index < `to`. */
  from: z.number(),
  to: z.number(),
  /** Which calls, how many of them pass first and how many fail (-1: all): see disk-shim.c. */
  calls: z.string(),
  skip: z.number(),
  count: z.number(),
  error: z.enum(['ENOSPC', 'EIO']),
});
export type Fault = z.infer<typeof faultSchema>;

const planSchema = z.object({
  folder: z.string(),
  seed: z.number(),
  count: z.number(),
  tag: z.string(),
  checkpointPages: z.number(),
  faults: z.array(faultSchema),
});
export type FaultPlan = z.infer<typeof planSchema>;

export const lineSchema = z.object({
  operation: z.number(),
  /** What it returned, or `{ code }`. */
  result: z.unknown(),
  /** The store's health; `code` is null while it is ready. */
  status: z.string(),
  code: z.string().nullable(),
  /** All that the store holds after it. */
  text: z.string(),
});
export type Line = z.infer<typeof lineSchema>;

const arm = (fault: Omit<Fault, 'from' | 'to'>) =>
  unlinkSync(`/letan-disk-faults/${fault.calls}/${fault.skip}/${fault.count}/${constants.errno[fault.error]}`);
const disarm = () => arm({ calls: 'w', skip: 0, count: 0, error: 'EIO' });

function play(plan: FaultPlan): void {
  const store = openStore(plan.folder, new SimulatedClock());
  connectionOf(store).exec(`PRAGMA wal_autocheckpoint=${plan.checkpointPages}`);
  const attempt = (work: () => unknown) => {
    try {
      return work();
    } catch (error) {
      return { code: error instanceof Error && 'code' in error ? error.code : String(error) };
    }
  };
  for (const [index, operation] of makeOperations(plan.seed, plan.count, plan.tag).entries()) {
    const fault = plan.faults.find(({ from }) => from === index);
    if (fault) arm(fault);
    if (plan.faults.some(({ to }) => to === index)) disarm();
    const result = operation.kind === 'reopen' ? null : attempt(() => perform(store, operation));
    const { health } = store;
    const code = health.status === 'ready' ? null : health.error.code;
    const line: Line = { operation: index, result, status: health.status, code, text: textOfStore(store) };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
  process.kill(process.pid, 'SIGKILL');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) play(planSchema.parse(JSON.parse(process.argv[2] ?? '')));
