import { useEffect, useState } from 'preact/hooks';
import { withDeadline } from '../../core/deadline.ts';
import { useKiosk } from './kiosk-context.ts';

export type Fetched<T> = { state: 'loading' } | { state: 'failed' } | { state: 'ready'; value: T };

const deadlineMs = 5000;
/** Typing faster than this asks once. */
const settleMs = 120;

async function getJson<T>(url: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  // Our own server's answer, built together with this page.
  const value: T = await response.json();
  return value;
}

/** The JSON at `url` on the robot; keeps the last answer while the next one is on its way. */
export function useFetched<T>(url: string): Fetched<T> {
  const { clock } = useKiosk();
  const [fetched, setFetched] = useState<Fetched<T>>({ state: 'loading' });
  useEffect(() => {
    const abort = new AbortController();
    const cancel = clock.after(settleMs, () => {
      withDeadline(clock, deadlineMs, url, getJson<T>(url, abort.signal)).then(
        (value) => setFetched({ state: 'ready', value }),
        () => {
          if (!abort.signal.aborted) setFetched({ state: 'failed' });
          abort.abort();
        },
      );
    });
    return () => {
      cancel();
      abort.abort();
    };
  }, [url, clock]);
  return fetched;
}
