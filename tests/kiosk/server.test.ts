import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { TouchEvent } from '../../src/behaviour/events.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { Signal } from '../../src/core/signal.ts';
import type { KioskOptions } from '../../src/kiosk/server.ts';
import type { KioskView } from '../../src/kiosk/view.ts';
import { type KioskServer, startKiosk } from './serve.ts';
import { fakeCatalogue, screens, viewOf } from './views.ts';

describe('kiosk server', () => {
  const viewChanged = new Signal<KioskView>();
  let touched: TouchEvent[];
  let petitions: string[];
  let current: KioskView;
  let server: KioskServer;
  let sockets: WebSocket[];
  const options: KioskOptions = {
    view: () => current,
    viewChanged,
    send: (event) => touched.push(event),
    vault: { put: (typed) => `record-${petitions.push(typed.kind === 'text' ? typed.text : typed.number)}` },
    catalogue: fakeCatalogue,
    logger: silentLogger,
    staticFolder: null,
  };

  beforeEach(async () => {
    touched = [];
    petitions = [];
    sockets = [];
    current = viewOf(screens.menu, 'vi');
    server = await startKiosk({ ...options, port: 0 });
  });
  afterEach(async () => {
    for (const socket of sockets) socket.terminate();
    await server.close();
    expect(viewChanged.listenerCount).toBe(0);
  });

  const open = (origin?: string) => {
    const socket = new WebSocket(`${server.address.replace('http', 'ws')}/ws`, origin === undefined ? {} : { origin });
    sockets.push(socket);
    return socket;
  };
  const nextView = async (socket: WebSocket): Promise<KioskView> => {
    const [data] = await once(socket, 'message');
    return JSON.parse(String(data)).view;
  };

  test('is on loopback', () => expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/));

  test('a page gets the view on connecting and at every change', async () => {
    const socket = open();
    expect(await nextView(socket)).toEqual(current);
    const next = viewOf(screens.thanks, 'en');
    const arrived = nextView(socket);
    viewChanged.emit(next);
    expect(await arrived).toEqual(next);
  });

  test('touches arrive in order; nonsense between them is dropped and the page stays connected', async () => {
    const socket = open();
    await nextView(socket);
    for (const text of ['{"type":"menu","choice":"ticket"}', 'nonsense', '{"type":"touch.exit"}', '{"type":"back"}']) socket.send(text);
    await expect.poll(() => touched).toEqual([{ type: 'touch.menu', choice: 'ticket' }, { type: 'touch.back' }]);
  });

  test('an oversized message ends the connection', async () => {
    const socket = open();
    await nextView(socket);
    socket.send('x'.repeat(10_000));
    const [code] = await once(socket, 'close');
    expect(code).toBe(1009);
    expect(touched).toEqual([]);
  });

  test('a petition reaches the vault on its own screen alone', async () => {
    const socket = open();
    await nextView(socket);
    socket.send('{"type":"petition","text":"late"}');
    socket.send('{"type":"back"}');
    await expect.poll(() => touched).toEqual([{ type: 'touch.back' }]);
    current = viewOf(screens.petition, 'vi');
    socket.send('{"type":"petition","text":"in time"}');
    await expect.poll(() => touched.at(-1)).toEqual({ type: 'touch.petition', recordId: 'record-1' });
    expect(petitions).toEqual(['in time']);
  });

  test('so does the number of a card', async () => {
    const socket = open();
    await nextView(socket);
    socket.send('{"type":"cardNumber","number":"123456"}');
    socket.send('{"type":"back"}');
    await expect.poll(() => touched).toEqual([{ type: 'touch.back' }]);
    expect(petitions).toEqual([]);
  });

  test('a page of another origin is turned away', async () => {
    const socket = open('http://elsewhere.example');
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('403');
    expect(await nextView(open(server.address))).toEqual(current);
  });

  test('there is room for eight screens', async () => {
    for (let count = 0; count < 8; count++) await nextView(open());
    const [error] = await once(open(), 'error');
    expect(String(error)).toContain('503');
  });

  test('the catalogue is searched and read', async () => {
    const ask = async (path: string) => {
      const response = await fetch(`${server.address}${path}`);
      return { status: response.status, body: await response.json() };
    };
    expect(await ask('/api/procedures?q=khai%20sinh&lang=vi')).toEqual({
      status: 200,
      body: { procedures: [{ code: '1.000001', name: 'Đăng ký khai sinh' }] },
    });
    expect((await ask('/api/procedures/1.000001?lang=en')).body).toMatchObject({
      code: '1.000001',
      name: 'Birth registration',
      dataDate: '2026-01-05',
    });
    expect((await ask('/api/procedures/9.999999?lang=en')).status).toBe(404);
    expect((await ask('/api/procedures?lang=fr')).status).toBe(400);
    expect((await ask(`/api/procedures?q=${'a'.repeat(101)}`)).status).toBe(400);
  });

  test('answers forbid the page to load anything from elsewhere', async () => {
    const response = await fetch(`${server.address}/api/procedures`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('a taken port is named', async () => {
    const second = startKiosk({ ...options, port: server.port });
    await expect(second).rejects.toMatchObject({ code: 'PORT_IN_USE', detail: expect.stringContaining(String(server.port)) });
  });
});
