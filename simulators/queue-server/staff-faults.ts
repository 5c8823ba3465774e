import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { faultsSchema } from './faults.ts';
import type { QueueServer } from './queue-server.ts';

const restartBody = z.object({ downMs: z.number().int().min(0).max(600_000) });

/** Makes the queue server misbehave, to see how robots bear it. Only there when asked for at the start. */
export function registerFaults(scope: FastifyInstance, server: QueueServer): void {
  scope.get('/staff/api/faults', async () => server.faults.current);
  scope.post('/staff/api/faults', async (request) => {
    server.faults.set(faultsSchema.partial().parse(request.body));
    return server.faults.current;
  });
  scope.post('/staff/api/faults/clear', async () => {
    server.faults.clear();
    return server.faults.current;
  });
  scope.post('/staff/api/faults/restart', async (request) => {
    await server.restart(restartBody.parse(request.body).downMs);
    return { done: true };
  });
}
