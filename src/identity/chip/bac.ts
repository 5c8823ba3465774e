import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../core/random.ts';
import { command } from './apdu.ts';
import type { Channel } from './card-link.ts';
import type { AccessKey } from './chip.ts';
import { decryptCbc, deriveKey, encryptCbc, keyUse, mac, pad, xorInto } from './ciphers.ts';
import { ChipReadError } from './failure.ts';
import { mrzInformation } from './mrz-key.ts';
import type { SessionKeys } from './secure-messaging.ts';
import type { Shredder } from './shredder.ts';

/** Document keys of basic access control (9303-11, 4.3.2). */
export function documentKeys(key: Extract<AccessKey, { kind: 'mrz' }>): { encryption: Buffer; authentication: Buffer } {
  return keysOf(createHash('sha1').update(mrzInformation(key)).digest().subarray(0, 16));
}

function keysOf(seed: Uint8Array): { encryption: Buffer; authentication: Buffer } {
  return { encryption: deriveKey('3des', seed, keyUse.encrypt), authentication: deriveKey('3des', seed, keyUse.authenticate) };
}

/** EXTERNAL AUTHENTICATE data: 32 bytes of cipher text and 8 of MAC. `challenge`, `own`: 8 bytes each; `keyShare`: 16. */
export function sealChallenge(
  { encryption, authentication }: { encryption: Uint8Array; authentication: Uint8Array },
  own: Uint8Array,
  challenge: Uint8Array,
  keyShare: Uint8Array,
): Buffer {
  const sealed = encryptCbc('3des', encryption, Buffer.concat([own, challenge, keyShare]));
  return Buffer.concat([sealed, mac('3des', authentication, pad(sealed, 8))]);
}

/** Session keys from both key shares; the counter starts with the challenges' ends. */
export function sessionKeysOf(ownShare: Uint8Array, cardShare: Uint8Array, challenge: Uint8Array, own: Uint8Array): SessionKeys {
  const seed = Buffer.from(ownShare);
  xorInto(seed, cardShare);
  const keys = keysOf(seed);
  seed.fill(0);
  return { cipher: '3des', ...keys, counter: Buffer.concat([challenge.subarray(4, 8), own.subarray(4, 8)]) };
}

/** Opens the selected application with the MRZ. Throws `wrongAccessKey` where the card refuses, for which a chip without BAC is one reason. */
export async function openWithBac(
  channel: Channel,
  key: Extract<AccessKey, { kind: 'mrz' }>,
  random: Random,
  shredder: Shredder,
): Promise<SessionKeys> {
  const challenge = await channel.exchange(command(0x00, 0x84, 0, 0, undefined, 8));
  if (challenge.status !== 0x9000 || challenge.data.length !== 8) throw refusal(challenge.status);
  const document = documentKeys(key);
  shredder.keep(document.encryption);
  shredder.keep(document.authentication);
  const [own, keyShare] = [randomBytes(random, 8), shredder.keep(randomBytes(random, 16))];
  const sealed = sealChallenge(document, own, challenge.data, keyShare);
  const answer = await channel.exchange(command(0x00, 0x82, 0, 0, sealed, 40));
  if (answer.status !== 0x9000) throw refusal(answer.status);
  if (answer.data.length !== 40) throw new ChipReadError('protocol', 'BAC answered nonsense');
  const body = answer.data.subarray(0, 32);
  if (!timingSafeEqual(answer.data.subarray(32), mac('3des', document.authentication, pad(body, 8)))) {
    throw new ChipReadError('wrongAccessKey', 'the card has another key');
  }
  const plain = shredder.keep(decryptCbc('3des', document.encryption, body));
  if (!plain.subarray(0, 16).equals(Buffer.concat([challenge.data, own])))
    throw new ChipReadError('protocol', 'BAC answered another challenge');
  const keys = sessionKeysOf(keyShare, plain.subarray(16), challenge.data, own);
  shredder.keep(keys.encryption);
  shredder.keep(keys.authentication);
  return keys;
}

function refusal(status: number): ChipReadError {
  return new ChipReadError('wrongAccessKey', `BAC refused, status ${status.toString(16)}`);
}

/** `length` bytes from the source; each draw gives one. */
export function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random.next() * 256)));
}
