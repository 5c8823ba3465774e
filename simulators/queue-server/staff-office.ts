import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { QueueServer } from './queue-server.ts';
import { staffView } from './staff-view.ts';
import { statisticsCsv } from './statistics.ts';

const serviceBody = z.object({ open: z.boolean() });
const dayQuery = z.object({ day: z.iso.date().optional() });

/** Overview, papers, services, statistics. */
export function registerOffice(scope: FastifyInstance, server: QueueServer): void {
  const serviceId = z.string().refine((value) => server.catalogue.services.some((service) => service.serviceId === value));
  const serviceParams = z.object({ serviceId });
  const dayOf = (query: unknown) => dayQuery.parse(query).day ?? server.overview.today();

  scope.get('/staff/api/overview', async () => staffView(server));
  scope.get('/staff/api/registrations', async () => server.archive.registrations());
  scope.get('/staff/api/petitions', async () => server.archive.petitions());
  scope.post('/staff/api/services/:serviceId', async (request) => {
    server.setOpen(serviceParams.parse(request.params).serviceId, serviceBody.parse(request.body).open);
    return { done: true };
  });
  scope.get('/staff/api/statistics', async (request) => server.statistics.of(dayOf(request.query)));
  scope.get('/staff/api/statistics.csv', async (request, reply) => {
    const day = dayOf(request.query);
    return reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="letan-${day}.csv"`)
      .send(statisticsCsv(server.statistics.of(day)));
  });
}
