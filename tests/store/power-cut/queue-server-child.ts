/**
 * `queue-server-child.ts <plan>`: lets the reference queue server decide, and writes each answer and all its database holds after it into
 * the shim's log. Started by recorder.ts with the shim preloaded.
 */
import { Marks, planSchema, pragmasOf } from './plan.ts';
import { Desk, World } from './queue-server-desk.ts';
import { makeOperations } from './queue-server-operations.ts';

const plan = planSchema.parse(JSON.parse(process.argv[2] ?? ''));
const marks = new Marks(plan.log);
const world = new World(plan);
const open = () => Desk.open(plan.folder, world, pragmasOf(plan));
let desk = await open();
marks.note(desk.text());
for (const [index, operation] of makeOperations(plan).entries()) {
  await marks.around(index, async () => {
    if (operation.kind === 'reopen') {
      desk.close();
      desk = await open();
      return { answer: null, text: desk.text() };
    }
    return { answer: desk.perform(operation, index), text: desk.text() };
  });
}
marks.close();
// Its timers are simulated, but the process must end as it is: a robot does not wait for it either.
process.exit(0);
