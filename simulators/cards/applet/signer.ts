import { constants, type KeyObject, sign } from 'node:crypto';
import type { Random } from '../../../src/core/random.ts';
import { type CurveForm, drawKey, type EcKey, ecPublicKeyInfo, signSha256 } from './curves.ts';
import { context, integer, nothing, oid, sequence } from './der.ts';
import { drawRsaKey, publicKeyInfo } from './own-keys.ts';

/** Signature schemes of authority and document signer, all with SHA-256. */
export type SignatureScheme = 'brainpoolP256r1' | 'P-256' | 'rsa' | 'rsa-pss';

export interface Signer {
  /** AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  /** SubjectPublicKeyInfo. */
  readonly publicKeyInfo: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

const rsaBits = 2048;
export const sha256Oid = '2.16.840.1.101.3.4.2.1';

/** RFC 4055, 3.1: SHA-256, MGF1 with SHA-256, salt of 32 bytes. */
function pssAlgorithm(): Uint8Array {
  const sha256 = sequence(oid(sha256Oid), nothing());
  const mask = sequence(oid('1.2.840.113549.1.1.8'), sha256);
  return sequence(oid('1.2.840.113549.1.1.10'), sequence(context(0, sha256), context(1, mask), context(2, integer(32))));
}

function rsaSigner(key: KeyObject, scheme: 'rsa' | 'rsa-pss'): Signer {
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return {
    algorithm: scheme === 'rsa' ? sequence(oid('1.2.840.113549.1.1.11'), nothing()) : pssAlgorithm(),
    publicKeyInfo: publicKeyInfo({ kind: 'rsa', key, bits: rsaBits }, 'named'),
    sign: (message) => Uint8Array.from(sign('sha256', message, scheme === 'rsa' ? { key } : { key, ...pss })),
  };
}

const ecSigner = (key: EcKey, form: CurveForm): Signer => ({
  algorithm: sequence(oid('1.2.840.10045.4.3.2')),
  publicKeyInfo: ecPublicKeyInfo(key, form),
  sign: (message) => signSha256(key, message, 'der'),
});

export function drawSigner(random: Random, scheme: SignatureScheme, form: CurveForm): Signer {
  return scheme === 'rsa' || scheme === 'rsa-pss' ? rsaSigner(drawRsaKey(rsaBits), scheme) : ecSigner(drawKey(random, scheme), form);
}
