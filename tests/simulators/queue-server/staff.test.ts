import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { registerStaff } from '../../../simulators/queue-server/staff.ts';
import { buildHouse, settle, wish } from '../../queue/house.ts';

async function staffOffice({ faults = false } = {}) {
  const staticDir = mkdtempSync(join(tmpdir(), 'letan-staff-'));
  mkdirSync(staticDir, { recursive: true });
  writeFileSync(join(staticDir, 'index.html'), '<p>staff</p>');
  const house = await buildHouse();
  const app = fastify({ forceCloseConnections: true });
  await registerStaff(app, house.server, { staticDir, faults });
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

describe('staff who log in', () => {
  const login = { matches: (attempt: string) => attempt === 'right' };
  const header = { 'x-letan-staff': '1' };

  async function guarded() {
    const { house } = await staffOffice();
    const staticDir = mkdtempSync(join(tmpdir(), 'letan-staff-'));
    const app = fastify();
    await registerStaff(app, house.server, { staticDir, login: { ...login, clock: house.clock }, bookingToken: 'app-secret' });
    onTestFinished(async () => {
      await app.close();
      rmSync(staticDir, { recursive: true, force: true });
    });
    const enter = (password: string) => app.inject({ method: 'POST', url: '/staff/api/login', payload: { password }, headers: header });
    return { house, app, enter };
  }

  it('see nothing without the password, and everything with it until they leave', async () => {
    const { app, enter } = await guarded();
    for (const path of ['overview', 'live', 'registrations', 'statistics.csv', 'faults'])
      expect((await app.inject(`/staff/api/${path}`)).statusCode).toBe(401);
    expect((await enter('wrong')).statusCode).toBe(401);
    const cookie = String((await enter('right')).headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    const headers = { ...header, cookie: cookie.split(';')[0] };
    expect((await app.inject({ url: '/staff/api/overview', headers })).statusCode).toBe(200);
    expect((await app.inject({ url: '/staff/api/statistics.csv', headers })).headers['content-type']).toContain('text/csv');
    await app.inject({ method: 'POST', url: '/staff/api/logout', headers });
    expect((await app.inject({ url: '/staff/api/overview', headers })).statusCode).toBe(401);
  });

  it('are locked out for 30 s after five wrong passwords', async () => {
    const { house, app, enter } = await guarded();
    for (let n = 0; n < 5; n++) expect((await enter('wrong')).statusCode).toBe(401);
    expect((await enter('right')).statusCode).toBe(429);
    house.clock.advance(30_000);
    expect((await enter('right')).statusCode).toBe(200);
    expect((await app.inject('/staff/api/session')).json()).toEqual({ open: false, needed: true });
  });

  it('are no booking app, and the app books and cancels and does nothing else', async () => {
    const { app } = await guarded();
    const headers = { authorization: 'Bearer app-secret' };
    const post = (url: string, payload: object) => app.inject({ method: 'POST', url: `/staff/api/${url}`, payload, headers });
    const wanted = { serviceId: 'residence', day: '2026-01-06', citizenKey: 'a'.repeat(32) };
    const { code } = (await post('bookings', wanted)).json();
    expect((await post('bookings', { ...wanted, day: '2026-02-06' })).json()).toMatchObject({ ok: false, reason: 'DAY_TOO_FAR' });
    expect((await post('bookings', { ...wanted, citizenKey: '001190012345' })).statusCode).toBe(400);
    expect((await post(`bookings/${code}/cancel`, {})).json()).toEqual({ done: true });
    expect((await app.inject({ url: '/staff/api/bookings', headers })).statusCode).toBe(401);
    for (const path of ['counters/1/next', 'bookings/../counters/1/next', 'faults'])
      expect((await post(path, {})).statusCode).not.toBe(200);
    const forged = { authorization: 'Bearer wrong' };
    expect((await app.inject({ method: 'POST', url: '/staff/api/bookings', payload: wanted, headers: forged })).statusCode).toBe(403);
  });
});

describe('an officer', () => {
  it('transfers, closes her counter and commands the robot, whose answer she sees', async () => {
    const { house, post, app } = await staffOffice();
    const { link } = await house.robot('robot-1');
    link.onCommand(() => ({ ok: true, result: {} }));
    await link.commitTicket((await link.reserveTicket(wish)).ticketId);
    await settle();
    await post('counters/1/next');
    expect((await post('counters/1/transfer', { counter: 3 })).json()).toMatchObject({
      done: true,
      call: { counter: 3, kind: 'transfer' },
    });
    expect((await post('counters/1/transfer', { counter: 9 })).statusCode).toBe(400);
    await post('counters/1/close');
    expect((await app.inject('/staff/api/overview')).json().counters[0]).toMatchObject({ open: false });
    expect((await post('robots/robot-1', { command: 'stop', reason: 'test' })).json()).toMatchObject({ ok: true });
    expect((await post('robots/robot-1', { command: 'fly' })).statusCode).toBe(400);
  });

  it('is offered faults only where the server was started with them', async () => {
    const { house, post } = await staffOffice();
    expect((await post('faults', { delayMs: 1000 })).statusCode).toBe(404);
    expect(house.server.faults.current.delayMs).toBe(0);
  });

  it('makes the server slow, silent, wrong, double and new where faults are offered, and honest again', async () => {
    const { house, post, app } = await staffOffice({ faults: true });
    const { link } = await house.robot('robot-1');
    const set = { delayMs: 1000, silent: ['feedback'], wrong: 'foreignKey', copies: 2 };
    expect((await post('faults', set)).json()).toMatchObject(set);
    expect(house.server.faults.current).toMatchObject(set);
    expect((await post('faults', { delayMs: -1 })).statusCode).toBe(400);
    expect((await post('faults', { explode: true })).statusCode).toBe(400);
    expect((await post('faults/clear')).json()).toMatchObject({ delayMs: 0, silent: [], wrong: null, copies: 1 });
    const { number } = await link.reserveTicket(wish);
    expect((await post('faults/restart', { downMs: 0 })).json()).toEqual({ done: true });
    await settle();
    expect((await app.inject('/staff/api/overview')).json().services[0]).toMatchObject({ waitingCount: 1 });
    expect((await link.reserveTicket(wish)).number).not.toBe(number);
  });

  it('gets the log she asked a robot for, and no log that nobody asked for', async () => {
    const { house, post, app } = await staffOffice();
    const { link, wire } = await house.robot('robot-1');
    const uploadId = '01J00000000000000000000000';
    const part = (number: number) => ({
      version: 1,
      ward: 'cua-nam',
      messageId: uploadId,
      sentAt: '2026-01-05T08:00:00+07:00',
      robotId: 'robot-1',
      uploadId,
      part: number,
      parts: 2,
      lines: [`line ${number}`],
    });
    const send = async (number: number) => {
      await wire.publish('letan/v1/cua-nam/robots/robot-1/logs', JSON.stringify(part(number)), { qos: 1 });
      await settle();
    };
    await send(1);
    expect((await app.inject('/staff/api/robots/robot-1/log')).statusCode).toBe(404);
    link.onCommand(() => ({ ok: true, result: { uploadId, parts: 2, lines: 2 } }));
    await post('robots/robot-1', { command: 'uploadLog', sinceMin: 10 });
    for (const number of [2, 1, 1]) await send(number);
    expect((await app.inject('/staff/api/robots/robot-1/log')).body).toBe('line 1\nline 2\n');
  });
});
