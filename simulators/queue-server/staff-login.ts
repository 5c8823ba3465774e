import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../../src/core/clock.ts';

/** Who may use the staff page. */
export interface StaffLogin {
  clock: Clock;
  /** Whether this is the password. */
  matches(attempt: string): boolean;
}

/** A working day. */
const sessionMs = 12 * 3_600_000;
const mostSessions = 50;
const lockMs = 30_000;
const attemptsBeforeLock = 5;
const loginSchema = z.object({ password: z.string().max(100) });

/** A random cookie each; five wrong passwords lock the login for 30 s. */
class Sessions {
  private readonly expiry = new Map<string, number>();
  private readonly clock: Clock;
  private failures = 0;
  private lockedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get locked(): boolean {
    return this.clock.monotonicMs() < this.lockedUntilMs;
  }

  fail(): void {
    this.failures++;
    if (this.failures % attemptsBeforeLock === 0) this.lockedUntilMs = this.clock.monotonicMs() + lockMs;
  }

  open(): string {
    this.failures = 0;
    const oldest = this.expiry.keys().next();
    if (this.expiry.size >= mostSessions && !oldest.done) this.expiry.delete(oldest.value);
    const token = randomBytes(24).toString('base64url');
    this.expiry.set(token, this.clock.monotonicMs() + sessionMs);
    return token;
  }

  close(request: FastifyRequest): void {
    const token = tokenOf(request);
    if (token) this.expiry.delete(token);
  }

  has(request: FastifyRequest): boolean {
    const token = tokenOf(request);
    const untilMs = token === null ? undefined : this.expiry.get(token);
    return untilMs !== undefined && untilMs > this.clock.monotonicMs();
  }
}

/** Lets nobody at the API without a session; the page itself, which holds no data, is open, since it shows the login. */
export function registerLogin(scope: FastifyInstance, login: StaffLogin | null, bookingToken: string | null): void {
  if (!login) {
    scope.get('/staff/api/session', async () => ({ open: true, needed: false }));
    return;
  }
  const sessions = new Sessions(login.clock);
  scope.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    if (!path.startsWith('/staff/api/') || path === '/staff/api/login' || path === '/staff/api/session' || sessions.has(request)) return;
    if (isBookingRequest(request.method, path) && bookingToken !== null && bears(request, bookingToken)) return;
    return reply.code(401).send({ error: 'log in first' });
  });
  scope.get('/staff/api/session', async (request) => ({ open: sessions.has(request), needed: true }));
  scope.post('/staff/api/login', async (request, reply) => {
    if (sessions.locked) return reply.code(429).send({ error: 'too many wrong passwords; wait 30 seconds' });
    if (!login.matches(loginSchema.parse(request.body).password)) {
      sessions.fail();
      return reply.code(401).send({ error: 'wrong password' });
    }
    return reply.header('set-cookie', `letan-staff=${sessions.open()}; HttpOnly; SameSite=Strict; Path=/staff`).send({ done: true });
  });
  scope.post('/staff/api/logout', async (request) => {
    sessions.close(request);
    return { done: true };
  });
}

/** What the city's app may ask for. */
export function isBookingRequest(method: string, url: string): boolean {
  return method === 'POST' && /^\/staff\/api\/bookings(\/[\w-]+\/cancel)?(\?|$)/.test(url);
}

/** Compared without telling by its time how much was right. */
export function bears(request: FastifyRequest, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`));
}

function tokenOf(request: FastifyRequest): string | null {
  return /(?:^|;\s*)letan-staff=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? null;
}
