import { createCipheriv, createDecipheriv } from 'node:crypto';
import { cmac } from '@noble/ciphers/aes.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Command, command, type Response } from '../../../src/identity/chip/apdu.ts';
import { shortLimits } from '../../../src/identity/chip/card-link.ts';
import { deriveKey, mac, pad, unpad } from '../../../src/identity/chip/ciphers.ts';
import { mostPlainBytes, SecureMessaging } from '../../../src/identity/chip/secure-messaging.ts';
import { bytes, hex } from './hex.ts';

const encryption = bytes('000102030405060708090A0B0C0D0E0F');
const authentication = bytes('F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF');
const session = () =>
  new SecureMessaging({
    cipher: 'aes128',
    encryption: Buffer.from(encryption),
    authentication: Buffer.from(authentication),
    counter: Buffer.alloc(16),
  });
const counterOf = (count: number) => bytes(count.toString(16).padStart(32, '0'));

/** The card's side, written anew from 9303-11, 9.8.6: what it reads of a command, and how it answers. */
function initialisation(count: number): Buffer {
  return createCipheriv('aes-128-ecb', encryption, null).setAutoPadding(false).update(counterOf(count));
}
const fill = (data: Uint8Array) => Buffer.concat([data, bytes('80'), Buffer.alloc(15 - (data.length % 16))]);
const codeOf = (count: number, ...parts: Uint8Array[]) =>
  cmac(fill(Buffer.concat([counterOf(count), ...parts])), authentication).subarray(0, 8);
const sized = (tag: number, value: Uint8Array) =>
  Buffer.concat([
    value.length < 128
      ? Buffer.of(tag, value.length)
      : value.length < 256
        ? Buffer.of(tag, 0x81, value.length)
        : Buffer.of(tag, 0x82, value.length >> 8, value.length & 255),
    value,
  ]);

function cardAnswer(count: number, data: Uint8Array, status: number): Response {
  const cipher = createCipheriv('aes-128-cbc', encryption, initialisation(count)).setAutoPadding(false);
  const sealed = data.length > 0 ? sized(0x87, Buffer.concat([Buffer.of(1), cipher.update(fill(data))])) : Buffer.alloc(0);
  const objects = Buffer.concat([sealed, Buffer.of(0x99, 2, status >> 8, status & 0xff)]);
  return { data: Buffer.concat([objects, bytes('8E08'), codeOf(count, objects)]), status };
}

/** Plain data that a card reads from a protected command of less than 100 bytes of data. */
function cardReads(count: number, unit: Command): { data: string | null; codeHolds: boolean } {
  const objects = unit.data.subarray(0, -10);
  const codeHolds = hex(unit.data.subarray(-8)) === hex(codeOf(count, fill(Buffer.of(unit.cla, unit.ins, unit.p1, unit.p2)), objects));
  if (objects[0] !== 0x87) return { data: null, codeHolds };
  const decipher = createDecipheriv('aes-128-cbc', encryption, initialisation(count)).setAutoPadding(false);
  const plain = decipher.update(objects.subarray(3, 2 + (objects[1] ?? 0)));
  return { data: plain.subarray(0, plain.lastIndexOf(0x80)).toString('hex'), codeHolds };
}

describe('secure messaging with AES', () => {
  it('a card reads every command, and we read every answer', () => {
    const exchanges = fc.array(
      fc.record({
        data: fc.uint8Array({ maxLength: 90 }),
        answer: fc.uint8Array({ maxLength: 1000 }),
        status: fc.constantFrom(0x9000, 0x6282, 0x6a82),
      }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(exchanges, (list) => {
        const messaging = session();
        list.forEach(({ data, answer, status }, at) => {
          const sent = messaging.protect(command(0x00, 0x86, 0, 0, data, 256));
          const read = cardReads(2 * at + 1, sent);
          expect([read.data ?? '', read.codeHolds]).toEqual([Buffer.from(data).toString('hex'), true]);
          const opened = messaging.unprotect(cardAnswer(2 * at + 2, answer, status));
          expect([hex(opened?.data ?? null), opened?.status]).toEqual([hex(answer), status]);
        });
      }),
    );
  });

  it('takes no answer with any bit changed', () => {
    const good = cardAnswer(2, bytes('0102030405'), 0x9000).data;
    for (let bit = 0; bit < good.length * 8; bit++) {
      const spoiled = Buffer.from(good);
      spoiled[bit >> 3] = (spoiled[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const messaging = session();
      messaging.protect(command(0x00, 0xb0, 0, 0, undefined, 256));
      expect(messaging.unprotect({ data: spoiled, status: 0x9000 })).toBeNull();
    }
  });

  it('takes no answer twice, none in the clear, and no noise', () => {
    const messaging = session();
    messaging.protect(command(0x00, 0xb0, 0, 0, undefined, 256));
    const answer = cardAnswer(2, bytes('01'), 0x9000);
    expect(messaging.unprotect(answer)).not.toBeNull();
    messaging.protect(command(0x00, 0xb0, 0, 0, undefined, 256));
    expect(messaging.unprotect(answer)).toBeNull();
    expect(session().unprotect({ data: bytes(''), status: 0x6988 })).toBeNull();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (data) => session().unprotect({ data, status: 0x9000 }) === null));
  });

  it('trusts the status that is authenticated, not the one beside it', () => {
    const messaging = session();
    messaging.protect(command(0x00, 0xb0, 0, 0, undefined, 256));
    expect(messaging.unprotect({ ...cardAnswer(2, bytes('01'), 0x6282), status: 0x9000 })?.status).toBe(0x6282);
  });

  it('carries the counter over all its bytes', () => {
    const counter = Buffer.alloc(16, 0xff);
    new SecureMessaging({ cipher: 'aes128', encryption, authentication, counter }).protect(command(0, 0xb0, 0, 0));
    expect(hex(counter)).toBe('00'.repeat(16));
  });
});

describe('ciphers', () => {
  it('CMAC is that of another implementation, for every key length', () => {
    const kinds = fc.constantFrom(['aes128', 16] as const, ['aes192', 24] as const, ['aes256', 32] as const);
    fc.assert(
      fc.property(kinds, fc.uint8Array({ maxLength: 100 }), ([cipher, keyBytes], data) => {
        const key = Buffer.alloc(keyBytes, 0x5a);
        expect(hex(mac(cipher, key, data))).toBe(hex(cmac(data, key).subarray(0, 8)));
      }),
    );
  });

  it('padding comes off again, and only where it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.constantFrom(8, 16), (data, block) => {
        const padded = pad(data, block);
        expect(padded.length % block).toBe(0);
        expect(hex(unpad(padded))).toBe(hex(data));
      }),
    );
    expect(unpad(Buffer.alloc(16))).toBeNull();
    expect(unpad(bytes('0102030405060708'))).toBeNull();
  });

  it('derives keys of the right length', () => {
    expect((['3des', 'aes128', 'aes192', 'aes256'] as const).map((cipher) => deriveKey(cipher, bytes('AA'), 1).length)).toEqual([
      16, 16, 24, 32,
    ]);
  });
});

describe('how much one answer carries', () => {
  it('is 223 bytes for AES and 231 for triple DES in a short answer', () => {
    expect([mostPlainBytes('aes128', shortLimits), mostPlainBytes('3des', shortLimits)]).toEqual([223, 231]);
  });

  it('is the most that fits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 258, max: 70_000 }), (responseBytes) => {
        const most = mostPlainBytes('aes128', { commandBytes: 261, responseBytes });
        const protectedBytes = (plain: number) => cardAnswer(2, Buffer.alloc(plain), 0x9000).data.length + 2;
        expect(protectedBytes(most)).toBeLessThanOrEqual(responseBytes);
        expect(protectedBytes(most + 1)).toBeGreaterThan(responseBytes);
      }),
      { numRuns: 50, examples: [[272], [273], [274], [275], [276]] },
    );
  });
});
