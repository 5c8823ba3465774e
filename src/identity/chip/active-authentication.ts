import { constants, createHash, createPublicKey, type KeyObject, publicDecrypt, verify } from 'node:crypto';
import type { CheckResult } from './chip.ts';
import { contentOf, objectId, readTlv } from './der.ts';
import type { SecurityInfo } from './security-infos.ts';

/** Bytes of the challenge (9303-11, 6.1). */
export const challengeBytes = 8;

const activeAuthentication = '2.23.136.1.1.5';
/** ecdsa-plain-* of BSI TR-03111. */
const plainEcdsa: Readonly<Record<string, string>> = {
  '0.4.0.127.0.7.1.1.4.1.1': 'sha1',
  '0.4.0.127.0.7.1.1.4.1.2': 'sha224',
  '0.4.0.127.0.7.1.1.4.1.3': 'sha256',
  '0.4.0.127.0.7.1.1.4.1.4': 'sha384',
  '0.4.0.127.0.7.1.1.4.1.5': 'sha512',
};
/** Trailers of ISO 9796-2: one byte is SHA-1, two name the hash. */
const trailers: Readonly<Record<number, string>> = { 51: 'sha1', 52: 'sha256', 53: 'sha512', 54: 'sha384', 56: 'sha224' };

/** The public key of DG15; null where it is none that we can use. */
export function readDg15(file: Uint8Array): KeyObject | null {
  const key = contentOf(readTlv(file), 0x6f);
  if (!key) return null;
  try {
    const found = createPublicKey({ key: Buffer.from(key), format: 'der', type: 'spki' });
    return found.asymmetricKeyType === 'rsa' || found.asymmetricKeyType === 'ec' ? found : null;
  } catch {
    return null;
  }
}

/** Whether the chip signed our challenge with its own key. `infos`: DG14, which names the hash of ECDSA. */
export function checkChallenge(
  key: KeyObject,
  infos: readonly SecurityInfo[],
  challenge: Uint8Array,
  signature: Uint8Array,
): Extract<CheckResult, 'passed' | 'failed'> {
  try {
    const sound = key.asymmetricKeyType === 'rsa' ? rsaSigned(key, challenge, signature) : ecSigned(key, infos, challenge, signature);
    return sound ? 'passed' : 'failed';
  } catch {
    return 'failed';
  }
}

/** Without a named hash: those in use, since all are sound and none lets a stranger sign. */
function ecSigned(key: KeyObject, infos: readonly SecurityInfo[], challenge: Uint8Array, signature: Uint8Array): boolean {
  const info = infos.find(({ protocol }) => protocol === activeAuthentication);
  const named = plainEcdsa[objectId(info?.optional) ?? ''];
  const hashes = named ? [named] : ['sha256', 'sha1', 'sha384', 'sha512', 'sha224'];
  return hashes.some((hash) => verify(hash, challenge, { key, dsaEncoding: 'ieee-p1363' }, signature));
}

/** ISO 9796-2, scheme 1: 6A, recoverable part, hash of that part and the challenge, trailer. */
function rsaSigned(key: KeyObject, challenge: Uint8Array, signature: Uint8Array): boolean {
  const opened = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  const oneByte = opened.at(-1) === 0xbc;
  const hash = oneByte ? 'sha1' : opened.at(-1) === 0xcc ? trailers[opened.at(-2) ?? 0] : undefined;
  if (opened[0] !== 0x6a || !hash) return false;
  const end = opened.length - (oneByte ? 1 : 2);
  const digestBytes = createHash(hash).digest().length;
  const recovered = opened.subarray(1, end - digestBytes);
  const digest = opened.subarray(end - digestBytes, end);
  return recovered.length > 0 && createHash(hash).update(recovered).update(challenge).digest().equals(digest);
}
