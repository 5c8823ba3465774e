import { createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { atrOf } from '../../../../simulators/cards/reader/contactless-card.ts';
import { VpcdCard } from '../../../../simulators/cards/reader/vpcd-card.ts';
import { VpcdReader, vpcdFrame } from '../../../../simulators/cards/reader/vpcd-messages.ts';
import { SystemClock } from '../../../../src/core/clock.ts';
import { EchoCard } from '../../../hardware/card-reader/bench-reader.ts';

const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

describe('messages of vpcd', () => {
  it('two length bytes, one byte of control or an APDU', () => {
    expect(hex(vpcdFrame(bytes('9000')))).toBe('00029000');
    expect(hex(vpcdFrame(new Uint8Array(300))).slice(0, 4)).toBe('012c');
    expect(new VpcdReader().push(bytes('000101000102000104000100000400a4040c'))).toEqual([
      { kind: 'powerOn' },
      { kind: 'reset' },
      { kind: 'atr' },
      { kind: 'powerOff' },
      { kind: 'apdu', command: bytes('00a4040c') },
    ]);
  });

  it('come out whole, in whatever pieces they come; empty and unknown ones are skipped', () => {
    const apdus = fc.array(fc.uint8Array({ minLength: 2, maxLength: 400 }), { maxLength: 5 });
    fc.assert(
      fc.property(apdus, fc.integer({ min: 1, max: 50 }), (commands, piece) => {
        const stream = Uint8Array.from(commands.flatMap((command) => [...vpcdFrame(command), 0, 0, 0, 1, 0x77]));
        const reader = new VpcdReader();
        const got = [];
        for (let at = 0; at < stream.length; at += piece) got.push(...reader.push(stream.subarray(at, at + piece)));
        expect(got).toEqual(commands.map((command) => ({ kind: 'apdu', command })));
        expect(reader.unknown).toBe(2 * commands.length);
      }),
    );
  });

  it('the ATR of a contactless card: its historical bytes between 3B 8n 80 01 and a checksum', () => {
    const card = { powerOn() {}, powerOff() {}, process: () => new Uint8Array() };
    // T0 announces TA, TB and TC before the historical bytes; or nothing at all.
    expect(hex(atrOf({ ...card, ats: bytes('0978778002c1a2b3c4') }))).toBe('3b848001c1a2b3c411');
    expect(hex(atrOf({ ...card, ats: bytes('0200') }))).toBe('3b80800101');
  });
});

describe('a virtual card at vpcd', () => {
  let server: Server;
  let port = 0;
  let socket: Socket;
  const got: Buffer[] = [];
  let news: () => void = () => {};

  beforeEach(async () => {
    got.length = 0;
    server = createServer((connection) => {
      socket = connection;
      connection.on('data', (data) => {
        got.push(data);
        news();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    port = typeof address === 'object' && address ? address.port : 0;
  });
  afterEach(async () => {
    socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  const received = (count: number) =>
    new Promise<string>((resolve) => {
      news = () => {
        const all = Buffer.concat(got);
        if (all.length >= count) resolve(all.toString('hex'));
      };
      news();
    });

  it('is powered, tells its ATR, answers in order, and falls silent when it is torn away', async () => {
    const card = new EchoCard();
    const lying = new VpcdCard({ card, clock: new SystemClock(), port });
    const connected = new Promise<void>((resolve) => server.once('connection', () => resolve()));
    await lying.put();
    await connected;
    socket.write(bytes('00010100010400030102030002aabb'));
    expect(await received(16)).toBe(`0005${hex(atrOf(card))}000501020390000004aabb9000`);
    expect(card.powered).toBe(true);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    card.answer = () => new Uint8Array();
    socket.write(bytes('0002aabb'));
    await closed;
    expect(card.powered).toBe(false);
  });
});
