import { createECDH } from 'node:crypto';
import type { Random } from '../../core/random.ts';
import { contentOf, find, objectId, readTlv, type Tlv } from './der.ts';

/** A curve y^2 = x^3 + ax + b over a prime field, of cofactor 1. Points are uncompressed: 04, x, y. */
export interface Curve {
  /** OpenSSL's name. */
  name: string;
  fieldBytes: number;
  p: bigint;
  a: bigint;
  b: bigint;
  order: Buffer;
}

/** Curves by their standardised domain parameters (9303-11, table 9.5.1). The 192- and 224-bit ones are below today's strength. */
export function curveOfParameterId(id: number): Curve | null {
  return byParameterId.get(id) ?? null;
}

const curve = (name: string, fieldBytes: number, p: string, a: string, b: string, order: string): Curve => ({
  name,
  fieldBytes,
  p: BigInt(`0x${p}`),
  a: BigInt(`0x${a}`),
  b: BigInt(`0x${b}`),
  order: Buffer.from(order.padStart(fieldBytes * 2, '0'), 'hex'),
});

/** Numbers from SEC 2 and RFC 5639. */
const byParameterId: ReadonlyMap<number, Curve> = new Map([
  [
    12,
    curve(
      'prime256v1',
      32,
      'ffffffff00000001000000000000000000000000ffffffffffffffffffffffff',
      'ffffffff00000001000000000000000000000000fffffffffffffffffffffffc',
      '5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b',
      'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
    ),
  ],
  [
    13,
    curve(
      'brainpoolP256r1',
      32,
      'a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377',
      '7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9',
      '26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6',
      'a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7',
    ),
  ],
  [
    14,
    curve(
      'brainpoolP320r1',
      40,
      'd35e472036bc4fb7e13c785ed201e065f98fcfa6f6f40def4f92b9ec7893ec28fcd412b1f1b32e27',
      '3ee30b568fbab0f883ccebd46d3f3bb8a2a73513f5eb79da66190eb085ffa9f492f375a97d860eb4',
      '520883949dfdbc42d3ad198640688a6fe13f41349554b49acc31dccd884539816f5eb4ac8fb1f1a6',
      'd35e472036bc4fb7e13c785ed201e065f98fcfa5b68f12a32d482ec7ee8658e98691555b44c59311',
    ),
  ],
  [
    15,
    curve(
      'secp384r1',
      48,
      'fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff',
      'fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc',
      'b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef',
      'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
    ),
  ],
  [
    16,
    curve(
      'brainpoolP384r1',
      48,
      '8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53',
      '7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826',
      '4a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11',
      '8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565',
    ),
  ],
  [
    17,
    curve(
      'brainpoolP512r1',
      64,
      'aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3',
      '7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca',
      '3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723',
      'aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069',
    ),
  ],
  [
    18,
    curve(
      'secp521r1',
      66,
      '1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      '1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc',
      '51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00',
      '1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
    ),
  ],
]);

const parameterIdOfOid: Readonly<Record<string, number>> = {
  '1.2.840.10045.3.1.7': 12,
  '1.3.36.3.3.2.8.1.1.7': 13,
  '1.3.36.3.3.2.8.1.1.9': 14,
  '1.3.132.0.34': 15,
  '1.3.36.3.3.2.8.1.1.11': 16,
  '1.3.36.3.3.2.8.1.1.13': 17,
  '1.3.132.0.35': 18,
};

/** Curve and point of a SubjectPublicKeyInfo whose curve is named or, as ICAO asks, written out; null for any other key. */
export function publicPointOf(subjectPublicKeyInfo: Tlv): { curve: Curve; point: Uint8Array } | null {
  const algorithm = find(subjectPublicKeyInfo.whole, 0x30, 0x30);
  const bits = find(subjectPublicKeyInfo.whole, 0x30, 0x03);
  const parameters = algorithm && readTlv(algorithm.subarray(readTlv(algorithm)?.whole.length ?? algorithm.length));
  const found = parameters && curveOf(parameters);
  if (!found || bits?.length !== 2 + 2 * found.fieldBytes || bits[0] !== 0) return null;
  return { curve: found, point: bits.subarray(1) };
}

function curveOf(parameters: Tlv): Curve | null {
  if (parameters.tag === 0x06) return curveOfParameterId(parameterIdOfOid[objectId(parameters) ?? ''] ?? 0);
  if (parameters.tag === 0x02) return curveOfParameterId(Number(contentOf(parameters, 0x02)?.[0] ?? 0));
  const prime = find(parameters.whole, 0x30, 0x30, 0x02);
  const p = prime ? toInteger(prime) : 0n;
  return [...byParameterId.values()].find((known) => known.p === p) ?? null;
}

/** A private key, uniform in 1 ... order - 2, so that its successor is one as well. */
export function newPrivateKey({ order }: Curve, random: Random): Buffer {
  const key = Buffer.alloc(order.length);
  const topMask = order[0] === 0x01 ? 0x01 : 0xff;
  // A draw fits with a chance above one half: 256 misfits mean that the source is no random one.
  for (let draws = 0; draws < 256; draws++) {
    for (let at = 0; at < key.length; at++) key[at] = Math.floor(random.next() * 256);
    key[0] = (key[0] ?? 0) & topMask;
    if (key.some((byte) => byte !== 0) && key.compare(order) < 0 && successor(key).compare(order) < 0) return key;
  }
  throw new RangeError('the source of randomness gives no usable key');
}

/** Public point of a private key. */
export function publicPoint({ name }: Curve, privateKey: Uint8Array): Buffer {
  const ecdh = createECDH(name);
  ecdh.setPrivateKey(privateKey);
  return ecdh.getPublicKey();
}

/** x of `privateKey * point`, padded to the field's length; null where the point is not on the curve. */
export function sharedX({ name }: Curve, privateKey: Uint8Array, point: Uint8Array): Buffer | null {
  try {
    const ecdh = createECDH(name);
    ecdh.setPrivateKey(privateKey);
    return ecdh.computeSecret(point);
  } catch {
    return null;
  }
}

/**
 * `privateKey * point` as a whole point, by OpenSSL's arithmetic, which gives x alone: y follows from the x of the next multiple
 * (Brier and Joye, "Weierstraß Elliptic Curves and Side-Channel Attacks", PKC 2002). Twenty times cheaper than arithmetic in JavaScript.
 * Null where the point is not on the curve.
 */
export function multiply(on: Curve, privateKey: Uint8Array, point: Uint8Array): Buffer | null {
  const next = successor(privateKey);
  const first = sharedX(on, privateKey, point);
  const second = sharedX(on, next, point);
  next.fill(0);
  if (!first || !second) return null;
  const { p, a, b } = on;
  const { x, y } = coordinates(on, point);
  const [x1, x2] = [toInteger(first), toInteger(second)];
  const numerator = 2n * b + (a + x * x1) * (x + x1) - x2 * (x - x1) ** 2n;
  return toPoint(on, x1, numerator * inverse(2n * y, p));
}

/** Sum of two points of different x; null where they have the same. */
export function add(on: Curve, left: Uint8Array, right: Uint8Array): Buffer | null {
  const [one, two] = [coordinates(on, left), coordinates(on, right)];
  if (one.x === two.x) return null;
  const slope = modulo((two.y - one.y) * inverse(two.x - one.x, on.p), on.p);
  const x = modulo(slope * slope - one.x - two.x, on.p);
  return toPoint(on, x, slope * (one.x - x) - one.y);
}

function coordinates({ fieldBytes }: Curve, point: Uint8Array): { x: bigint; y: bigint } {
  return { x: toInteger(point.subarray(1, 1 + fieldBytes)), y: toInteger(point.subarray(1 + fieldBytes)) };
}

function toPoint({ fieldBytes, p }: Curve, x: bigint, y: bigint): Buffer {
  const hex = (value: bigint) =>
    modulo(value, p)
      .toString(16)
      .padStart(fieldBytes * 2, '0');
  return Buffer.from(`04${hex(x)}${hex(y)}`, 'hex');
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
}

function modulo(value: bigint, p: bigint): bigint {
  const rest = value % p;
  return rest < 0n ? rest + p : rest;
}

/** Extended Euclid; `value` is no multiple of `p`. */
function inverse(value: bigint, p: bigint): bigint {
  let [old, rest] = [modulo(value, p), p];
  let [oldFactor, factor] = [1n, 0n];
  while (rest !== 0n) {
    const quotient = old / rest;
    [old, rest] = [rest, old - quotient * rest];
    [oldFactor, factor] = [factor, oldFactor - quotient * factor];
  }
  return oldFactor;
}

function successor(key: Uint8Array): Buffer {
  const next = Buffer.from(key);
  for (let at = next.length - 1; at >= 0; at--) {
    next[at] = ((next[at] ?? 0) + 1) & 0xff;
    if (next[at] !== 0) break;
  }
  return next;
}
