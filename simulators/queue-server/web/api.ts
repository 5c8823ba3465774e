import { useEffect, useState } from 'preact/hooks';
import type { StaffView } from '../staff-view.ts';

const base = '/staff/api';

/** Asks the server to do something; what it answered, or null when it did not. Every change also shows in the live view. */
export async function ask<T>(path: string, body: object = {}): Promise<T | null> {
  try {
    const headers = { 'content-type': 'application/json', 'x-letan-staff': '1' };
    const response = await fetch(`${base}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    // A refusal with a text of its own is an answer too.
    return response.ok || response.status === 409 ? await response.json() : null;
  } catch {
    return null;
  }
}

/** Whether it was done. */
export async function post(path: string, body: object = {}): Promise<boolean> {
  return (await ask(path, body)) !== null;
}

/** Asked for anew whenever `trigger` changes; null until it is there. Page and API come from one build, so the shape is known. */
export function useAnswer<T>(path: string, trigger: unknown): T | null {
  const [answer, setAnswer] = useState<T | null>(null);
  useEffect(() => {
    let wanted = true;
    fetch(`${base}/${path}`)
      .then((response) => (response.ok ? response.json() : null))
      .then((value) => wanted && setAnswer(value))
      .catch(() => wanted && setAnswer(null));
    return () => {
      wanted = false;
    };
  }, [path, trigger]);
  return answer;
}

/** Who may see the page: null until known. */
export function useSession(): { open: boolean; needed: boolean; check: () => void } | null {
  const [round, setRound] = useState(0);
  const session = useAnswer<{ open: boolean; needed: boolean }>('session', round);
  return session && { ...session, check: () => setRound((before) => before + 1) };
}

/** The live view, and whether the server is still there. EventSource connects again by itself. */
export function useLive(): { view: StaffView | null; alive: boolean } {
  const [view, setView] = useState<StaffView | null>(null);
  const [alive, setAlive] = useState(true);
  useEffect(() => {
    const source = new EventSource(`${base}/live`);
    source.onmessage = (message) => {
      setAlive(true);
      setView(JSON.parse(message.data));
    };
    source.onerror = () => setAlive(false);
    return () => source.close();
  }, []);
  return { view, alive };
}
