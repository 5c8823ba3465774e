import { constants, createHash, generateKeyPairSync, privateEncrypt, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkChallenge, readDg15 } from '../../../src/identity/chip/active-authentication.ts';
import { tlv } from '../../../src/identity/chip/der.ts';
import { securityInfos } from '../../../src/identity/chip/security-infos.ts';
import { bytes } from './hex.ts';

const challenge = bytes('0011223344556677');
const other = bytes('0011223344556678');
const dg15Of = (key: { export(options: { type: 'spki'; format: 'der' }): Buffer }) =>
  tlv(0x6f, key.export({ type: 'spki', format: 'der' }));

describe('RSA, ISO 9796-2 scheme 1', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const key = readDg15(dg15Of(publicKey));

  /** As a chip signs (9303-11, 6.1.2.3): 6A, random part, hash of that part and the challenge, trailer. */
  function signed(hash: string, trailer: string, head = 0x6a) {
    const end = bytes(trailer);
    const random = Buffer.alloc(128 - 1 - createHash(hash).digest().length - end.length, 0xa5);
    const digest = createHash(hash).update(random).update(challenge).digest();
    return privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, Buffer.concat([Buffer.of(head), random, digest, end]));
  }

  it.each([
    ['sha1', 'BC'],
    ['sha1', '33CC'],
    ['sha224', '38CC'],
    ['sha256', '34CC'],
    ['sha384', '36CC'],
    ['sha512', '35CC'],
  ])('takes %s with trailer %s, for its challenge alone', (hash, trailer) => {
    if (!key) throw new Error('the key is not read');
    expect(checkChallenge(key, [], challenge, signed(hash, trailer))).toBe('passed');
    expect(checkChallenge(key, [], other, signed(hash, trailer))).toBe('failed');
  });

  it('takes nothing else', () => {
    if (!key) throw new Error('the key is not read');
    expect(checkChallenge(key, [], challenge, signed('sha256', '39CC'))).toBe('failed');
    expect(checkChallenge(key, [], challenge, signed('sha256', '34CC', 0x4a))).toBe('failed');
    fc.assert(fc.property(fc.uint8Array({ maxLength: 140 }), (noise) => checkChallenge(key, [], challenge, noise) === 'failed'));
  });
});

describe('ECDSA', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' });
  const key = readDg15(dg15Of(publicKey));
  const signed = (hash: string) => sign(hash, challenge, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  /** ActiveAuthenticationInfo with ecdsa-plain-SHA384. */
  const sha384 = securityInfos(bytes('3119 3017 0606678108010105 020101 060A04007F00070101040104'));

  it('takes the hash that DG14 names, and where it names none those in use', () => {
    if (!key) throw new Error('the key is not read');
    expect(checkChallenge(key, [], challenge, signed('sha256'))).toBe('passed');
    expect(checkChallenge(key, [], challenge, signed('sha1'))).toBe('passed');
    expect(checkChallenge(key, [], other, signed('sha256'))).toBe('failed');
    expect(sha384).toHaveLength(1);
    expect(checkChallenge(key, sha384, challenge, signed('sha384'))).toBe('passed');
    expect(checkChallenge(key, sha384, challenge, signed('sha256'))).toBe('failed');
  });

  it('takes no noise', () => {
    if (!key) throw new Error('the key is not read');
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => checkChallenge(key, [], challenge, noise) === 'failed'));
  });
});

it('reads no key that cannot be one', () => {
  const { publicKey } = generateKeyPairSync('ed25519');
  expect(readDg15(dg15Of(publicKey))).toBeNull();
  expect(readDg15(bytes('6F00'))).toBeNull();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => readDg15(tlv(0x6f, noise)) === null));
});
