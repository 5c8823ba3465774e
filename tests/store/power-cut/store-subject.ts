import { fileURLToPath } from 'node:url';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { Model, textOf } from './model.ts';
import { makeOperations, type Operation } from './operations.ts';
import { openStore, textOfStore } from './perform.ts';
import type { Found, Subject } from './subject.ts';
import type { Mark } from './trace.ts';

/** The robot's store, against a model of it. A later run has to know every operation that made its disk. */
export const storeSubject: Subject<readonly Operation[]> = {
  program: fileURLToPath(new URL('child.ts', import.meta.url)),
  nothing: [],
  history(plan, before, marks) {
    const operations = makeOperations(plan.seed, plan.count, plan.tag);
    const model = new Model();
    for (const operation of before) model.apply(operation);
    const texts = [textOf(model.contents())];
    const results = operations.map((operation) => {
      const result = model.apply(operation);
      texts.push(textOf(model.contents()));
      return result;
    });
    return { texts, wrong: wrongAnswers(marks, results), after: (count) => [...before, ...operations.slice(0, count)], open };
  },
};

/** The store answered every operation as the model does: otherwise one of them is wrong, power cut or not. */
function wrongAnswers(marks: readonly Mark[], results: readonly unknown[]): string[] {
  return marks.flatMap((mark) => {
    if (mark.at !== 'done' && mark.at !== 'failed') return [];
    const answer = JSON.stringify(mark.at === 'done' ? mark.result : { code: mark.code });
    const expected = JSON.stringify(results[mark.operation] ?? null);
    return answer === expected ? [] : [`operation ${mark.operation} gave ${answer}, not ${expected}`];
  });
}

async function open(folder: string): Promise<Found> {
  const store = openStore(folder, new SimulatedClock());
  try {
    if (store.health.status !== 'ready') throw new Error(`opened as ${store.health.status}`);
    return { text: textOfStore(store), inspect: () => 0, close: () => store.close() };
  } catch (error) {
    store.close();
    throw error;
  }
}
