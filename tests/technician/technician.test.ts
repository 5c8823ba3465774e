import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { SimulatedClock } from '../../src/core/clock.ts';
import { openServicePassword } from '../../src/technician/password.ts';
import { registerService } from '../../src/technician/server.ts';
import { deviceLine, formatReport, type StatusReport } from '../../src/technician/status-report.ts';
import { shownReportSchema } from '../../src/technician/web/report-schema.ts';

const report: StatusReport = {
  robotId: 'robot-1',
  version: '0.1.0',
  startedAt: '2026-01-05T08:00:00+07:00',
  devices: [
    deviceLine('printer', { status: 'faulty', error: { code: 'PRINTER_PAPER_END', detail: 'paper end' } }, ''),
    deviceLine('board', { status: 'ready' }, 'firmware 0.1.0'),
  ],
  board: null,
  telemetry: null,
  queue: {
    online: true,
    outboxLength: 3,
    error: null,
    broker: '127.0.0.1:8883',
    certificates: [{ whose: 'robot', expiresAt: '2026-12-01T00:00:00.000Z' }],
    health: {
      protocol: '5',
      stuckCount: 1,
      refusedCount: 0,
      leasedNumbers: 90,
      clockSkewMs: -420,
      certificateExpiresAt: null,
      droppedMessages: { notJson: 2 },
    },
  },
  visit: 'attract',
  presence: false,
};

/** The compiler's word that the page's schema takes what the robot sends. */
type Fits = StatusReport extends z.input<typeof shownReportSchema> ? true : never;
const fits: Fits = true;

it('the page takes the report, and no half one', () => {
  expect(fits).toBe(true);
  const sent: unknown = JSON.parse(JSON.stringify(report));
  expect(shownReportSchema.parse(sent).queue.health.stuckCount).toBe(1);
  expect(shownReportSchema.safeParse({ ...report, queue: undefined }).success).toBe(false);
});

let folder: string;
let app: FastifyInstance;
let clock: SimulatedClock;
let password: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'letan-service-'));
  mkdirSync(join(folder, 'page'));
  writeFileSync(join(folder, 'page/index.html'), 'service page');
  const service = openServicePassword(join(folder, 'secret/service-password'));
  password = service.firstRunPassword ?? '';
  clock = new SimulatedClock();
  app = fastify();
  await registerService(app, { clock, password: service, report: () => report, staticDir: join(folder, 'page') });
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const login = (attempt: string) => app.inject({ method: 'POST', url: '/service/api/login', payload: { password: attempt } });
const status = (cookie?: string) => app.inject({ url: '/service/api/status', headers: cookie ? { cookie } : {} });
const cookieOf = (response: Awaited<ReturnType<typeof login>>) => String(response.headers['set-cookie']).split(';')[0] ?? '';

describe('service password', () => {
  it('is made once, readable by its owner alone, and never kept in the clear', () => {
    const file = join(folder, 'secret/service-password');
    expect(password).toMatch(/^[a-z2-9]{12}$/);
    expect(existsSync(file)).toBe(true);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toContain(password);
    const second = openServicePassword(file);
    expect(second.firstRunPassword).toBeNull();
    expect(second.matches(password)).toBe(true);
    expect(second.matches(`${password}x`)).toBe(false);
  });
});

describe('service page', () => {
  it('shows nothing without the password', async () => {
    expect((await status()).statusCode).toBe(401);
    expect((await login('guess')).statusCode).toBe(401);
    expect((await status('letan-service=invented')).statusCode).toBe(401);
  });

  it('opens with the password for half an hour', async () => {
    const cookie = cookieOf(await login(password));
    expect((await status(cookie)).json()).toEqual(report);
    clock.advance(30 * 60_000 + 1);
    expect((await status(cookie)).statusCode).toBe(401);
  });

  it('locks for 30 s after five wrong passwords', async () => {
    for (let i = 0; i < 5; i++) await login('guess');
    expect((await login(password)).statusCode).toBe(429);
    clock.advance(30_000);
    expect((await login(password)).statusCode).toBe(200);
  });

  it('gives health without a login, and the page itself', async () => {
    const health = (await app.inject({ url: '/health' })).json();
    expect(health.devices).toHaveLength(2);
    expect(health).not.toHaveProperty('telemetry');
    expect((await app.inject({ url: '/service/' })).body).toBe('service page');
  });

  it('takes rubbish for a login with a refusal', async () => {
    const response = await app.inject({ method: 'POST', url: '/service/api/login', payload: { password: ['x'] } });
    expect(response.statusCode).toBe(401);
  });
});

describe('doctor table', () => {
  it('names code and hint of what is broken', () => {
    const text = formatReport(report.devices);
    expect(text).toContain('FAIL  printer  PRINTER_PAPER_END: paper end');
    expect(text).toContain('-> Put in a new paper roll.');
    expect(text).toContain('ok    board    firmware 0.1.0');
  });
});
