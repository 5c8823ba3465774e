import { createECDH } from 'node:crypto';
import { brainpoolP256r1, brainpoolP384r1, brainpoolP512r1 } from '@noble/curves/misc.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/core/random.ts';
import { add, type Curve, curveOfParameterId, multiply, newPrivateKey, publicPoint, sharedX } from '../../../src/identity/chip/curves.ts';
import { hex } from './hex.ts';

const known = (id: number): Curve => {
  const curve = curveOfParameterId(id);
  if (!curve) throw new Error(`no curve ${id}`);
  return curve;
};
const noble = [
  [12, p256],
  [13, brainpoolP256r1],
  [15, p384],
  [16, brainpoolP384r1],
  [17, brainpoolP512r1],
  [18, p521],
] as const;

describe.each(noble)('curve %i against another implementation', (id, other) => {
  const curve = known(id);
  const random = new SeededRandom(id);
  const scalar = () => newPrivateKey(curve, random);
  const asInteger = (key: Uint8Array) => BigInt(`0x${hex(key)}`);

  it('has its numbers', () => {
    const { p, n, a, b } = other.Point.CURVE();
    expect([curve.p, asInteger(curve.order), curve.a, curve.b]).toEqual([p, n, a, b]);
  });

  it('multiplies and adds', () => {
    for (let i = 0; i < 3; i++) {
      const [one, two] = [scalar(), scalar()];
      const point = publicPoint(curve, one);
      const expected = other.Point.BASE.multiply(asInteger(one));
      expect(hex(point)).toBe(hex(expected.toBytes(false)));
      const product = expected.multiply(asInteger(two));
      expect(hex(multiply(curve, two, point))).toBe(hex(product.toBytes(false)));
      expect(hex(add(curve, point, publicPoint(curve, two)))).toBe(
        hex(expected.add(other.Point.BASE.multiply(asInteger(two))).toBytes(false)),
      );
    }
  });
});

describe('brainpoolP320r1', () => {
  it('multiplies as OpenSSL does', () => {
    const curve = known(14);
    const random = new SeededRandom(14);
    const [one, two] = [newPrivateKey(curve, random), newPrivateKey(curve, random)];
    const ecdh = createECDH('brainpoolP320r1');
    ecdh.setPrivateKey(two);
    const product = multiply(curve, two, publicPoint(curve, one));
    expect(hex(product?.subarray(1, 41) ?? null)).toBe(hex(ecdh.computeSecret(publicPoint(curve, one))));
    // A whole point is right when it takes part in further arithmetic: OpenSSL refuses what is not on the curve.
    expect(sharedX(curve, one, product ?? Buffer.alloc(0))).not.toBeNull();
  });
});

describe('borders', () => {
  const curve = known(13);
  const scalarOf = (value: number) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');

  it('multiplies by one and by two', () => {
    const base = publicPoint(curve, scalarOf(1));
    expect(hex(multiply(curve, scalarOf(1), base))).toBe(hex(base));
    expect(hex(multiply(curve, scalarOf(2), base))).toBe(hex(publicPoint(curve, scalarOf(2))));
  });

  it('refuses points off the curve and sums that are no point', () => {
    const base = publicPoint(curve, scalarOf(1));
    const off = Buffer.from(base);
    off[64] = (off[64] ?? 0) ^ 1;
    expect(multiply(curve, scalarOf(5), off)).toBeNull();
    expect(sharedX(curve, scalarOf(5), off)).toBeNull();
    expect(add(curve, base, base)).toBeNull();
  });

  it('never throws, whatever a card calls a point', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => multiply(curve, scalarOf(7), noise) === null));
  });

  it('draws keys within the order, and says when the source is stuck', () => {
    const random = new SeededRandom(1);
    const keys = Array.from({ length: 200 }, () => newPrivateKey(curve, random));
    expect(keys.every((key) => key.compare(curve.order) < 0)).toBe(true);
    expect(new Set(keys.map(hex)).size).toBe(200);
    expect(() => newPrivateKey(curve, { next: () => 0 })).toThrow(RangeError);
    expect(() => newPrivateKey(curve, { next: () => 0.999 })).toThrow(RangeError);
  });

  it('knows no curve below 256 bits', () => {
    expect([8, 9, 10, 11, 19].map(curveOfParameterId)).toEqual([null, null, null, null, null]);
  });
});
