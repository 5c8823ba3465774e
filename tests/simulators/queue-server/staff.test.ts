import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { registerStaff } from '../../../simulators/queue-server/staff.ts';
import { buildHouse, settle, wish } from '../../queue/house.ts';

async function staffOffice() {
  const staticDir = mkdtempSync(join(tmpdir(), 'letan-staff-'));
  mkdirSync(staticDir, { recursive: true });
  writeFileSync(join(staticDir, 'index.html'), '<p>staff</p>');
  const house = await buildHouse();
  const app = fastify({ forceCloseConnections: true });
  await registerStaff(app, house.server, { staticDir });
  onTestFinished(async () => {
    await app.close();
    rmSync(staticDir, { recursive: true, force: true });
  });
  const post = (url: string, payload: object = {}) =>
    app.inject({ method: 'POST', url: `/staff/api/${url}`, payload, headers: { 'x-letan-staff': '1' } });
  return { house, app, post };
}

describe('the staff page', () => {
  it('calls, recalls and marks a no-show', async () => {
    const { house, app, post } = await staffOffice();
    const { link } = await house.robot('robot-1');
    await link.commitTicket((await link.reserveTicket(wish)).ticketId);
    await settle();
    expect((await post('counters/1/next')).json()).toMatchObject({ call: { ticketNumber: 'A001', sequence: 1 } });
    expect((await post('counters/1/recall')).json()).toMatchObject({ call: { ticketNumber: 'A001', sequence: 2 } });
    expect((await app.inject('/staff/api/overview')).json().counters[0]).toMatchObject({ counter: 1, serving: 'A001', waiting: [] });
    expect((await post('counters/1/no-show')).json()).toEqual({ done: true });
    expect((await app.inject('/staff/api/overview')).json().counters[0]).toMatchObject({ serving: null });
  });

  it('refuses requests of other sites and nonsense', async () => {
    const { app, post } = await staffOffice();
    expect((await app.inject({ method: 'POST', url: '/staff/api/counters/1/next' })).statusCode).toBe(403);
    expect((await post('counters/9/next')).statusCode).toBe(400);
    expect((await post('counters/1/explode')).statusCode).toBe(400);
    expect((await post('services/residence', { open: 'yes' })).statusCode).toBe(400);
    expect((await post('services/nothing', { open: true })).statusCode).toBe(400);
  });

  it('serves the page below /staff/', async () => {
    const { app } = await staffOffice();
    expect((await app.inject('/staff')).headers.location).toBe('/staff/');
    expect((await app.inject('/staff/')).body).toBe('<p>staff</p>');
  });

  it('pushes every change, and lets the server close at once', async () => {
    const { house, app, post } = await staffOffice();
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(`${address}/staff/api/live`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = await reader?.read();
    expect(first?.value).toContain('"serving":null');
    const { link } = await house.robot('robot-1');
    await link.commitTicket((await link.reserveTicket(wish)).ticketId);
    await settle();
    await post('counters/1/next');
    let seen = '';
    while (!seen.includes('"serving":"A001"')) seen += (await reader?.read())?.value ?? '';
    await app.close();
    let last = await reader?.read();
    while (!last?.done) last = await reader?.read();
    expect(last?.done).toBe(true);
  });
});
