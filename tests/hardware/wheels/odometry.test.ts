import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advancePose, Odometry, wrapAngle } from '../../../hardware/wheels/odometry.ts';

const geometry = { pulsesPerMetreLeft: 1000, pulsesPerMetreRight: 2000, trackWidthMm: 400 };
const origin = { xMm: 0, yMm: 0, headingRad: 0 };

describe('odometry', () => {
  it('goes straight ahead in the direction it faces', () => {
    const odometry = new Odometry(geometry, { xMm: 100, yMm: 200, headingRad: Math.PI / 2 });
    odometry.update({ uptimeMs: 0, leftPulses: 0, rightPulses: 0 });
    const pose = odometry.update({ uptimeMs: 50, leftPulses: 500, rightPulses: 1000 });
    expect(pose.xMm).toBeCloseTo(100, 6);
    expect(pose.yMm).toBeCloseTo(700, 6);
    expect(pose.headingRad).toBeCloseTo(Math.PI / 2, 6);
  });

  it('turns on the spot: each wheel rolls a quarter of the circle over the track', () => {
    const quarterMm = (Math.PI * 400) / 4;
    const pose = advancePose(origin, -quarterMm, quarterMm, 400);
    expect(pose.xMm).toBeCloseTo(0, 6);
    expect(pose.yMm).toBeCloseTo(0, 6);
    expect(pose.headingRad).toBeCloseTo(Math.PI / 2, 6);
  });

  it('follows an arc to a millimetre in telemetry-sized steps', () => {
    // Quarter circle to the left, radius 1 m: it ends at (1000, 1000) facing +y.
    let pose = origin;
    const steps = 100;
    for (let step = 0; step < steps; step++) {
      pose = advancePose(pose, ((1000 - 200) * Math.PI) / 2 / steps, ((1000 + 200) * Math.PI) / 2 / steps, 400);
    }
    expect(Math.abs(pose.xMm - 1000)).toBeLessThan(1);
    expect(Math.abs(pose.yMm - 1000)).toBeLessThan(1);
    expect(pose.headingRad).toBeCloseTo(Math.PI / 2, 9);
  });

  it('keeps the pose when a reset board counts from zero again', () => {
    const odometry = new Odometry(geometry, origin);
    odometry.update({ uptimeMs: 60_000, leftPulses: 5000, rightPulses: 10_000 });
    odometry.update({ uptimeMs: 60_050, leftPulses: 5100, rightPulses: 10_200 });
    expect(odometry.pose.xMm).toBeCloseTo(100, 6);
    odometry.update({ uptimeMs: 20, leftPulses: 0, rightPulses: 0 });
    expect(odometry.pose.xMm).toBeCloseTo(100, 6);
    odometry.update({ uptimeMs: 70, leftPulses: 50, rightPulses: 100 });
    expect(odometry.pose.xMm).toBeCloseTo(150, 6);
  });

  it('keeps headings within half a turn either way, whole turns apart from the true one', () => {
    fc.assert(
      fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (angle) => {
        const wrapped = wrapAngle(angle);
        expect(Math.abs(wrapped)).toBeLessThanOrEqual(Math.PI);
        expect(Math.cos(wrapped)).toBeCloseTo(Math.cos(angle), 9);
        expect(Math.sin(wrapped)).toBeCloseTo(Math.sin(angle), 9);
      }),
    );
  });
});
