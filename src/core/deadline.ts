import type { Clock } from './clock.ts';
import { LetanError } from './errors.ts';

/** Rejects with `REQUEST_TIMEOUT` when `work` has not settled after `timeoutMs`. Every request to the outside goes through here. */
export function withDeadline<T>(clock: Clock, timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => reject(new LetanError('REQUEST_TIMEOUT', `${what} gave no answer within ${timeoutMs} ms`)));
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
