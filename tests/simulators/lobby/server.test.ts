import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { faultNames } from '../../../simulators/lobby/controls.ts';
import { registerLobby } from '../../../simulators/lobby/server.ts';
import { FakeWorld } from './fake-world.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function injected(staticFolder: string | null = null) {
  const world = new FakeWorld();
  const app = fastify();
  cleanups.push(() => app.close());
  await registerLobby(app, world, { staticFolder });
  const act = (payload: object) => app.inject({ method: 'POST', url: '/lobby/api/actions', payload });
  return { world, app, act };
}

/** A page's socket that keeps what it heard and can wait for a kind of message. */
async function page(headers: Record<string, string> = {}) {
  const world = new FakeWorld();
  const server = fastify();
  cleanups.push(() => server.close());
  await registerLobby(server, world, { staticFolder: null });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  const socket = new WebSocket(`${address.replace('http', 'ws')}/lobby/socket`, { headers });
  socket.on('error', () => {});
  const heard: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    heard.push(JSON.parse(data.toString()));
    for (const check of waiting) check();
  });
  const next = (type: string) =>
    new Promise<Record<string, unknown>>((resolve) => {
      const check = () => {
        const index = heard.findIndex((message) => message.type === type);
        const [found] = index < 0 ? [] : heard.splice(index, 1);
        if (!found) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  cleanups.push(() => socket.terminate());
  return { world, server, socket, next };
}

test('the state, as JSON', async () => {
  const { app } = await injected();
  const { snapshot, status, site } = (await app.inject('/lobby/api/state')).json();
  expect(snapshot.robot).toMatchObject({ xMm: 2000, yMm: 5000 });
  expect(status.safety.cause).toBe('powerUp');
  expect(site.ward).toBe('test');
});

test('a command reaches the world; one it refuses is 409, one it cannot read 400 with the reason', async () => {
  const { world, act } = await injected();
  const added = await act({ type: 'world', command: { type: 'addPerson', id: 'p', xMm: 9000, yMm: 5000 } });
  expect(added.statusCode).toBe(200);
  expect(world.snapshot.people).toEqual([{ id: 'p', xMm: 9000, yMm: 5000, walkingTo: null }]);
  expect((await act({ type: 'world', command: { type: 'addPerson', id: 'q', xMm: -9000, yMm: 5000 } })).statusCode).toBe(409);
  const bad = await act({ type: 'world', command: { type: 'addPerson', id: 'q', xMm: 'far', yMm: 5000 } });
  expect(bad.statusCode).toBe(400);
  expect(bad.json().error).toContain('xMm');
});

test.each(faultNames)('the fault %s is passed on, once', async (fault) => {
  const { world, act } = await injected();
  expect((await act({ type: 'fault', fault })).statusCode).toBe(200);
  expect(world.asked).toEqual([fault]);
});

test('a fault that does not exist is refused', async () => {
  const { world, act } = await injected();
  expect((await act({ type: 'fault', fault: 'constructor' })).statusCode).toBe(400);
  expect(world.asked).toEqual([]);
});

test('codes: a sample by name, a text by hand; an unknown sample scans nothing', async () => {
  const { world, act } = await injected();
  await act({ type: 'sample', sampleId: 'card-first' });
  await act({ type: 'sample', sampleId: 'booking-1' });
  await act({ type: 'scan', text: 'anything' });
  expect((await act({ type: 'sample', sampleId: 'nobody' })).statusCode).toBe(409);
  expect(world.scanned).toEqual([expect.stringMatching(/^\d{12}\|[^|]*\|Nguyễn Thị Mẫu\|/), 'LT-BOOK-TEST', 'anything']);
  expect(world.scanned[0]?.split('|')).toHaveLength(11);
});

test('cards are laid on the reader and taken off; one that nobody carries is refused', async () => {
  const { world, act } = await injected();
  expect((await act({ type: 'card', cardId: 'chip-first', laid: true })).statusCode).toBe(200);
  expect((await act({ type: 'card', cardId: 'chip-first', laid: false })).statusCode).toBe(200);
  expect((await act({ type: 'card', cardId: 'nobody', laid: true })).statusCode).toBe(409);
  expect(world.asked).toEqual(['lay chip-first', 'take chip-first']);
});

test('ticket pictures', async () => {
  const { app } = await injected();
  const png = await app.inject('/lobby/tickets/ticket-1.png');
  expect(png.headers['content-type']).toBe('image/png');
  expect([...png.rawPayload]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  expect((await app.inject('/lobby/tickets/ticket-2.png')).statusCode).toBe(404);
  expect((await app.inject('/lobby/tickets/..%2Fsecret.png')).statusCode).toBe(404);
});

test('the page and its way in', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'letan-lobby-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'index.html'), '<title>lobby</title>');
  const { app } = await injected(folder);
  expect((await app.inject('/lobby')).headers.location).toBe('/lobby/');
  const index = await app.inject('/lobby/');
  expect(index.body).toBe('<title>lobby</title>');
  expect(index.headers['content-security-policy']).toContain("default-src 'none'");
});

test('a page hears site, status and snapshot at once, then every change', async () => {
  const { world, next } = await page();
  const welcome = await next('welcome');
  expect(welcome).toMatchObject({ links: world.links, site: { ward: 'test' } });
  expect(welcome.samples).toContainEqual({ id: 'card-first', label: 'Card of Nguyễn Thị Mẫu' });
  expect(JSON.stringify(welcome)).not.toContain('079190012345');
  expect(await next('status')).toMatchObject({ status: { robotName: 'Sen' } });
  expect(await next('snapshot')).toMatchObject({ snapshot: { timeMs: 0 } });
  world.pins.runMs(40);
  world.snapshotChanged.emit(world.snapshot);
  expect(await next('snapshot')).toMatchObject({ snapshot: { timeMs: 40 } });
  world.statusChanged.emit({ ...world.status, networkUp: false });
  expect(await next('status')).toMatchObject({ status: { networkUp: false } });
});

test('what a page sends is checked; nonsense is answered and harms nothing', async () => {
  const { world, socket, next } = await page();
  await next('welcome');
  for (const nonsense of ['{', '[]', '{"type":"fault","fault":"toString"}', '{"type":"world","command":{"type":"fly"}}']) {
    socket.send(nonsense);
    expect(String((await next('refused')).reason).length).toBeGreaterThan(5);
  }
  socket.send(JSON.stringify({ type: 'world', command: { type: 'eStop', pressed: true } }));
  socket.send(JSON.stringify({ type: 'world', command: { type: 'removePerson', id: 'nobody' } }));
  await next('refused');
  expect(world.snapshot.switches.eStopPressed).toBe(true);
});

test('a foreign page is turned away, over HTTP and over the socket', async () => {
  const { app, world } = await injected();
  const foreign = { origin: 'http://elsewhere.example', host: '127.0.0.1:8081' };
  const payload = { type: 'fault', fault: 'cutNetwork' };
  expect((await app.inject({ method: 'POST', url: '/lobby/api/actions', payload, headers: foreign })).statusCode).toBe(403);
  expect(world.asked).toEqual([]);
  const { socket } = await page({ origin: 'http://elsewhere.example' });
  const status = await new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    socket.on('open', () => resolve('open'));
  });
  expect(status).toBe(403);
});

test('closing lets go of the world', async () => {
  const { world, server, next } = await page();
  await next('welcome');
  expect(world.snapshotChanged.listenerCount).toBe(1);
  await server.close();
  expect(world.snapshotChanged.listenerCount).toBe(0);
  expect(world.statusChanged.listenerCount).toBe(0);
});
