import type { Random } from '../../../src/core/random.ts';
import { answer, type Response, status } from './apdu.ts';
import { concat, equal, randomBytes, toBigInt } from './bytes.ts';
import { aes128, aesOnce, cmac, digest, keyCounters } from './ciphers.ts';
import { agree, drawScalar, generator, type Point, pointBytes, readPoint } from './curves.ts';
import { oid } from './der.ts';
import { SecureChannel } from './secure-messaging.ts';
import { parseTlvs, tlv } from './tlv.ts';

/** id-PACE-ECDH-GM-AES-CBC-CMAC-128. */
export const paceOid = '0.4.0.127.0.7.2.2.4.2.2';
/** ICAO 9303-11, 9.5.1: standardized domain parameters 13. */
export const paceCurve = 'brainpoolP256r1';
export const paceParameterId = 13;

/** What the password is; `mrz`: document number, birth and expiry date, each with its check digit. */
export type PacePassword = { kind: 'can'; can: string } | { kind: 'mrz'; information: string };

/** Key that encrypts the nonce (ICAO 9303-11, 9.7.3): of the CAN as it is, of the MRZ information hashed. */
export function passwordKey(password: PacePassword): Uint8Array {
  const text = new TextEncoder().encode(password.kind === 'can' ? password.can : password.information);
  return aes128.deriveKey(password.kind === 'can' ? text : digest('sha1', text), keyCounters.password);
}

/** Checksum that proves the session key: over the point of the other side. */
const token = (secret: Uint8Array, other: Point): Uint8Array =>
  cmac(aes128.deriveKey(secret, keyCounters.mac), tlv(0x7f49, oid(paceOid), tlv(0x86, pointBytes(other)))).subarray(0, 8);

const dynamicData = (tag: number, value: Uint8Array) => answer(status.ok, tlv(0x7c, tlv(tag, value)));

type Step =
  | { name: 'nonce' }
  | { name: 'mapping'; nonce: bigint }
  | { name: 'agreement'; base: Point }
  | { name: 'tokens'; own: Point; other: Point; secret: Uint8Array };

export type PaceOutcome =
  | { kind: 'next'; response: Response }
  | { kind: 'opened'; response: Response; channel: SecureChannel }
  | { kind: 'wrongPassword' }
  | { kind: 'refused'; status: number };

const refused = (word: number): PaceOutcome => ({ kind: 'refused', status: word });

/** The card's side of one run of PACE with generic mapping: four GENERAL AUTHENTICATE (ICAO 9303-11, 4.4.4). */
export class PaceRun {
  private readonly key: Uint8Array;
  private readonly random: Random;
  private step: Step = { name: 'nonce' };

  constructor(password: PacePassword, random: Random) {
    this.key = passwordKey(password);
    this.random = random;
  }

  /** `data`: dynamic authentication data, 7C. */
  advance(data: Uint8Array): PaceOutcome {
    const outer = parseTlvs(data);
    if (outer?.length !== 1 || outer[0]?.tag !== 0x7c) return refused(status.wrongData);
    const [object] = parseTlvs(outer[0].value) ?? [];
    const value = (tag: number) => (object?.tag === tag ? object.value : new Uint8Array());
    switch (this.step.name) {
      case 'nonce':
        return object === undefined ? this.giveNonce() : refused(status.wrongData);
      case 'mapping':
        return this.map(this.step.nonce, value(0x81));
      case 'agreement':
        return this.agree(this.step.base, value(0x83));
      case 'tokens':
        return this.compare(this.step, value(0x85));
    }
  }

  private giveNonce(): PaceOutcome {
    const nonce = randomBytes(this.random, 16);
    this.step = { name: 'mapping', nonce: toBigInt(nonce) };
    return { kind: 'next', response: dynamicData(0x80, aesOnce(this.key, nonce)) };
  }

  /** Another generator for this run alone: nonce * G + shared point. */
  private map(nonce: bigint, bytes: Uint8Array): PaceOutcome {
    const other = readPoint(paceCurve, bytes);
    if (other === null) return refused(status.wrongData);
    const secret = drawScalar(this.random, paceCurve);
    this.step = { name: 'agreement', base: generator(paceCurve).multiply(nonce).add(other.multiply(secret)) };
    return { kind: 'next', response: dynamicData(0x82, pointBytes(generator(paceCurve).multiply(secret))) };
  }

  private agree(base: Point, bytes: Uint8Array): PaceOutcome {
    const other = readPoint(paceCurve, bytes);
    if (other === null) return refused(status.wrongData);
    const secret = drawScalar(this.random, paceCurve);
    const own = base.multiply(secret);
    if (equal(pointBytes(own), bytes)) return refused(status.wrongData);
    this.step = { name: 'tokens', own, other, secret: agree(secret, other) };
    return { kind: 'next', response: dynamicData(0x84, pointBytes(own)) };
  }

  private compare({ own, other, secret }: { own: Point; other: Point; secret: Uint8Array }, bytes: Uint8Array): PaceOutcome {
    if (!equal(bytes, token(secret, own))) return { kind: 'wrongPassword' };
    const response = dynamicData(0x86, concat(token(secret, other)));
    return { kind: 'opened', response, channel: new SecureChannel(aes128, secret) };
  }
}
