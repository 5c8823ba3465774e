import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../core/random.ts';
import { command, type Response } from './apdu.ts';
import type { Channel } from './card-link.ts';
import type { AccessKey } from './chip.ts';
import { blockBytes, type CipherName, decryptCbc, deriveKey, keyUse, mac, pad } from './ciphers.ts';
import { add, type Curve, curveOfParameterId, multiply, newPrivateKey, publicPoint, sharedX } from './curves.ts';
import { encodeObjectId, find, tlv } from './der.ts';
import { ChipReadError } from './failure.ts';
import { mrzInformation } from './mrz-key.ts';
import type { SessionKeys } from './secure-messaging.ts';
import type { SecurityInfo } from './security-infos.ts';
import type { Shredder } from './shredder.ts';

/** id-PACE-ECDH-GM-*: elliptic curves with the generic mapping. */
const genericMapping: Readonly<Record<string, CipherName>> = {
  '0.4.0.127.0.7.2.2.4.2.1': '3des',
  '0.4.0.127.0.7.2.2.4.2.2': 'aes128',
  '0.4.0.127.0.7.2.2.4.2.3': 'aes192',
  '0.4.0.127.0.7.2.2.4.2.4': 'aes256',
};
const anyPace = '0.4.0.127.0.7.2.2.4.';

export interface PaceSuite {
  protocol: string;
  cipher: CipherName;
  curve: Curve;
  parameterId: number;
  /** The card offers the protocol with several curves: the command has to name one. */
  ambiguous: boolean;
}

/** True where the card offers PACE in any form. */
export function offersPace(infos: readonly SecurityInfo[]): boolean {
  return infos.some((info) => info.protocol.startsWith(anyPace));
}

/** The strongest suite of the card that we speak, AES before triple DES; null where there is none. */
export function choosePace(infos: readonly SecurityInfo[]): PaceSuite | null {
  const suites = infos.flatMap(({ protocol, optional }): PaceSuite[] => {
    const cipher = genericMapping[protocol];
    const parameterId = optional?.tag === 0x02 ? (optional.value[0] ?? 0) : 0;
    const curve = curveOfParameterId(parameterId);
    const ambiguous = infos.filter((other) => other.protocol === protocol).length > 1;
    return cipher && curve ? [{ protocol, cipher, curve, parameterId, ambiguous }] : [];
  });
  return suites.sort((left, right) => right.protocol.localeCompare(left.protocol))[0] ?? null;
}

/** K_pi, the key of a password (9303-11, 9.7.3): the card access number itself, or the hash of the MRZ's key fields. */
export function passwordKey(cipher: CipherName, key: AccessKey): Buffer {
  const secret = key.kind === 'can' ? Buffer.from(key.can, 'ascii') : createHash('sha1').update(mrzInformation(key)).digest();
  return deriveKey(cipher, secret, keyUse.password);
}

/** The generic mapping (9303-11, 4.4.3.3.1): G' = s * G + H with H = `privateKey` * `cardPoint`. Null for a bad point. */
export function mapGenerator(curve: Curve, nonce: Uint8Array, privateKey: Uint8Array, cardPoint: Uint8Array): Buffer | null {
  const shared = multiply(curve, privateKey, cardPoint);
  const scalar = Buffer.alloc(curve.fieldBytes);
  scalar.set(nonce, scalar.length - nonce.length);
  if (!shared || nonce.every((byte) => byte === 0)) return null;
  const mapped = add(curve, publicPoint(curve, scalar), shared);
  scalar.fill(0);
  shared.fill(0);
  return mapped;
}

/** Session keys of a shared secret; the counter starts at zero. */
export function sessionKeys(cipher: CipherName, secret: Uint8Array): SessionKeys {
  return {
    cipher,
    encryption: deriveKey(cipher, secret, keyUse.encrypt),
    authentication: deriveKey(cipher, secret, keyUse.authenticate),
    counter: Buffer.alloc(blockBytes(cipher)),
  };
}

/** Authentication token over the other side's public point (9303-11, 4.4.3.4). */
export function authenticationToken(protocol: string, keys: SessionKeys, point: Uint8Array): Buffer {
  const data = tlv(0x7f49, encodeObjectId(protocol), tlv(0x86, point));
  return mac(keys.cipher, keys.authentication, keys.cipher === '3des' ? pad(data, 8) : data);
}

/** Opens the chip with its password. Throws `wrongAccessKey` where the card refuses it. */
export async function openWithPace(
  channel: Channel,
  suite: PaceSuite,
  key: AccessKey,
  random: Random,
  shredder: Shredder,
): Promise<SessionKeys> {
  const { protocol, cipher, curve } = suite;
  await selectPassword(channel, suite, key);
  const sealedNonce = await step(channel, 0x10, tlv(0x7c), 0x80);
  if (sealedNonce.length % blockBytes(cipher) !== 0 || sealedNonce.length > curve.fieldBytes) throw nonsense();
  const nonce = shredder.keep(decryptCbc(cipher, shredder.keep(passwordKey(cipher, key)), sealedNonce));

  const mapping = shredder.keep(newPrivateKey(curve, random));
  const cardMapping = await step(channel, 0x10, tlv(0x7c, tlv(0x81, publicPoint(curve, mapping))), 0x82);
  const generator = isPoint(curve, cardMapping) ? mapGenerator(curve, nonce, mapping, cardMapping) : null;
  if (!generator) throw nonsense();
  shredder.keep(generator);

  const ephemeral = shredder.keep(newPrivateKey(curve, random));
  const ownPoint = multiply(curve, ephemeral, generator);
  if (!ownPoint) throw nonsense();
  const cardPoint = await step(channel, 0x10, tlv(0x7c, tlv(0x83, ownPoint)), 0x84);
  const secret = isPoint(curve, cardPoint) && !ownPoint.equals(cardPoint) ? sharedX(curve, ephemeral, cardPoint) : null;
  if (!secret) throw nonsense();

  const keys = sessionKeys(cipher, shredder.keep(secret));
  shredder.keep(keys.encryption);
  shredder.keep(keys.authentication);
  const token = tlv(0x7c, tlv(0x85, authenticationToken(protocol, keys, cardPoint)));
  const cardToken = await step(channel, 0x00, token, 0x86, 'wrongAccessKey');
  const expected = authenticationToken(protocol, keys, ownPoint);
  if (cardToken.length !== 8 || !timingSafeEqual(cardToken, expected))
    throw new ChipReadError('wrongAccessKey', 'the card has another key');
  return keys;
}

/** MSE:Set AT with protocol and password (1 MRZ, 2 CAN); 63Cx, few tries left, is no refusal. */
async function selectPassword(channel: Channel, suite: PaceSuite, key: AccessKey): Promise<void> {
  const objects = [tlv(0x80, encodeObjectId(suite.protocol).subarray(2)), tlv(0x83, Uint8Array.of(key.kind === 'can' ? 2 : 1))];
  if (suite.ambiguous) objects.push(tlv(0x84, Uint8Array.of(suite.parameterId)));
  const { status } = await channel.exchange(command(0x00, 0x22, 0xc1, 0xa4, Buffer.concat(objects)));
  if (status !== 0x9000 && status >> 4 !== 0x63c) throw refusal(status, 'protocol');
}

/** One GENERAL AUTHENTICATE; the answer's object with that tag. */
async function step(
  channel: Channel,
  cla: number,
  data: Uint8Array,
  tag: number,
  refused: 'protocol' | 'wrongAccessKey' = 'protocol',
): Promise<Uint8Array> {
  const response: Response = await channel.exchange(command(cla, 0x86, 0, 0, data, 256));
  if (response.status !== 0x9000) throw refusal(response.status, refused);
  const value = find(response.data, 0x7c, tag);
  if (!value) throw nonsense();
  return value;
}

/** 6300 and 63Cx: authentication failed; 6982, 6983, 6985: blocked or delayed after too many tries. */
function refusal(status: number, otherwise: 'protocol' | 'wrongAccessKey'): ChipReadError {
  const wrongKey = status >> 8 === 0x63 || [0x6982, 0x6983, 0x6985].includes(status);
  return new ChipReadError(wrongKey ? 'wrongAccessKey' : otherwise, `PACE refused, status ${status.toString(16)}`);
}

function isPoint(curve: Curve, point: Uint8Array): boolean {
  return point.length === 1 + 2 * curve.fieldBytes && point[0] === 4;
}

function nonsense(): ChipReadError {
  return new ChipReadError('protocol', 'PACE answered nonsense');
}
