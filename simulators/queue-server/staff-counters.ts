import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { QueueServer } from './queue-server.ts';

const actions = ['next', 'recall', 'no-show', 'finish', 'park', 'transfer', 'call', 'open', 'close'] as const;
const numberBody = z.object({ ticketNumber: z.string().regex(/^[A-Z]\d{3}$/) });

/** What an officer does at her counter. */
export function registerCounters(scope: FastifyInstance, server: QueueServer): void {
  const { counters, services } = server.catalogue;
  const counterNumber = z.number().refine((value) => counters.some((candidate) => candidate.counter === value));
  const params = z.object({ counter: z.coerce.number().pipe(counterNumber), action: z.enum(actions) });
  const serviceId = z.string().refine((value) => services.some((service) => service.serviceId === value));
  const transferBody = z.union([z.strictObject({ counter: counterNumber }), z.strictObject({ serviceId })]);

  scope.post('/staff/api/counters/:counter/:action', async (request) => {
    const { counter, action } = params.parse(request.params);
    switch (action) {
      case 'next':
        return { call: server.callNext(counter) };
      case 'recall':
        return { call: server.recall(counter) };
      case 'no-show':
        return { done: server.noShow(counter) };
      case 'finish':
        return { done: server.finish(counter) };
      case 'park':
        return { done: server.park(counter) };
      case 'transfer':
        return server.transfer(counter, transferBody.parse(request.body));
      case 'call':
        return { call: server.callTicket(counter, numberBody.parse(request.body).ticketNumber) };
      case 'open':
      case 'close':
        server.setCounterOpen(counter, action === 'open');
        return { done: true };
    }
  });
  scope.post('/staff/api/tickets/dismiss', async (request) => ({ done: server.dismiss(numberBody.parse(request.body).ticketNumber) }));
}
