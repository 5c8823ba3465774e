import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { command, decodeResponse, encodeCommand } from '../../../src/identity/chip/apdu.ts';
import { documentKeys, openWithBac, sealChallenge, sessionKeysOf } from '../../../src/identity/chip/bac.ts';
import { CardLink } from '../../../src/identity/chip/card-link.ts';
import { decryptCbc, deriveKey } from '../../../src/identity/chip/ciphers.ts';
import { curveOfParameterId, multiply, publicPoint, sharedX } from '../../../src/identity/chip/curves.ts';
import { mrzInformation } from '../../../src/identity/chip/mrz-key.ts';
import { authenticationToken, choosePace, mapGenerator, openWithPace, passwordKey, sessionKeys } from '../../../src/identity/chip/pace.ts';
import { SecureMessaging } from '../../../src/identity/chip/secure-messaging.ts';
import { securityInfos } from '../../../src/identity/chip/security-infos.ts';
import { Shredder } from '../../../src/identity/chip/shredder.ts';
import { bytes, hex } from './hex.ts';
import vectors from './icao-9303-11.json' with { type: 'json' };
import { cardAnswering, scriptedRandom } from './scripted-card.ts';

const { bac, pace, secureMessaging3des: messages } = vectors;
const bacKey = { kind: 'mrz', documentNumber: 'L898902C', birthDate: '690806', expiryDate: '940623' } as const;
const paceKey = { kind: 'mrz', documentNumber: 'T22000129', birthDate: '640812', expiryDate: '101031' } as const;

describe('basic access control, appendix D.2 and D.3', () => {
  it('derives the document keys from the MRZ', () => {
    expect(mrzInformation(bacKey).toString()).toBe(bac.mrzInformation_ascii);
    expect(hex(documentKeys(bacKey).encryption)).toBe(bac.kEnc);
    expect(hex(documentKeys(bacKey).authentication)).toBe(bac.kMac);
  });

  it('seals the challenge', () => {
    const sealed = sealChallenge(documentKeys(bacKey), bytes(bac.rndIfd), bytes(bac.rndIcc), bytes(bac.kIfd));
    expect(hex(sealed)).toBe(bac.eIfd + bac.mIfd);
    expect(hex(decryptCbc('3des', documentKeys(bacKey).encryption, bytes(bac.eIcc)))).toBe(bac.r);
  });

  it('agrees on the session keys and the counter', () => {
    const keys = sessionKeysOf(bytes(bac.kIfd), bytes(bac.kIcc), bytes(bac.rndIcc), bytes(bac.rndIfd));
    expect([hex(keys.encryption), hex(keys.authentication), hex(keys.counter)]).toEqual([bac.ksEnc, bac.ksMac, bac.ssc]);
  });

  it('runs with a card', async () => {
    const card = cardAnswering(`${bac.rndIcc}9000`, `${bac.eIcc}${bac.mIcc}9000`);
    const random = scriptedRandom(bytes(bac.rndIfd), bytes(bac.kIfd));
    const keys = await openWithBac(new CardLink(card, new SimulatedClock()), bacKey, random, new Shredder());
    expect(card.commands).toEqual(['0084000008', `0082000028${bac.eIfd}${bac.mIfd}28`]);
    expect(hex(keys.encryption)).toBe(bac.ksEnc);
  });
});

describe('secure messaging with triple DES, appendix D.4', () => {
  it('protects and opens the three exchanges of the example', () => {
    const messaging = new SecureMessaging({
      cipher: '3des',
      encryption: bytes(bac.ksEnc),
      authentication: bytes(bac.ksMac),
      counter: bytes(bac.ssc),
    });
    const open = (response: string) => messaging.unprotect(decodeResponse(bytes(response)) ?? { data: bytes(''), status: 0 });

    const select = messaging.protect(command(0x00, 0xa4, 0x02, 0x0c, bytes('011E')));
    expect(hex(encodeCommand(select))).toBe(messages.selectEfCom.protected);
    expect(open(messages.selectEfCom.response)).toEqual({ data: new Uint8Array(0), status: 0x9000 });

    const first = messaging.protect(command(0x00, 0xb0, 0, 0, undefined, 4));
    expect(hex(encodeCommand(first))).toBe(messages.readFirst4.protected);
    expect(hex(open(messages.readFirst4.response)?.data ?? null)).toBe(messages.readFirst4.data);

    const next = messaging.protect(command(0x00, 0xb0, 0, 4, undefined, 18));
    expect(hex(next.data.subarray(-8))).toBe(messages.readNext18.mac);
    expect(hex(open(messages.readNext18.response)?.data ?? null)).toBe(messages.readNext18.data);
  });
});

describe('PACE with generic mapping, appendix G.1', () => {
  const curve = curveOfParameterId(13);
  if (!curve) throw new Error('brainpoolP256r1 is missing');
  const [suite] = [choosePace(securityInfos(bytes(vectors.cardAccess)))];
  if (!suite) throw new Error('the sample offers PACE');

  it('derives the password key from the MRZ', () => {
    expect(mrzInformation(paceKey).toString()).toBe(pace.mrzInformation_ascii);
    expect(hex(createHash('sha1').update(mrzInformation(paceKey)).digest())).toBe(pace.kSha1);
    expect(hex(passwordKey('aes128', paceKey))).toBe(pace.kPi);
    expect(hex(decryptCbc('aes128', bytes(pace.kPi), bytes(pace.z)))).toBe(pace.s);
  });

  it('derives the password key from a card access number as its text', () => {
    const digest = createHash('sha1')
      .update(Buffer.concat([Buffer.from('012345'), bytes('00000003')]))
      .digest();
    expect(hex(passwordKey('aes128', { kind: 'can', can: '012345' }))).toBe(hex(digest.subarray(0, 16)));
  });

  it('maps the generator', () => {
    expect(hex(publicPoint(curve, bytes(pace.mapPrivPcd)))).toBe(pace.mapPubPcd);
    expect(hex(multiply(curve, bytes(pace.mapPrivPcd), bytes(pace.mapPubPicc)))).toBe(pace.h);
    expect(hex(mapGenerator(curve, bytes(pace.s), bytes(pace.mapPrivPcd), bytes(pace.mapPubPicc)))).toBe(pace.mappedGenerator);
  });

  it('agrees on the session keys', () => {
    expect(hex(multiply(curve, bytes(pace.ephPrivPcd), bytes(pace.mappedGenerator)))).toBe(pace.ephPubPcd);
    expect(hex(sharedX(curve, bytes(pace.ephPrivPcd), bytes(pace.ephPubPicc)))).toBe(pace.sharedSecretX);
    const keys = sessionKeys('aes128', bytes(pace.sharedSecretX));
    expect([hex(keys.encryption), hex(keys.authentication)]).toEqual([pace.ksEnc, pace.ksMac]);
    expect(hex(authenticationToken(suite.protocol, keys, bytes(pace.ephPubPicc)))).toBe(pace.tIfd);
    expect(hex(authenticationToken(suite.protocol, keys, bytes(pace.ephPubPcd)))).toBe(pace.tIcc);
    expect(hex(deriveKey('aes128', bytes(pace.sharedSecretX), 1))).toBe(pace.ksEnc);
  });

  const answers = [
    '9000',
    `7C128010${pace.z}9000`,
    `7C438241${pace.mapPubPicc}9000`,
    `7C438441${pace.ephPubPicc}9000`,
    `7C0A8608${pace.tIcc}9000`,
  ];
  const open = (card: ReturnType<typeof cardAnswering>) =>
    openWithPace(
      new CardLink(card, new SimulatedClock()),
      suite,
      paceKey,
      scriptedRandom(bytes(pace.mapPrivPcd), bytes(pace.ephPrivPcd)),
      new Shredder(),
    );

  it('runs with a card, command by command', async () => {
    const card = cardAnswering(...answers);
    const keys = await open(card);
    expect(card.commands).toEqual([
      '0022C1A40F800A04007F00070202040202830101',
      '10860000027C0000',
      `10860000457C438141${pace.mapPubPcd}00`,
      `10860000457C438341${pace.ephPubPcd}00`,
      `008600000C7C0A8508${pace.tIfd}00`,
    ]);
    expect([hex(keys.encryption), hex(keys.authentication), hex(keys.counter)]).toEqual([pace.ksEnc, pace.ksMac, '00'.repeat(16)]);
  });

  it('names the card access number as the password of the citizen card', async () => {
    const card = cardAnswering('6A80');
    const key = { kind: 'can', can: '012345' } as const;
    await expect(openWithPace(new CardLink(card, new SimulatedClock()), suite, key, { next: () => 0.5 }, new Shredder())).rejects.toThrow();
    expect(card.commands).toEqual(['0022C1A40F800A04007F00070202040202830102']);
  });

  it.each([
    ['the card refuses our token', 4, '6300', 'wrongAccessKey'],
    ['the card has few tries left', 4, '63C1', 'wrongAccessKey'],
    ['the card is blocked', 0, '6983', 'wrongAccessKey'],
    ['the token of the card is another', 4, '7C0A860800000000000000009000', 'wrongAccessKey'],
    ['the mapping point is off the curve', 2, `7C438241${pace.mapPubPicc.slice(0, -2)}00${'9000'}`, 'protocol'],
    ['the card sends our own point back', 3, `7C438441${pace.ephPubPcd}9000`, 'protocol'],
    ['the nonce is too short', 1, '7C048002AABB9000', 'protocol'],
    ['an answer is empty', 2, '9000', 'protocol'],
  ])('stops where %s', async (_, at, answer, failure) => {
    await expect(open(cardAnswering(...answers.with(at, answer)))).rejects.toMatchObject({ failure });
  });
});
