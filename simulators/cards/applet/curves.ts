import { brainpoolP256r1 } from '@noble/curves/misc.js';
import { p256 } from '@noble/curves/nist.js';
import type { Random } from '../../../src/core/random.ts';
import { concat, ofBigInt, randomBytes, toBigInt } from './bytes.ts';
import { bitString, integer, octetString, oid, sequence } from './der.ts';

export type CurveName = 'brainpoolP256r1' | 'P-256';

const curves = { brainpoolP256r1, 'P-256': p256 };
const curveOids = { brainpoolP256r1: '1.3.36.3.3.2.8.1.1.7', 'P-256': '1.2.840.10045.3.1.7' };
/** Bytes of a coordinate and of a scalar; both curves have 256 bits. */
const width = 32;

export type Point = (typeof p256)['Point']['BASE'];

export interface EcKey {
  readonly curve: CurveName;
  readonly secret: bigint;
  /** 04, X, Y. */
  readonly publicPoint: Uint8Array;
}

/** A scalar in [1, order): 16 bytes more than needed are drawn, so that the remainder has no bias to speak of. */
export const drawScalar = (random: Random, curve: CurveName): bigint =>
  (toBigInt(randomBytes(random, width + 16)) % (curves[curve].Point.Fn.ORDER - 1n)) + 1n;

export const generator = (curve: CurveName): Point => curves[curve].Point.BASE;

/** Reads 04, X, Y; null unless it is a point of the curve. */
export function readPoint(curve: CurveName, bytes: Uint8Array): Point | null {
  if (bytes.length !== 1 + 2 * width || bytes[0] !== 4) return null;
  try {
    const point = curves[curve].Point.fromBytes(bytes);
    point.assertValidity();
    return point;
  } catch {
    return null;
  }
}

export const pointBytes = (point: Point): Uint8Array => point.toBytes(false);

export const xBytes = (point: Point): Uint8Array => pointBytes(point).slice(1, 1 + width);

export function drawKey(random: Random, curve: CurveName): EcKey {
  const secret = drawScalar(random, curve);
  return { curve, secret, publicPoint: pointBytes(generator(curve).multiply(secret)) };
}

/** Shared secret of ECDH: the X coordinate. */
export const agree = (secret: bigint, other: Point): Uint8Array => xBytes(other.multiply(secret));

/** ECDSA with SHA-256 and a nonce of RFC 6979; `der` for certificates and CMS, `compact` (r, s) for active authentication. */
export const signSha256 = (key: EcKey, message: Uint8Array, format: 'der' | 'compact'): Uint8Array =>
  curves[key.curve].sign(message, ofBigInt(key.secret, width), { prehash: true, lowS: false, format });

/** ICAO 9303-12 asks for explicit domain parameters (SEC 1, C.2) where everybody else writes the curve's name. */
function explicitParameters(curve: CurveName): Uint8Array {
  const { p, a, b, Gx, Gy, n, h } = curves[curve].Point.CURVE();
  const field = (value: bigint) => ofBigInt(value, width);
  return sequence(
    integer(1),
    sequence(oid('1.2.840.10045.1.1'), integer(p)),
    sequence(octetString(field(a)), octetString(field(b))),
    octetString(concat(Uint8Array.of(4), field(Gx), field(Gy))),
    integer(n),
    integer(h),
  );
}

export type CurveForm = 'explicit' | 'named';

/** SubjectPublicKeyInfo. */
export function ecPublicKeyInfo({ curve, publicPoint }: EcKey, form: CurveForm): Uint8Array {
  const parameters = form === 'explicit' ? explicitParameters(curve) : oid(curveOids[curve]);
  return sequence(sequence(oid('1.2.840.10045.2.1'), parameters), bitString(publicPoint));
}
