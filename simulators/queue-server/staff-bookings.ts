import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { priorityClasses } from '../../src/behaviour/model.ts';
import { bookingChannels } from './booking-office.ts';
import { sampleBookings } from './catalogue.ts';
import type { QueueServer } from './queue-server.ts';

const bookingBody = z.object({
  serviceId: z.string().max(64),
  day: z.iso.date(),
  /** A hash that the app makes: the same for all bookings of one citizen. An ID card's number does not fit. */
  citizenKey: z.string().regex(/^[A-Za-z0-9_-]{16,88}$/),
  priorityClass: z.enum(priorityClasses).default('none'),
  channel: z.enum(bookingChannels).default('app'),
});
const codeParams = z.object({ code: z.string().regex(/^LT-BOOK-[A-Z0-9]{4,16}$/) });
const dayQuery = z.object({ day: z.iso.date().optional() });

/** Numbers booked ahead, by the city's app or at the desk. */
export function registerBookings(scope: FastifyInstance, server: QueueServer): void {
  scope.post('/staff/api/bookings', async (request, reply) => {
    const answer = server.book(bookingBody.parse(request.body));
    return reply.code(answer.ok ? 200 : 409).send(answer);
  });
  scope.post('/staff/api/bookings/:code/cancel', async (request) => ({
    done: server.cancelBooking(codeParams.parse(request.params).code),
  }));
  scope.get('/staff/api/bookings', async (request) => {
    const day = dayQuery.parse(request.query).day ?? server.overview.today();
    const samples = server.catalogue.sampleBookings ? sampleBookings.filter((booking) => booking.day === null) : [];
    return { day, bookings: server.bookings(day), samples };
  });
}
