import type { Clock } from '../../../src/core/clock.ts';
import type { LobbyStatus } from '../controls.ts';
import type { LobbyAction, LobbyMessage, LobbyWelcome } from '../messages.ts';
import type { LobbySnapshot } from '../snapshot.ts';

/** What the page knows; the last of everything stays on the screen while the connection is away. */
export interface PageState {
  connected: boolean;
  welcome: LobbyWelcome | null;
  snapshot: LobbySnapshot | null;
  status: LobbyStatus | null;
  /** Why the last action did nothing; goes away by itself. */
  refusal: string | null;
}

export type Act = (action: LobbyAction) => void;

const firstRetryMs = 250;
const longestRetryMs = 3000;
const refusalShownMs = 4000;

/** Keeps a WebSocket to the simulated lobby, coming back by itself with growing pauses, and reports every change. */
export function connect(url: string, clock: Clock, onChange: (state: PageState) => void): { act: Act } {
  let state: PageState = { connected: false, welcome: null, snapshot: null, status: null, refusal: null };
  let socket: WebSocket | null = null;
  let retryMs = firstRetryMs;
  let forgetRefusal = () => {};
  const change = (difference: Partial<PageState>) => {
    state = { ...state, ...difference };
    onChange(state);
  };
  const hear = (message: LobbyMessage) => {
    if (message.type === 'welcome') change({ welcome: message, connected: true });
    if (message.type === 'snapshot') change({ snapshot: message.snapshot });
    if (message.type === 'status') change({ status: message.status });
    if (message.type !== 'refused') return;
    forgetRefusal();
    forgetRefusal = clock.after(refusalShownMs, () => change({ refusal: null }));
    change({ refusal: message.reason });
  };
  const open = () => {
    socket = new WebSocket(url);
    socket.onmessage = (event) => {
      retryMs = firstRetryMs;
      hear(JSON.parse(String(event.data)));
    };
    socket.onclose = () => {
      socket = null;
      if (state.connected || state.welcome === null) change({ connected: false });
      clock.after(retryMs, open);
      retryMs = Math.min(retryMs * 2, longestRetryMs);
    };
  };
  open();
  return {
    act: (action) => {
      // Dropped while disconnected: a stale click must not act later.
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(action));
    },
  };
}
