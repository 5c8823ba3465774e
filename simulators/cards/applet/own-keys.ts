import { constants, createPublicKey, generateKeyPairSync, type KeyObject, privateEncrypt } from 'node:crypto';
import type { Random } from '../../../src/core/random.ts';
import { concat, randomBytes } from './bytes.ts';
import { digest } from './ciphers.ts';
import { type CurveForm, type EcKey, ecPublicKeyInfo, signSha256 } from './curves.ts';

/** A key that proves by signing a challenge that the chip is no copy (active authentication, ICAO 9303-11, 6.1). */
export type ActiveKey = { kind: 'ecdsa'; key: EcKey } | { kind: 'rsa'; key: KeyObject; bits: number };

/** RSA keys come from the machine's randomness: Node has no seeded generator of them. */
export function drawRsaKey(bits: number): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: 0x10001 }).privateKey;
}

/** SubjectPublicKeyInfo. */
export function publicKeyInfo(active: ActiveKey, form: CurveForm): Uint8Array {
  if (active.kind === 'ecdsa') return ecPublicKeyInfo(active.key, form);
  return Uint8Array.from(createPublicKey(active.key).export({ type: 'spki', format: 'der' }));
}

/**
 * ISO 9796-2, scheme 1, partial recovery: 6A, random, hash of random and challenge, trailer; then raw RSA. SHA-1 with the short
 * trailer BC, as passports have it.
 */
function signRecoverable(key: KeyObject, bits: number, challenge: Uint8Array, random: Random): Uint8Array {
  const hashBytes = 20;
  const recoverable = randomBytes(random, bits / 8 - hashBytes - 2);
  const hash = digest('sha1', recoverable, challenge);
  const block = concat(Uint8Array.of(0x6a), recoverable, hash, Uint8Array.of(0xbc));
  return Uint8Array.from(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block));
}

/** Answer to INTERNAL AUTHENTICATE. ECDSA: r and s side by side, SHA-256, as DG14 says. */
export function proveActive(active: ActiveKey, challenge: Uint8Array, random: Random): Uint8Array {
  if (active.kind === 'ecdsa') return signSha256(active.key, challenge, 'compact');
  return signRecoverable(active.key, active.bits, challenge, random);
}
