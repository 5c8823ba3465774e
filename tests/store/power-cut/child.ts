/**
 * `child.ts <plan>`: plays operations on a real store and writes a mark before and after each into the shim's log. Started by recorder.ts
 * with the shim preloaded; the plan is JSON, see {@link Plan}.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { SimulatedClock } from '../../../src/core/clock.ts';
import type { Store } from '../../../src/store/store.ts';
import { makeOperations } from './operations.ts';
import { connectionOf, openStore, perform } from './perform.ts';
import { encodeMark, type Mark } from './trace.ts';

export const planSchema = z.object({
  folder: z.string(),
  log: z.string(),
  seed: z.number(),
  count: z.number(),
  tag: z.string(),
  synchronous: z.enum(['full', 'normal']),
  /** WAL pages after which SQLite checkpoints by itself; null leaves the product's own. */
  checkpointPages: z.number().nullable(),
});
export type Plan = z.infer<typeof planSchema>;

function open(plan: Plan): Store {
  const store = openStore(plan.folder, new SimulatedClock());
  if (store.health.status !== 'ready') throw new Error(`the store opened as ${store.health.status}`);
  const database = connectionOf(store);
  // What the product would be with the other setting: it has no option for it, on purpose.
  if (plan.synchronous === 'normal') database.exec('PRAGMA synchronous=NORMAL');
  if (plan.checkpointPages !== null) database.exec(`PRAGMA wal_autocheckpoint=${plan.checkpointPages}`);
  return store;
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'none');

function play(plan: Plan): void {
  const log = openSync(plan.log, 'a');
  const mark = (what: Mark) => writeSync(log, encodeMark(what));
  let store = open(plan);
  for (const [index, operation] of makeOperations(plan.seed, plan.count, plan.tag).entries()) {
    mark({ at: 'begin', operation: index });
    try {
      if (operation.kind === 'reopen') {
        store.close();
        store = open(plan);
        mark({ at: 'done', operation: index, result: null });
      } else mark({ at: 'done', operation: index, result: perform(store, operation) });
    } catch (error) {
      mark({ at: 'failed', operation: index, code: codeOf(error), message: String(error) });
    }
  }
  closeSync(log);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) play(planSchema.parse(JSON.parse(process.argv[2] ?? '')));
