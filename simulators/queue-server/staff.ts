import type { ServerResponse } from 'node:http';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { toErrorInfo } from '../../src/core/errors.ts';
import { wardCounters, wardServices } from './catalogue.ts';
import type { QueueServer } from './queue-server.ts';
import { staffView } from './staff-view.ts';

const counterParams = z.object({
  counter: z.coerce.number().refine((value) => wardCounters.some((candidate) => candidate.counter === value)),
  action: z.enum(['next', 'recall', 'no-show', 'finish']),
});
const serviceParams = z.object({ serviceId: z.string().refine((value) => wardServices.some((service) => service.serviceId === value)) });
const serviceBody = z.object({ open: z.boolean() });
const robotParams = z.object({ robotId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/) });
const commandBody = z.discriminatedUnion('command', [
  z.object({ command: z.literal('pause') }),
  z.object({ command: z.literal('resume') }),
  z.object({ command: z.literal('goTo'), place: z.string().min(1).max(40) }),
]);

/** A page of another site can post forms, but it cannot set this header. */
const staffHeader = 'x-letan-staff';

/** Puts the staff page at `/staff/` and its API at `/staff/api/`. `staticDir`: the built page. */
export async function registerStaff(app: FastifyInstance, server: QueueServer, options: { staticDir: string }): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      if (request.method !== 'GET' && request.method !== 'HEAD' && request.headers[staffHeader] === undefined)
        return reply.code(403).send({ error: 'not from the staff page' });
    });
    scope.setErrorHandler(async (error, _request, reply) => {
      if (error instanceof z.ZodError) return reply.code(400).send({ error: 'bad request' });
      throw error;
    });
    registerCounters(scope, server);
    registerOffice(scope, server);
    registerLive(scope, server);
    scope.get('/staff', async (_request, reply) => reply.redirect('/staff/'));
    await scope.register(fastifyStatic, { root: options.staticDir, prefix: '/staff/', decorateReply: false });
  });
}

function registerCounters(scope: FastifyInstance, server: QueueServer): void {
  scope.post('/staff/api/counters/:counter/:action', async (request) => {
    const { counter, action } = counterParams.parse(request.params);
    switch (action) {
      case 'next':
        return { call: server.callNext(counter) };
      case 'recall':
        return { call: server.recall(counter) };
      case 'no-show':
        return { done: server.noShow(counter) };
      case 'finish':
        return { done: server.finish(counter) };
    }
  });
}

function registerOffice(scope: FastifyInstance, server: QueueServer): void {
  scope.get('/staff/api/overview', async () => staffView(server));
  scope.get('/staff/api/registrations', async () => server.archive.registrations());
  scope.get('/staff/api/petitions', async () => server.archive.petitions());
  scope.post('/staff/api/services/:serviceId', async (request) => {
    const { serviceId } = serviceParams.parse(request.params);
    server.setOpen(serviceId, serviceBody.parse(request.body).open);
    return { done: true };
  });
  scope.post('/staff/api/robots/:robotId', async (request, reply) => {
    const { robotId } = robotParams.parse(request.params);
    try {
      return await server.command(robotId, commandBody.parse(request.body));
    } catch (error) {
      if (error instanceof z.ZodError) throw error;
      return reply.code(504).send({ error: toErrorInfo(error, 'REQUEST_TIMEOUT').code });
    }
  });
}

/** Server-sent events: the whole view, now and on every change. */
function registerLive(scope: FastifyInstance, server: QueueServer): void {
  const listeners = new Set<ServerResponse>();
  let due = false;
  const off = server.changed.on(() => {
    if (due || listeners.size === 0) return;
    // One view for all changes of this turn of the loop.
    due = true;
    setImmediate(() => {
      due = false;
      if (listeners.size === 0) return;
      const message = event(server);
      for (const listener of listeners) listener.write(message);
    });
  });
  scope.addHook('preClose', async () => {
    off();
    for (const listener of listeners) listener.end();
    listeners.clear();
  });
  scope.get('/staff/api/live', (request, reply) => {
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    listeners.add(response);
    request.raw.on('close', () => listeners.delete(response));
    response.write(event(server));
  });
}

function event(server: QueueServer): string {
  return `data: ${JSON.stringify(staffView(server))}\n\n`;
}
