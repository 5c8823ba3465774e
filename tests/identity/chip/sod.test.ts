import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashMatches, readSecurityObject, verifySignature } from '../../../src/identity/chip/sod.ts';
import { checkIssuer, readTrustAnchors } from '../../../src/identity/chip/trust-anchors.ts';
import { verdictOf } from '../../../src/identity/chip/verdict.ts';
import fixture from './signed-by-openssl.json' with { type: 'json' };

const fromBase64 = (text: string) => Buffer.from(text, 'base64');
const dg1 = fromBase64(fixture.dg1);
const objectOf = (sod: Uint8Array) => {
  const object = readSecurityObject(sod);
  if (!object) throw new Error('EF.SOD is not understood');
  return object;
};
const now = Date.parse('2026-06-01T00:00:00Z');
const kinds = Object.entries(fixture.signed);

describe.each(kinds)('EF.SOD signed by OpenSSL: %s', (_, { sod, csca }) => {
  const file = fromBase64(sod);
  const anchors = { certificates: [new X509Certificate(fromBase64(csca))] };

  it('holds', () => {
    const object = objectOf(file);
    expect([...object.groupHashes.keys()]).toEqual([1]);
    expect(hashMatches(object, 1, dg1)).toBe(true);
    const signer = verifySignature(object);
    if (typeof signer === 'string') throw new Error(`the signature is ${signer}`);
    expect(checkIssuer(signer, anchors, now)).toBe('passed');
  });

  it('holds no other data, and no group that it does not list', () => {
    const object = objectOf(file);
    expect(
      hashMatches(
        object,
        1,
        dg1.map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
      ),
    ).toBe(false);
    expect(hashMatches(object, 2, dg1)).toBe(false);
  });

  it('does not hold with any bit of what is signed or of the signature changed', () => {
    const { content, signer } = objectOf(file);
    const places = [content, signer.signature, ...(signer.attributes ? [signer.attributes] : [])];
    for (const [kind, part] of places.entries()) {
      for (const at of [0, part.length >> 1, part.length - 1]) {
        const object = objectOf(file);
        const changed = Buffer.from(part);
        changed[at] = (changed[at] ?? 0) ^ 1;
        const spoiled =
          kind === 0
            ? { ...object, content: changed }
            : { ...object, signer: { ...object.signer, ...(kind === 1 ? { signature: changed } : { attributes: changed }) } };
        expect(verifySignature(spoiled)).toBe('failed');
      }
    }
  });

  it('is not anchored by another authority', () => {
    const signer = verifySignature(objectOf(file));
    if (typeof signer === 'string') throw new Error(`the signature is ${signer}`);
    const others = kinds.filter(([, kind]) => kind.csca !== csca).map(([, kind]) => new X509Certificate(fromBase64(kind.csca)));
    expect(checkIssuer(signer, { certificates: others }, now)).toBe('notDone');
    expect(checkIssuer(signer, null, now)).toBe('notDone');
  });

  it('is not anchored before the certificates begin and after they end', () => {
    const signer = verifySignature(objectOf(file));
    if (typeof signer === 'string') throw new Error(`the signature is ${signer}`);
    const at = (time: string) => checkIssuer(signer, anchors, Date.parse(time));
    expect([at('2019-12-31T23:59:59Z'), at('2020-01-01T00:00:00Z'), at('2045-01-01T00:00:00Z'), at('2045-01-01T00:00:01Z')]).toEqual([
      'notDone',
      'passed',
      'passed',
      'notDone',
    ]);
  });
});

describe('a spoiled EF.SOD', () => {
  const sound = fromBase64(fixture.signed['ec-explicit'].sod);

  it('never throws, and is never taken for sound with other hashes', () => {
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const object = readSecurityObject(sound.map((byte, place) => (place === at ? byte ^ flip : byte)));
        if (object && typeof verifySignature(object) !== 'string') expect(hashMatches(object, 1, dg1)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is null where it is cut off, and for noise', () => {
    for (let length = 0; length < sound.length; length += 7) expect(readSecurityObject(sound.subarray(0, length))).toBeNull();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => readSecurityObject(noise) === null));
  });

  it('without a certificate cannot be verified', () => {
    expect(verifySignature({ ...objectOf(sound), certificates: [] })).toBe('unknown');
  });
});

describe('the folder of authorities', () => {
  const folderWith = (files: Record<string, string | Uint8Array>, use: (folder: string) => void) => {
    const folder = mkdtempSync(join(tmpdir(), 'csca-'));
    try {
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
      use(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const [one, two] = [fromBase64(fixture.signed.rsa.csca), fromBase64(fixture.signed.ec384.csca)];

  it('takes DER and PEM, several in one file, and leaves the rest alone', () => {
    const pem = [one, two].map((der) => new X509Certificate(der).toString()).join('\n');
    folderWith({ 'a.cer': one, 'b.PEM': pem, 'README.txt': 'not one' }, (folder) => {
      expect(readTrustAnchors(folder).certificates).toHaveLength(3);
    });
  });

  it('names what is wrong with it', () => {
    const refused = (folder: string, words: string) => expect(() => readTrustAnchors(folder)).toThrow(words);
    folderWith({}, (folder) => refused(folder, 'holds no CSCA certificate'));
    folderWith({ 'a.der': 'nonsense' }, (folder) => refused(folder, 'a.der is not the certificate of a CSCA'));
    const [signer] = objectOf(fromBase64(fixture.signed.rsa.sod)).certificates;
    folderWith({ 'signer.der': signer?.raw ?? '' }, (folder) => refused(folder, 'signer.der is not the certificate of a CSCA'));
    refused(join(tmpdir(), 'no-such-folder-of-authorities'), 'cannot be read');
  });
});

describe('verdict', () => {
  const passed = {
    access: 'pace',
    hashes: 'passed',
    signature: 'passed',
    issuer: 'passed',
    activeAuthentication: 'passed',
    chipAuthentication: 'passed',
  } as const;

  it.each([
    [{}, 'genuine'],
    [{ activeAuthentication: 'absent' }, 'genuine'],
    [{ chipAuthentication: 'notDone' }, 'genuine'],
    [{ issuer: 'notDone' }, 'intact'],
    [{ activeAuthentication: 'failed' }, 'notAChipOfItsOwn'],
    [{ chipAuthentication: 'failed', issuer: 'notDone' }, 'notAChipOfItsOwn'],
    [{ activeAuthentication: 'absent', chipAuthentication: 'absent' }, 'notAChipOfItsOwn'],
    [{ hashes: 'failed', chipAuthentication: 'failed' }, 'forged'],
    [{ signature: 'failed' }, 'forged'],
    [{ signature: 'notDone' }, 'forged'],
    [{ signature: 'absent', hashes: 'absent', issuer: 'absent' }, 'forged'],
    [{ issuer: 'failed' }, 'forged'],
  ] as const)('with %j is %s', (changed, verdict) => {
    expect(verdictOf({ ...passed, ...changed })).toBe(verdict);
  });
});
