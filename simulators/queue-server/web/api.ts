import { useEffect, useState } from 'preact/hooks';
import type { StaffView } from '../staff-view.ts';

const base = '/staff/api';

/** Asks the server to do something; answers whether it did. Every answer also shows in the live view. */
export async function post(path: string, body: object = {}): Promise<boolean> {
  try {
    const headers = { 'content-type': 'application/json', 'x-letan-staff': '1' };
    const response = await fetch(`${base}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return response.ok;
  } catch {
    return false;
  }
}

/** A list asked for anew whenever `trigger` changes; null until it is there. Page and API come from one build, so the shape is known. */
export function useList<T>(path: string, trigger: unknown): T[] | null {
  const [list, setList] = useState<T[] | null>(null);
  useEffect(() => {
    let wanted = true;
    fetch(`${base}/${path}`)
      .then((response) => response.json())
      .then((rows) => wanted && setList(rows))
      .catch(() => wanted && setList([]));
    return () => {
      wanted = false;
    };
  }, [path, trigger]);
  return list;
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
