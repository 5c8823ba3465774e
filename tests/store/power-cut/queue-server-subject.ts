import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { difference } from './model.ts';
import type { RunPlan } from './plan.ts';
import { Desk, World } from './queue-server-desk.ts';
import { makeOperations, type Operation } from './queue-server-operations.ts';
import type { Found, Progress, Subject } from './subject.ts';
import type { Mark } from './trace.ts';

/** Requests that robots ask again after a cut, of those answered last before it. */
const askedAgain = 20;
const resultSchema = z.object({ answer: z.unknown(), text: z.string() });

interface Played {
  plan: RunPlan;
  operations: readonly Operation[];
  texts: readonly string[];
  answers: readonly unknown[];
}

/**
 * The reference queue server's own database. What it holds after each operation is what the recorded run itself held: the cut may lead
 * back to no other state. Then robots do what they do after a cut: ask again.
 */
export const queueServerSubject: Subject<null> = {
  program: fileURLToPath(new URL('queue-server-child.ts', import.meta.url)),
  nothing: null,
  history(plan, _before, marks) {
    const operations = makeOperations(plan);
    const { texts, answers, wrong } = read(marks);
    for (const [index, { repeats }] of operations.entries())
      if (repeats !== undefined && !same(answers[index], answers[repeats]))
        wrong.push(`operation ${index} got another answer than ${repeats}`);
    const played = { plan, operations, texts, answers };
    return { texts, wrong, after: () => null, open: (folder) => open(folder, played) };
  },
};

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

function read(marks: readonly Mark[]): { texts: string[]; answers: unknown[]; wrong: string[] } {
  const texts: string[] = [];
  const answers: unknown[] = [];
  const wrong: string[] = [];
  for (const mark of marks) {
    if (mark.at === 'note') texts.push(z.string().parse(mark.note));
    if (mark.at === 'failed') wrong.push(`operation ${mark.operation} failed: ${mark.message}`);
    if (mark.at !== 'done') continue;
    const { answer, text } = resultSchema.parse(mark.result);
    texts.push(text);
    answers.push(answer ?? null);
  }
  return { texts, answers, wrong };
}

async function open(folder: string, played: Played): Promise<Found> {
  const world = new World(played.plan);
  // Opening checks the file as the product does, indices included.
  const desk = await Desk.open(folder, world);
  const text = desk.text();
  return { text, inspect: (progress) => inspect({ desk, world, text }, played, progress), close: () => desk.close() };
}

/** Throws where an answer differs from the one that was given before the cut, or where asking again changes what was decided. */
function inspect(found: { desk: Desk; world: World; text: string }, played: Played, { begun, done }: Progress): number {
  const { desk, world, text } = found;
  const { operations, texts, answers } = played;
  world.pass(operations.slice(0, done).filter(({ kind }) => kind === 'tick').length);
  // Of an operation under way the robot has no answer: it asks again whether it was decided or not, and gets what it would have got.
  const asked = operations.slice(0, begun).flatMap(({ kind }, index) => (kind === 'ask' && index >= done - askedAgain ? [index] : []));
  for (const index of asked) {
    const operation = operations[index];
    const answer = operation && desk.perform(operation, index);
    if (!same(answer, answers[index]))
      throw new Error(`operation ${index} answers ${JSON.stringify(answer)}, not ${JSON.stringify(answers[index])}`);
  }
  const expected = asked.at(-1) === done ? texts[begun] : text;
  if (desk.text() !== expected) throw new Error(`asked again, it holds something else: ${difference(desk.text(), expected ?? '')}`);
  return asked.length;
}
