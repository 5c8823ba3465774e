import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { Signal, Unsubscribe } from '../../src/core/signal.ts';
import type { SerialLink } from '../serial/serial-link.ts';

/** The next value of `signal`; null after `timeoutMs`, at once when the line is or gets lost, and when the driver is closed. */
export function nextValue<T>(
  signal: Signal<T>,
  { link, clock, ended }: { link: SerialLink; clock: Clock; ended: Signal<void> },
  timeoutMs: number,
): Promise<T | null> {
  if (!link.isOpen) return Promise.resolve(null);
  return new Promise((resolve) => {
    const finish = (value: T | null) => {
      for (const stop of stops) stop();
      resolve(value);
    };
    const stops: (Unsubscribe | Cancel)[] = [
      clock.after(timeoutMs, () => finish(null)),
      link.closed.on(() => finish(null)),
      ended.on(() => finish(null)),
      signal.on(finish),
    ];
  });
}
