import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { LetanError } from '../../src/core/errors.ts';
import type { QueueServer } from './queue-server.ts';
import { registerBookings } from './staff-bookings.ts';
import { registerCounters } from './staff-counters.ts';
import { registerFaults } from './staff-faults.ts';
import { registerLive } from './staff-live.ts';
import { bears, isBookingRequest, registerLogin, type StaffLogin } from './staff-login.ts';
import { registerOffice } from './staff-office.ts';
import { registerRobots } from './staff-robots.ts';

export interface StaffOptions {
  /** The built page. */
  staticDir: string;
  /** Who may use the page; null or absent: anybody who reaches it, for a simulation on loopback. */
  login?: StaffLogin | null;
  /** Secret of the city's booking app (`Authorization: Bearer …`), which may book and cancel and nothing else. */
  bookingToken?: string | null;
  /** Offers the faults on demand. Never where a ward is served. */
  faults?: boolean;
}

/** A page of another site can post forms, but it cannot set this header. */
const staffHeader = 'x-letan-staff';

/** Puts the staff page at `/staff/` and its API at `/staff/api/`. */
export async function registerStaff(app: FastifyInstance, server: QueueServer, options: StaffOptions): Promise<void> {
  const { login = null, bookingToken = null, faults = false } = options;
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      if (bookingToken !== null && isBookingRequest(request.method, request.url) && bears(request, bookingToken)) return;
      if (request.method !== 'GET' && request.method !== 'HEAD' && request.headers[staffHeader] === undefined)
        return reply.code(403).send({ error: 'not from the staff page' });
    });
    scope.setErrorHandler(async (error, _request, reply) => {
      if (error instanceof z.ZodError) return reply.code(400).send({ error: 'bad request' });
      if (error instanceof LetanError) return reply.code(504).send({ error: error.code });
      throw error;
    });
    registerLogin(scope, login, bookingToken);
    registerCounters(scope, server);
    registerOffice(scope, server);
    registerBookings(scope, server);
    registerRobots(scope, server);
    if (faults) registerFaults(scope, server);
    registerLive(scope, server, { faults });
    scope.get('/staff', async (_request, reply) => reply.redirect('/staff/'));
    await scope.register(fastifyStatic, { root: options.staticDir, prefix: '/staff/', decorateReply: false });
  });
}
