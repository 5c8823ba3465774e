import { compactDecrypt, importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { parseCardQr } from '../../../src/identity/card-qr.ts';
import { createSealer } from '../../../src/identity/sealing.ts';
import { messageDocuments } from '../../../src/queue/contract/documents/messages.ts';
import {
  commandExchanges,
  exampleContents,
  exampleJwe,
  exampleKey,
  exampleWard,
  invalidExamples,
  requestExchanges,
  statements,
} from '../../../src/queue/contract/examples.ts';
import {
  type Channel,
  channels,
  generalRefusals,
  operationRefusals,
  operations,
  refusalCodes,
  sealedSchemas,
} from '../../../src/queue/contract.ts';
import { topicOf } from '../../../src/queue/topics.ts';
import { readPayload, readRequest } from '../../../src/queue/wire.ts';
import { compiledSchemas } from './schemas.ts';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value) ?? '');
const schemas = compiledSchemas();
const documents = messageDocuments.flatMap((message) => (message.reply ? [message, message.reply] : [message]));

/** What a vendor's validator says about a message. */
function fits(name: string, payload: unknown): boolean {
  const validate = schemas.get(name);
  if (!validate) throw new Error(`no schema ${name}`);
  return validate(JSON.parse(JSON.stringify(payload ?? null)));
}

describe('examples', () => {
  it.each(documents.flatMap(({ name, schema, examples }) => examples.map(({ says, payload }) => ({ name, schema, says, payload }))))(
    '$name: $says',
    ({ name, schema, payload }) => {
      expect(readPayload(schema, bytes(payload), exampleWard)).toEqual({ ok: true, value: payload });
      expect(fits(name, payload)).toBe(true);
    },
  );

  it('are there for every channel and every refusal', () => {
    const shown = [...statements, ...requestExchanges, ...commandExchanges].map(({ channel }) => channel);
    const answers = ['replies', 'commandReplies'];
    expect([...new Set([...shown, ...answers])].sort()).toEqual(Object.keys(channels).sort());
    const codes = [...requestExchanges, ...commandExchanges].map(({ reply }) => reply.code).filter((code) => code !== undefined);
    expect([...new Set(codes)].sort()).toEqual([...refusalCodes].sort());
  });

  it('name every message once', () => {
    const ids = [...statements, ...requestExchanges, ...commandExchanges].map(({ payload }) => payload.messageId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('mistakes', () => {
  /** Between payload and topic: no reader of a payload alone can tell. */
  const besideTopic = ['answers wanted at another robot'];
  /** What every reader looks for before the schema, which lets it pass. */
  const beyondSchema = [
    ...besideTopic,
    'NUL in a text, also in a field nobody knows',
    'half a surrogate pair',
    'a key `__proto__`',
    '13 levels, the message being the first',
  ];
  it.each(invalidExamples)('$channel: $says', ({ channel, says, payload }) => {
    expect(fits(channel.replace('/', '-'), payload)).toBe(beyondSchema.includes(says));
    expect(readPayload(channels[channel].schema, bytes(payload), exampleWard).ok).toBe(besideTopic.includes(says));
  });

  it('of a request are answered as stated, or not at all', () => {
    for (const { channel, payload, says, code } of invalidExamples) {
      const { schema, answer }: Channel = channels[channel];
      if (!answer) continue;
      const replyTo = topicOf(answer.on, { ward: exampleWard, robot: 'robot-1' });
      const read = readRequest(schema, bytes(payload), { ward: exampleWard, robotId: 'robot-1', replyTo });
      expect(read.ok, says).toBe(false);
      expect(!read.ok && read.question !== null, says).toBe(code !== null);
    }
  });
});

describe('refusals', () => {
  /** These need a minute to pass, or every number of a day. */
  const takesTime: Record<string, string[]> = { 'tickets/commit': ['TICKET_WITHDRAWN'], leases: ['NUMBERS_EXHAUSTED'] };

  it('shown are those the operation may answer, and each of those is shown', () => {
    for (const operation of operations) {
      const shown = requestExchanges.filter(({ channel }) => channel === operation).flatMap(({ reply }) => (reply.ok ? [] : [reply.code]));
      const own = shown.filter((code) => !generalRefusals.some((general) => general === code));
      const allowed: readonly unknown[] = operationRefusals[operation];
      expect(
        own.filter((code) => !allowed.includes(code)),
        operation,
      ).toEqual([]);
      // What a check-in shares with a reservation is shown there.
      const shared: readonly unknown[] = operation === 'checkins' ? operationRefusals['tickets/reserve'] : [];
      const unseen = allowed.filter((code) => !own.includes(code) && !shared.includes(code));
      expect(unseen, operation).toEqual(takesTime[operation] ?? []);
    }
  });
});

describe('what is sealed', () => {
  const open = async (jwe: string, key: object): Promise<unknown> => {
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, await importJWK({ ...key }, 'ECDH-ES'));
    expect(protectedHeader).toMatchObject({ alg: 'ECDH-ES', enc: 'A256GCM', epk: { kty: 'EC', crv: 'P-256' } });
    return JSON.parse(new TextDecoder().decode(plaintext));
  };

  it('opens with the example key as the page shows', async () => {
    expect(await open(exampleJwe.petitions, exampleKey)).toEqual(exampleContents.petitions);
    expect(await open(exampleJwe.registrations, exampleKey)).toEqual(exampleContents.registrations);
    expect(fits('sealed-petition', exampleContents.petitions)).toBe(true);
    expect(fits('sealed-registration', exampleContents.registrations)).toBe(true);
    expect(fits('public-key', exampleKey)).toBe(true);
  });

  it('holds what the robot reads from a card and seals', async () => {
    const qr = '001190000001|012345678|TRẦN THỊ MẪU|15011990|Nữ|Số 1, ngõ Mẫu, Cửa Nam, Hà Nội|04052022';
    const { d: _secret, ...publicKey } = exampleKey;
    const sealed = await createSealer(publicKey).seal({ kind: 'registration', people: [parseCardQr(qr)] });
    const opened = sealedSchemas.registrations.parse(await open(sealed, exampleKey));
    expect(opened.people[0]).toMatchObject({ idNumber: '001190000001', birthDate: '1990-01-15', issuedDate: '2022-05-04' });
  });
});
