import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyMatrix,
  doubtOf,
  fitTouch,
  roundMatrix,
  shareOf,
  type TouchMatrix,
  udevRule,
} from '../../../hardware/touchscreen/calibration.ts';

const screen = { widthPx: 1920, heightPx: 1080 };
const targets = [
  { x: 0.1, y: 0.1 },
  { x: 0.9, y: 0.1 },
  { x: 0.9, y: 0.9 },
  { x: 0.1, y: 0.9 },
  { x: 0.5, y: 0.5 },
];
/** What a panel reports that maps the glass to its own shares by `panel`. */
const touchedBy = (panel: (p: { x: number; y: number }) => { x: number; y: number }) =>
  targets.map((target) => ({ target, touched: panel(target) }));
const close = (matrix: TouchMatrix, expected: readonly number[], digits = 9) =>
  matrix.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] ?? Number.NaN, digits);
  });

describe('fitTouch', () => {
  it.each([
    ['a panel as it should be', (p: { x: number; y: number }) => p, [1, 0, 0, 0, 1, 0]],
    // The matrices that libinput's documentation gives for turned devices.
    ['turned by 90 degrees', ({ x, y }: { x: number; y: number }) => ({ x: y, y: 1 - x }), [0, -1, 1, 1, 0, 0]],
    ['turned by 180 degrees', ({ x, y }: { x: number; y: number }) => ({ x: 1 - x, y: 1 - y }), [-1, 0, 1, 0, -1, 1]],
    ['turned by 270 degrees', ({ x, y }: { x: number; y: number }) => ({ x: 1 - y, y: x }), [0, 1, 0, -1, 0, 1]],
    ['mirrored', ({ x, y }: { x: number; y: number }) => ({ x: 1 - x, y }), [-1, 0, 1, 0, 1, 0]],
    [
      'larger than the picture and moved',
      ({ x, y }: { x: number; y: number }) => ({ x: 0.05 + 0.9 * x, y: 0.1 + 0.8 * y }),
      [1 / 0.9, 0, -0.05 / 0.9, 0, 1.25, -0.125],
    ],
  ] as const)('%s', (_, panel, matrix) => {
    const fit = fitTouch(touchedBy(panel), screen);
    close(fit.matrix, matrix);
    expect(fit.residualPx).toBeLessThan(1e-9);
    expect(doubtOf(fit, screen)).toBeNull();
  });

  it('golden: one corner of five touched 10 px too far right, by hand', () => {
    // Corners at ±0.4 of the middle, the last touch off by δ = 10/1920 in x: byX = 1 − δ·0.4/(4·0.16+δ·0.8+…) to first order.
    const delta = 10 / 1920;
    const points = targets.map((target, index) => ({ target, touched: index === 2 ? { x: target.x + delta, y: target.y } : target }));
    const fit = fitTouch(points, screen);
    const [a, b, c, d, e, f] = fit.matrix;
    expect(a).toBeCloseTo(1 - (0.4 * delta) / 0.64, 4);
    expect(b).toBeCloseTo((-0.4 * delta) / 0.64, 4);
    expect(c).toBeCloseTo(0.5 - (a + b) * 0.5 - (a * delta) / 5, 9);
    expect([d, e, f].map((value) => Math.round(value * 1e4) / 1e4 + 0)).toEqual([0, 1, 0]);
    // Of 10 px, the hat matrix leaves 1 − (1/5 + 2·0.16/0.64) = 30 % at that corner.
    expect(fit.residualsPx[2]).toBeCloseTo(3, 1);
    expect(fit.residualPx).toBeCloseTo(Math.sqrt((0.3 * 100) / 5), 1);
  });

  const panel = fc.record({
    angle: fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }),
    scaleX: fc.double({ min: 0.6, max: 1.6, noNaN: true }),
    scaleY: fc.double({ min: 0.6, max: 1.6, noNaN: true }),
    flip: fc.boolean(),
    moveX: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    moveY: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  });
  it('any turned, mirrored, stretched and moved panel is set right, to a billionth', () => {
    fc.assert(
      fc.property(panel, ({ angle, scaleX, scaleY, flip, moveX, moveY }) => {
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        const touched = ({ x, y }: { x: number; y: number }) => ({
          x: (flip ? -1 : 1) * scaleX * (cos * x - sin * y) + moveX,
          y: scaleY * (sin * x + cos * y) + moveY,
        });
        const fit = fitTouch(touchedBy(touched), screen);
        for (const point of [
          { x: 0, y: 0 },
          { x: 1, y: 0.3 },
          { x: 0.2, y: 0.9 },
        ]) {
          const seen = applyMatrix(fit.matrix, touched(point));
          expect(Math.hypot(seen.x - point.x, seen.y - point.y)).toBeLessThan(1e-9);
        }
        expect(doubtOf(fit, screen)).toBeNull();
      }),
    );
  });

  it('no other map near it fits better', () => {
    const noise = fc.array(fc.double({ min: -0.01, max: 0.01, noNaN: true }), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(noise, fc.integer({ min: 0, max: 5 }), (off, which) => {
        const points = targets.map((target, at) => ({
          target,
          touched: { x: target.x + (off[2 * at] ?? 0), y: target.y + (off[2 * at + 1] ?? 0) },
        }));
        const { matrix } = fitTouch(points, screen);
        const error = (m: TouchMatrix) =>
          points.reduce((sum, { target, touched }) => {
            const seen = applyMatrix(m, touched);
            return sum + (seen.x - target.x) ** 2 + (seen.y - target.y) ** 2;
          }, 0);
        for (const step of [-1e-4, 1e-4]) {
          const other: [number, number, number, number, number, number] = [...matrix];
          other[which] = (other[which] ?? 0) + step;
          expect(error(other)).toBeGreaterThan(error(matrix));
        }
      }),
    );
  });

  it('refuses two targets, targets on a line, and a panel that reports a line or a point', () => {
    const same = targets.map((target) => ({ target, touched: target }));
    expect(() => fitTouch(same.slice(0, 2), screen)).toThrow(RangeError);
    const line = [0.1, 0.5, 0.9].map((x) => ({ x, y: 0.2 + x / 2 }));
    expect(() =>
      fitTouch(
        line.map((target) => ({ target, touched: target })),
        screen,
      ),
    ).toThrow(/targets are on one line/);
    expect(() =>
      fitTouch(
        touchedBy(({ x }) => ({ x, y: x })),
        screen,
      ),
    ).toThrow(/panel reports/);
    expect(() =>
      fitTouch(
        touchedBy(() => ({ x: 0.5, y: 0.5 })),
        screen,
      ),
    ).toThrow(/panel reports/);
  });
});

describe('what is believed', () => {
  it('a residual of 1.5 % of the longer side at most', () => {
    const at = (residualPx: number) => doubtOf({ matrix: [1, 0, 0, 0, 1, 0], residualsPx: [], residualPx }, screen);
    expect(at(28.7)).toBeNull();
    expect(at(28.9)).toContain('missed by 28.9 px');
  });

  it('half to double size, whatever the turn', () => {
    const of = (...matrix: TouchMatrix) => doubtOf({ matrix, residualsPx: [], residualPx: 0 }, screen);
    expect(of(0, -2, 0, 0.5, 0, 0)).toBeNull();
    expect(of(0, -2.01, 0, 1, 0, 0)).toContain('size');
    expect(of(0.49, 0, 0, 0, 1, 0)).toContain('size');
    expect(of(1, 1, 0, 1, 1, 0)).toContain('0.00');
  });
});

it('shares count from one end of the logical range to the other', () => {
  expect(shareOf({ x: -1000, y: 300 }, { minX: -1000, maxX: 1000, minY: 100, maxY: 500 })).toEqual({ x: 0, y: 0.5 });
});

it('the udev rule has ids of four digits and six numbers without minus zero', () => {
  expect(udevRule({ vendorId: 0x222a, productId: 1 }, roundMatrix([0.9999999, -0.0000001, 0.0123456, 0, 1.1, 0]))).toBe(
    'ACTION=="add|change", KERNEL=="event[0-9]*", ATTRS{idVendor}=="222a", ATTRS{idProduct}=="0001", ENV{LIBINPUT_CALIBRATION_MATRIX}="1 0 0.012346 0 1.1 0"',
  );
});
