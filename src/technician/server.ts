import { randomBytes } from 'node:crypto';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { ServicePassword } from './password.ts';
import type { StatusReport } from './status-report.ts';

export interface ServiceOptions {
  clock: Clock;
  password: ServicePassword;
  report: () => StatusReport;
  /** Folder of the built page. */
  staticDir: string;
}

const sessionMs = 30 * 60_000;
const lockMs = 30_000;
const attemptsBeforeLock = 5;
const maxSessions = 8;
const loginSchema = z.object({ password: z.string().max(100) });

/** Sessions of the service page: a random cookie each, 30 minutes; five wrong passwords lock it for 30 s. */
class Sessions {
  private readonly expiry = new Map<string, number>();
  private failures = 0;
  private lockedUntilMs = 0;
  private readonly clock: Clock;
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
    if (this.expiry.size >= maxSessions && !oldest.done) this.expiry.delete(oldest.value);
    const token = randomBytes(24).toString('base64url');
    this.expiry.set(token, this.clock.monotonicMs() + sessionMs);
    return token;
  }
  valid(request: FastifyRequest): boolean {
    const token = /(?:^|;\s*)letan-service=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
    const untilMs = token === undefined ? undefined : this.expiry.get(token);
    return untilMs !== undefined && untilMs > this.clock.monotonicMs();
  }
}

/** The read-only service page under `/service/` and its API. `/health` is open: how devices and queue link do, which the doctor asks for. */
export async function registerService(app: FastifyInstance, options: ServiceOptions): Promise<void> {
  const sessions = new Sessions(options.clock);

  app.get('/health', () => {
    const { robotId, version, devices, queue, visit, presence } = options.report();
    return { robotId, version, devices, queue, visit, presence };
  });

  app.post('/service/api/login', (request: FastifyRequest, reply: FastifyReply) => {
    if (sessions.locked) return reply.code(429).send({ code: 'LOCKED', hint: 'Too many wrong passwords; wait 30 seconds.' });
    const body = loginSchema.safeParse(request.body);
    if (!body.success || !options.password.matches(body.data.password)) {
      sessions.fail();
      return reply.code(401).send({ code: 'WRONG_PASSWORD', hint: "The password was shown once at the robot's first start." });
    }
    return reply.header('set-cookie', `letan-service=${sessions.open()}; HttpOnly; SameSite=Strict; Path=/service`).send({ ok: true });
  });

  app.get('/service/api/status', (request, reply) => {
    if (!sessions.valid(request)) return reply.code(401).send({ code: 'LOGIN_NEEDED', hint: 'Log in first.' });
    return reply.send(options.report());
  });

  await app.register(fastifyStatic, { root: options.staticDir, prefix: '/service/', decorateReply: false });
}
