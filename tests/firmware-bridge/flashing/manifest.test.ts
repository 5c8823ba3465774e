import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkRelease } from '../../../firmware-bridge/flashing/flash-board.ts';
import { signManifest, type Trust } from '../../../firmware-bridge/flashing/manifest.ts';
import { dictionaryHash, protocolVersion } from '../../../firmware-bridge/protocol/generated/messages.ts';
import { noise } from './boot-board.ts';
import { toHex } from './hex-writer.ts';

const hex = Buffer.from(toHex(noise(700)));
const hash = dictionaryHash.toString(16).padStart(8, '0');
const fields = {
  version: '1.2.3',
  protocolVersion: `${protocolVersion.major}.${protocolVersion.minor}`,
  dictionaryHash: hash,
  board: 'atmega2560',
  deviceSignature: '1E9801',
  compiler: 'somebody',
  file: 'fw.hex',
  bytes: 700,
  sha256: createHash('sha256').update(hex).digest('hex'),
};
const unsigned = JSON.stringify(fields);
const pem = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' }).toString();
const ours = generateKeyPairSync('ed25519');
const theirs = generateKeyPairSync('ed25519');
const rawPublic = (key: KeyObject) => Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');
const ourKey = rawPublic(ours.publicKey);
const signed = signManifest(unsigned, 'manifest.json', hex, pem(ours.privateKey));

const development: Trust = { trust: 'development', keys: [] };
const trusting = (...keys: string[]): Trust => ({ trust: 'signed', keys });
const check = (manifest: string, unit: Trust, image: Uint8Array = hex) =>
  checkRelease({ hex: image, hexName: 'fw.hex', manifest, manifestName: 'manifest.json' }, unit);
const failing = (code: string, detail: RegExp) => expect.objectContaining({ code, detail: expect.stringMatching(detail) });

describe('a release', () => {
  it('signed by a key that the unit trusts is taken, whether the key is given raw or as PEM', () => {
    const asPem = ours.publicKey.export({ format: 'pem', type: 'spki' }).toString();
    for (const key of [ourKey, asPem, asPem.trim()]) {
      const { bytes, signedBy, manifest } = check(signed, trusting(rawPublic(theirs.publicKey), key));
      expect([bytes.length, signedBy, manifest.version]).toEqual([700, ourKey, '1.2.3']);
    }
  });

  it('signed is taken however its file is formatted', () => {
    expect(check(JSON.stringify(JSON.parse(signed)), trusting(ourKey)).signedBy).toBe(ourKey);
  });

  it('signed again replaces the signature', () => {
    const again = signManifest(signed, 'manifest.json', hex, pem(theirs.privateKey));
    expect(check(again, trusting(rawPublic(theirs.publicKey))).manifest.version).toBe('1.2.3');
  });

  it('unsigned is taken by a development unit alone', () => {
    expect(check(unsigned, development).signedBy).toBeNull();
    expect(() => check(unsigned, trusting(ourKey))).toThrow(failing('FIRMWARE_UNSIGNED', /^manifest.json carries no signature/));
  });

  it('signed by a stranger is refused, naming the key', () => {
    expect(() => check(signed, trusting(rawPublic(theirs.publicKey)))).toThrow(
      failing('FIRMWARE_KEY_UNTRUSTED', new RegExp(`signed by ${ourKey.replaceAll('+', '\\+')}`)),
    );
    expect(() => check(signed, trusting())).toThrow(failing('FIRMWARE_KEY_UNTRUSTED', /this unit trusts no key/));
  });

  it.each(Object.keys(fields))('whose %s was changed after signing is refused, on a development unit too', (field) => {
    const changed: Record<string, unknown> = JSON.parse(signed);
    const other: Record<string, unknown> = {
      version: '1.2.4',
      protocolVersion: '9.9',
      dictionaryHash: '00000000',
      deviceSignature: '1E9703',
      sha256: '0'.repeat(64),
      bytes: 701,
    };
    changed[field] = other[field] ?? 'other';
    const text = JSON.stringify(changed);
    expect(() => check(text, trusting(ourKey))).toThrow(failing('FIRMWARE_SIGNATURE', /does not fit/));
    expect(() => check(text, development)).toThrow(failing('FIRMWARE_SIGNATURE', /does not fit/));
  });

  it('with one wrong bit in its signature is refused', () => {
    const manifest = JSON.parse(signed);
    const value = Buffer.from(manifest.signature.value, 'base64');
    value[63] = (value[63] ?? 0) ^ 1;
    manifest.signature.value = value.toString('base64');
    expect(() => check(JSON.stringify(manifest), trusting(ourKey))).toThrow(failing('FIRMWARE_SIGNATURE', /does not fit/));
  });

  it('whose hex is of another release is refused with both hashes', () => {
    const other = Buffer.from(toHex(noise(700, 2)));
    expect(() => check(signed, trusting(ourKey), other)).toThrow(failing('FIRMWARE_HASH', new RegExp(`says ${fields.sha256}$`)));
  });

  it('whose hex is cut off or damaged says so, rather than that the hash differs', () => {
    expect(() => check(signed, trusting(ourKey), hex.subarray(0, 900))).toThrow(failing('FIRMWARE_TRUNCATED', /^fw.hex:\d+: .*cut off/));
    const damaged = Buffer.from(
      hex.toString().replace(/^(:10001000.)./m, '$1Z'.replace('Z', hex.toString().includes(':100010000') ? '1' : '0')),
    );
    expect(() => check(signed, trusting(ourKey), damaged)).toThrow(failing('FIRMWARE_CHECKSUM', /^fw.hex:\d+: checksum/));
  });

  it('that holds nothing, or no manifest at all, is refused', () => {
    expect(() => check(signed, trusting(ourKey), Buffer.from(':00000001FF\n'))).toThrow(failing('FIRMWARE_IMAGE_INVALID', /no program/));
    expect(() => check('hello', development)).toThrow(failing('FIRMWARE_MANIFEST', /not a JSON object/));
    expect(() => check('{"version":"1"}', development)).toThrow(failing('FIRMWARE_MANIFEST', /version: .*sha256: /));
  });

  it.each([
    ['an older protocol', { protocolVersion: `${protocolVersion.major - 1}.0` }, /speaks an older protocol, 1\.0; this letan speaks 2\.0/],
    ['a newer protocol', { protocolVersion: `${protocolVersion.major + 1}.0` }, /speaks a newer protocol/],
    ['other messages under the same number', { dictionaryHash: 'deadbeef' }, /has message dictionary deadbeef, this letan has/],
  ])('that speaks %s is refused', (_, change, detail) => {
    expect(() => check(JSON.stringify({ ...fields, ...change }), development)).toThrow(failing('FIRMWARE_PROTOCOL', detail));
  });
});

it('only an ed25519 key signs, and only the hex that the manifest speaks of', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  expect(() => signManifest(unsigned, 'm', hex, pem(rsa))).toThrow(failing('CONFIG_INVALID', /no ed25519 key/));
  expect(() => signManifest(unsigned, 'm', hex, 'hello')).toThrow(failing('CONFIG_INVALID', /no private key in PEM/));
  expect(() => signManifest(unsigned, 'm', Buffer.from('x'), pem(ours.privateKey))).toThrow(failing('FIRMWARE_HASH', /says/));
});
