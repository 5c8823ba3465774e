import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callSchema, operations, replySchema, requestSchemas, servicesSchema, telemetrySchema } from '../../../src/queue/contract.ts';
import { endOfDayMs, isoTime, localDay, readPayload } from '../../../src/queue/wire.ts';
import { buildHouse, settle, wish } from '../house.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const call = {
  version: 1,
  ward: 'cua-nam',
  messageId: '01KE6E3G00AAAAAAAAAAAAAAAA',
  sentAt: '2026-01-05T08:00:00.000+07:00',
  callId: '01KE6E3G00AAAAAAAAAAAAAAAB',
  ticketNumber: 'A012',
  counter: 3,
  sequence: 1,
  kind: 'call',
  expiresAt: '2026-01-05T08:01:00+07:00',
};

describe('payloads', () => {
  it('reads a call as the contract states it, and drops what it does not know', () => {
    const parsed = readPayload(callSchema, bytes(JSON.stringify({ ...call, colour: 'red' })), 'cua-nam');
    expect(parsed).toEqual({ ok: true, value: call });
  });

  it('reads telemetry with a battery that is not measured', () => {
    const { version, ward, messageId, sentAt } = call;
    const telemetry = { xMm: 1000.5, yMm: 1000, headingDeg: -90, batteryV: null };
    const message = { version, ward, messageId, sentAt, robotId: 'robot-1', telemetry };
    expect(readPayload(telemetrySchema, bytes(JSON.stringify(message)), 'cua-nam')).toEqual({ ok: true, value: message });
  });

  it.each([
    ['a time without offset', { expiresAt: '2026-01-05T08:01:00' }],
    ['a number out of form', { ticketNumber: 'A12' }],
    ['counter 0', { counter: 0 }],
    ['a fraction of a sequence', { sequence: 1.5 }],
    ['an id that is no ULID', { callId: 'x' }],
  ])('refuses %s', (_name, change) => {
    const read = readPayload(callSchema, bytes(JSON.stringify({ ...call, ...change })), 'cua-nam');
    expect(read).toMatchObject({ ok: false, cause: 'badShape' });
  });

  it('refuses 10 MB, broken UTF-8, deep nesting and prototype keys without throwing', () => {
    const hostile = [
      bytes(`"${'x'.repeat(10_000_000)}"`),
      Uint8Array.of(0x22, 0xff, 0xfe, 0x22),
      bytes('['.repeat(30_000) + ']'.repeat(30_000)),
      bytes('{"__proto__":{"ok":true},"constructor":{"prototype":{"ok":true}}}'),
      bytes(''),
    ];
    for (const payload of hostile) expect(readPayload(replySchema, payload, 'cua-nam')).toMatchObject({ ok: false });
    expect(Object.hasOwn(Object.prototype, 'ok')).toBe(false);
  });

  it('never names values in a refusal, since they may be a citizen’s', () => {
    const parsed = readPayload(servicesSchema, bytes(JSON.stringify({ version: 1, ward: 'cua-nam', services: 'NGUYEN VAN A' })), 'cua-nam');
    expect(JSON.stringify(parsed)).not.toContain('NGUYEN');
  });

  it('never throws, whatever comes', () => {
    const schemas = [callSchema, replySchema, servicesSchema, ...operations.map((operation) => requestSchemas[operation])];
    const anyPayload = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.jsonValue().map((value) => bytes(JSON.stringify(value))),
      fc
        .record({ ...Object.fromEntries(Object.keys(call).map((key) => [key, fc.jsonValue()])) })
        .map((value) => bytes(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(anyPayload, fc.constantFrom(...schemas), (payload, schema) => {
        expect(typeof readPayload(schema, payload, 'cua-nam').ok).toBe('boolean');
      }),
      { numRuns: 1000 },
    );
  });
});

describe('robot and queue server under hostile messages', () => {
  it('go on working', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    const base = 'letan/v1/cua-nam';
    const topics = ['queue/calls', 'queue/services', 'queue/counters/1/serving', 'robots/robot-1/commands/pause', 'robots/robot-1/replies'];
    const requests = operations.map((operation) => `queue/${operation}/robot-1`);
    const values = [null, [], 'x', { ...call, counter: -1 }, { version: 1, replyTo: 'letan/v1/cua-nam/queue/services' }];
    for (const topic of [...topics, ...requests, 'robots/robot-9/state']) {
      for (const value of values) house.broker.publish('stranger', `${base}/${topic}`, JSON.stringify(value), false);
    }
    await settle();
    expect(link.online).toBe(true);
    expect((await link.reserveTicket(wish)).number).toBe('A001');
  });

  it('answers only on the robot’s own reply topic', async () => {
    const house = await buildHouse();
    await house.robot('robot-1');
    const request = {
      version: 1,
      ward: 'cua-nam',
      messageId: call.messageId,
      sentAt: call.sentAt,
      robotId: 'robot-1',
      replyTo: 'letan/v1/cua-nam/robots/robot-2/replies',
      expiresAt: '2030-01-01T00:00:00Z',
      idempotencyKey: 'k',
      numbersPerService: 5,
    };
    house.broker.publish('stranger', 'letan/v1/cua-nam/queue/leases/robot-1', JSON.stringify(request), false);
    await settle();
    expect(house.broker.sent('robots/robot-2/replies')).toEqual([]);
    const answers = house.broker.sent('robots/robot-1/replies').filter(({ body }) => body.inReplyTo === call.messageId);
    expect(answers).toMatchObject([{ body: { ok: false, code: 'WRONG_ROBOT', idempotencyKey: 'k' } }]);
  });
});

describe('time on the wire', () => {
  it('is Vietnam’s, with offset', () => {
    expect(isoTime(Date.UTC(2026, 0, 5, 17, 0, 0))).toBe('2026-01-06T00:00:00.000+07:00');
    expect(localDay(Date.UTC(2026, 0, 5, 16, 59, 59, 999))).toBe('2026-01-05');
    expect(endOfDayMs(Date.UTC(2026, 0, 5, 1))).toBe(Date.UTC(2026, 0, 5, 17));
    expect(endOfDayMs(Date.UTC(2026, 0, 5, 17))).toBe(Date.UTC(2026, 0, 6, 17));
  });
});
