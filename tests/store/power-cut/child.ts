/**
 * `child.ts <plan>`: plays operations on a real store and writes a mark before and after each into the shim's log. Started by recorder.ts
 * with the shim preloaded; the plan is JSON, see {@link Plan}.
 */
import { SimulatedClock } from '../../../src/core/clock.ts';
import type { Store } from '../../../src/store/store.ts';
import { makeOperations } from './operations.ts';
import { connectionOf, openStore, perform } from './perform.ts';
import { Marks, type Plan, planSchema, pragmasOf } from './plan.ts';

function open(plan: Plan): Store {
  const store = openStore(plan.folder, new SimulatedClock());
  if (store.health.status !== 'ready') throw new Error(`the store opened as ${store.health.status}`);
  for (const pragma of pragmasOf(plan)) connectionOf(store).exec(pragma);
  return store;
}

const plan = planSchema.parse(JSON.parse(process.argv[2] ?? ''));
const marks = new Marks(plan.log);
let store = open(plan);
for (const [index, operation] of makeOperations(plan.seed, plan.count, plan.tag).entries()) {
  await marks.around(index, () => {
    if (operation.kind !== 'reopen') return perform(store, operation);
    store.close();
    store = open(plan);
    return null;
  });
}
marks.close();
