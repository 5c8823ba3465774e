import type { Random } from '../../src/core/random.ts';
import type { Drive } from './drive.ts';
import { along, type Circle, type Point, toRadians } from './geometry.ts';
import type { Room } from './room.ts';
import type { RayView } from './snapshot.ts';
import type { RangeTruth } from './unit-truth.ts';
import { cyclesPerMs, type Wiring } from './wiring.ts';

export type FrontSensorName = 'frontLeft' | 'frontRight';
export type SensorName = FrontSensorName | 'left' | 'right' | 'rear';

/** Place on the robot (x forwards, y to the left) and direction of view. */
interface Mount extends Point {
  angleRad: number;
}

/** The two front beams lean outwards, so that together they cover the robot's width and leave no one-person gap within 1.3 m. */
const frontMounts: Record<FrontSensorName, Mount> = {
  frontLeft: { xMm: 200, yMm: 120, angleRad: toRadians(4) },
  frontRight: { xMm: 200, yMm: -120, angleRad: toRadians(-4) },
};
const usarts: Record<FrontSensorName, 2 | 3> = { frontLeft: 2, frontRight: 3 };

/** Set 60 mm inside the shell: nearer than 60 mm this sensor type reads far again. */
const sideMounts: Record<'left' | 'right' | 'rear', Mount> = {
  left: { xMm: 0, yMm: 190, angleRad: toRadians(90) },
  right: { xMm: 0, yMm: -190, angleRad: toRadians(-90) },
  rear: { xMm: -190, yMm: 0, angleRad: toRadians(180) },
};
const channels = { left: 0, right: 1, rear: 2 } as const;

/** TFmini: 2.3 degrees field of view, 0.3-12 m, 100 Hz (Benewake data sheet). */
const tfminiHalfAngleRad = toRadians(1.15);
const tfminiRangeMm = 12_000;
const tfminiPeriodCycles = 10 * cyclesPerMs;
/** GP2Y0A21: new reading every 38.3 ms, 10-80 cm (Sharp data sheet). */
const sharpPeriodCycles = 38.3 * cyclesPerMs;
const sharpRangeMm = 800;
const sharpFarVolts = 0.25;

/** One TFmini frame: `59 59 distance strength temperature sum`, distance in whole cm, little-endian. */
export function tfminiFrame(distanceCm: number, strength: number): Uint8Array {
  // Temperature in eighths of a degree above -256 C.
  const temperature = (25 + 256) * 8;
  const words = [distanceCm, strength, temperature].flatMap((word) => [word & 0xff, (word >> 8) & 0xff]);
  const bytes = [0x59, 0x59, ...words];
  return Uint8Array.from([...bytes, bytes.reduce((sum, byte) => sum + byte, 0) & 0xff]);
}

/** Output of a GP2Y0A21 at a true distance; null = nothing seen. */
export function sharpVolts(distanceMm: number | null): number {
  if (distanceMm === null || distanceMm > sharpRangeMm) return sharpFarVolts;
  const cm = distanceMm / 10;
  if (cm < 6) return 0.5 + ((sharpVolts(100) - 0.5) * cm) / 6;
  return (27.86 / Math.max(cm, 10)) ** (1 / 1.15);
}

/** Sum of three uniforms: near enough to normal, and bounded. */
function noise(random: Random, deviation: number): number {
  return (random.next() + random.next() + random.next() - 1.5) * 2 * deviation;
}

/** The five range sensors, each on its own clock. */
export class Sensors {
  private readonly silent = new Set<FrontSensorName>();
  private readonly wiring: Wiring;
  private readonly drive: Drive;
  private readonly room: Room;
  private readonly people: () => Iterable<Circle>;
  private readonly random: Random;
  private readonly truth: RangeTruth;

  constructor(wiring: Wiring, drive: Drive, room: Room, people: () => Iterable<Circle>, random: Random, truth: RangeTruth) {
    this.truth = truth;
    this.wiring = wiring;
    this.drive = drive;
    this.room = room;
    this.people = people;
    this.random = random;
    for (const channel of Object.values(channels)) wiring.mega.setAnalog(channel, sharpFarVolts);
    // The two front sensors run on their own quartz, so their frames do not coincide.
    this.repeat(wiring.cycles + tfminiPeriodCycles, tfminiPeriodCycles, () => this.sendFront('frontLeft'));
    this.repeat(wiring.cycles + tfminiPeriodCycles * 1.4, tfminiPeriodCycles, () => this.sendFront('frontRight'));
    this.repeat(wiring.cycles + sharpPeriodCycles, sharpPeriodCycles, () => this.setSides());
  }

  setSilent(sensor: FrontSensorName, silent: boolean): void {
    if (silent) this.silent.add(sensor);
    else this.silent.delete(sensor);
  }

  /** What each beam truly meets now. */
  view(): RayView[] {
    const front = (['frontLeft', 'frontRight'] as const).map((sensor) =>
      this.ray(sensor, frontMounts[sensor], tfminiHalfAngleRad, tfminiRangeMm, this.silent.has(sensor)),
    );
    const sides = (['left', 'right', 'rear'] as const).map((sensor) => this.ray(sensor, sideMounts[sensor], 0, sharpRangeMm, false));
    return [...front, ...sides];
  }

  private repeat(firstCycle: number, periodCycles: number, run: () => void): void {
    this.wiring.at(firstCycle, () => {
      this.repeat(firstCycle + periodCycles, periodCycles, run);
      run();
    });
  }

  private sendFront(sensor: FrontSensorName): void {
    const { distanceMm } = this.ray(sensor, frontMounts[sensor], tfminiHalfAngleRad, tfminiRangeMm, false);
    const jitterMm = noise(this.random, 5);
    if (this.silent.has(sensor)) return;
    // Nothing within range is sent as exactly 1200 cm; 0 would say that the echo cannot be used (maker's manual, section 5.4).
    const readMm = distanceMm === null ? tfminiRangeMm : distanceMm + this.truth[`${sensor}Mm`] + jitterMm;
    const measuredMm = Math.min(tfminiRangeMm, Math.max(10, readMm));
    // Returned light falls with distance; under 100 the maker calls a reading unreliable.
    const strength = Math.round(Math.min(3000, 200 + 1_500_000 / Math.max(300, measuredMm)));
    this.wiring.mega.feedUart(usarts[sensor], tfminiFrame(Math.round(measuredMm / 10), strength));
  }

  private setSides(): void {
    for (const sensor of ['left', 'right', 'rear'] as const) {
      const { distanceMm } = this.ray(sensor, sideMounts[sensor], 0, sharpRangeMm, false);
      this.wiring.mega.setAnalog(channels[sensor], Math.max(0, sharpVolts(distanceMm) + noise(this.random, 0.005)));
    }
  }

  private ray(sensor: SensorName, mount: Mount, halfAngleRad: number, rangeMm: number, silent: boolean): RayView {
    const { disc, headingRad } = this.drive;
    const origin = along(along(disc, headingRad, mount.xMm), headingRad + Math.PI / 2, mount.yMm);
    const angleRad = headingRad + mount.angleRad;
    const beams = halfAngleRad === 0 ? [angleRad] : [angleRad - halfAngleRad, angleRad, angleRad + halfAngleRad];
    const met = beams.map((beam) => this.room.castMm(origin, beam, this.people()) ?? Number.POSITIVE_INFINITY);
    const nearestMm = Math.min(...met);
    return { sensor, ...origin, angleRad, halfAngleRad, rangeMm, distanceMm: nearestMm <= rangeMm ? nearestMm : null, silent };
  }
}
