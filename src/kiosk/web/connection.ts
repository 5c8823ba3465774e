import type { Clock } from '../../core/clock.ts';
import type { KioskView, PageMessage, ServerMessage } from '../view.ts';

/** What the page knows. `view` is the last one heard; it stays on the screen while the connection is away. */
export interface PageState {
  view: KioskView | null;
  connected: boolean;
}

export interface Connection {
  /** Sends at once; dropped while disconnected, since a stale touch must not act later. */
  send(message: PageMessage): void;
}

const firstRetryMs = 250;
const longestRetryMs = 3000;

/** Keeps a WebSocket to the robot, coming back by itself with growing pauses, and reports every change. */
export function connect(url: string, clock: Clock, onChange: (state: PageState) => void): Connection {
  let state: PageState = { view: null, connected: false };
  let socket: WebSocket | null = null;
  let retryMs = firstRetryMs;
  const change = (next: PageState) => {
    state = next;
    onChange(state);
  };
  const open = () => {
    socket = new WebSocket(url);
    socket.onmessage = (event) => {
      retryMs = firstRetryMs;
      change({ view: decode(event.data), connected: true });
    };
    socket.onclose = () => {
      socket = null;
      if (state.connected || state.view === null) change({ ...state, connected: false });
      clock.after(retryMs, open);
      retryMs = Math.min(retryMs * 2, longestRetryMs);
    };
  };
  open();
  return {
    send: (message) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
  };
}

/** Page and server are built together and the origin is our own, so the shape is trusted here. */
function decode(data: unknown): KioskView {
  const message: ServerMessage = JSON.parse(String(data));
  return message.view;
}
