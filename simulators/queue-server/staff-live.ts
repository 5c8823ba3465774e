import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { QueueServer } from './queue-server.ts';
import { staffView } from './staff-view.ts';

/** Pages open at once; a ward has a dozen. */
const mostListeners = 50;
/** A page that has not taken this much is gone or asleep, bytes. */
const mostBehind = 4_000_000;
/** Officers cannot read faster. */
const pushAtMostEveryMs = 200;

/** Server-sent events: the whole view, now and on every change. */
export function registerLive(scope: FastifyInstance, server: QueueServer, { faults }: { faults: boolean }): void {
  const listeners = new Set<ServerResponse>();
  const event = () => `data: ${JSON.stringify({ ...staffView(server), faults: faults ? server.faults.current : null })}\n\n`;
  let due: NodeJS.Timeout | NodeJS.Immediate | null = null;
  let pushedMs = 0;
  const push = () => {
    due = null;
    pushedMs = performance.now();
    if (listeners.size === 0 || !server.isRunning) return;
    const message = event();
    for (const listener of listeners) {
      if (listener.writableLength > mostBehind) listener.destroy();
      else listener.write(message);
    }
  };
  const off = server.changed.on(() => {
    if (due || listeners.size === 0) return;
    // One view for all changes of a moment; browsers run by the wall clock.
    const waitMs = pushedMs + pushAtMostEveryMs - performance.now();
    due = waitMs > 0 ? setTimeout(push, waitMs) : setImmediate(push);
  });
  scope.addHook('preClose', async () => {
    off();
    for (const listener of listeners) listener.end();
    listeners.clear();
  });
  scope.get('/staff/api/live', async (request, reply) => {
    if (listeners.size >= mostListeners) return reply.code(503).send({ error: 'too many pages are open' });
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    listeners.add(response);
    request.raw.on('close', () => listeners.delete(response));
    response.write(event());
    return reply;
  });
}
