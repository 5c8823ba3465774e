import { bearingRad, type Circle, distanceMm, type Point, wrapRad } from './geometry.ts';
import { modulo, PulseTrain, type Span } from './pulse-train.ts';
import { robotRadiusMm } from './robot-shape.ts';
import type { Room } from './room.ts';
import { type DriveTruth, drawnPulsesPerMetre, type MotorTruth } from './unit-truth.ts';
import { cyclesPerMs, type Wiring } from './wiring.ts';

/** Spring-applied brakes while the bridge is off. */
const brakeMmS2 = 2500;
/** Slower than this, friction holds the wheels. */
const stillMmS = 0.5;

class Wheel {
  speedMmS = 0;
  private readonly encoder: PulseTrain;
  private readonly reverse: () => boolean;
  private readonly duty: () => number;
  private readonly scale: number;
  private readonly motor: MotorTruth;

  constructor(wiring: Wiring, side: 'Left' | 'Right', scale: number, motor: MotorTruth) {
    this.scale = scale;
    this.motor = motor;
    this.reverse = wiring.output(`motor${side}Reverse`);
    const channel = side === 'Left' ? '4A' : '4B';
    this.duty = () => wiring.mega.pwmDuty(channel);
    const setA = wiring.input(`encoder${side}A`, false);
    const setB = wiring.input(`encoder${side}B`, false);
    // Four states a pulse; forwards A leads B, so that B is low when A rises. Starting half-way through "both low".
    this.encoder = new PulseTrain(wiring, 3.5, (state) => {
      const quarter = modulo(state, 4);
      setA(quarter === 0 || quarter === 1);
      setB(quarter === 1 || quarter === 2);
    });
  }

  updateSpeed(enabled: boolean, seconds: number): void {
    if (!enabled) {
      this.speedMmS = Math.sign(this.speedMmS) * Math.max(0, Math.abs(this.speedMmS) - brakeMmS2 * seconds);
      return;
    }
    const targetMmS = this.duty() * this.motor.topSpeedMmS * (this.reverse() ? -1 : 1);
    this.speedMmS = targetMmS + (this.speedMmS - targetMmS) * Math.exp(-seconds / this.motor.lagS);
    if (targetMmS === 0 && Math.abs(this.speedMmS) < stillMmS) this.speedMmS = 0;
  }

  /** Turns the wheel through the span and returns the way made over ground. */
  roll(seconds: number, span: Span): number {
    const nominalMm = this.speedMmS * seconds;
    this.encoder.advance((nominalMm / 1000) * drawnPulsesPerMetre * 4, span);
    return nominalMm * this.scale;
  }
}

/** Differential drive of a round robot: motor bridge in, true pose and encoder pulses out. */
export class Drive {
  readonly disc: Circle;
  headingRad: number;
  private readonly left: Wheel;
  private readonly right: Wheel;
  private readonly enabled: () => boolean;
  private readonly truth: DriveTruth;
  private readonly room: Room;

  constructor(wiring: Wiring, room: Room, start: Point & { headingRad: number }, truth: DriveTruth, motor: MotorTruth) {
    this.room = room;
    this.truth = truth;
    this.disc = { xMm: start.xMm, yMm: start.yMm, radiusMm: robotRadiusMm };
    this.headingRad = start.headingRad;
    this.enabled = wiring.output('motorEnable');
    this.left = new Wheel(wiring, 'Left', truth.leftScale, motor);
    this.right = new Wheel(wiring, 'Right', truth.rightScale, motor);
  }

  get motorEnabled(): boolean {
    return this.enabled();
  }
  get active(): boolean {
    return this.enabled() || this.left.speedMmS !== 0 || this.right.speedMmS !== 0;
  }
  get wheelSpeeds(): { leftMmS: number; rightMmS: number } {
    return { leftMmS: this.left.speedMmS, rightMmS: this.right.speedMmS };
  }

  /** A hand lifts the robot and puts it down there; its wheels do not turn. False while they do, or where it would not stand. */
  place(pose: Point & { headingRad: number }): boolean {
    if (this.active || !this.room.fits({ ...pose, radiusMm: robotRadiusMm })) return false;
    Object.assign(this.disc, { xMm: pose.xMm, yMm: pose.yMm });
    this.headingRad = wrapRad(pose.headingRad);
    return true;
  }

  /** Moves through the span. `onHit` gets the direction of a contact in the robot's frame, left positive. */
  step(span: Span, people: Iterable<Circle>, onHit: (bearingRad: number) => void): void {
    const seconds = span.lengthCycles / cyclesPerMs / 1000;
    const enabled = this.enabled();
    this.left.updateSpeed(enabled, seconds);
    this.right.updateSpeed(enabled, seconds);
    if (this.left.speedMmS === 0 && this.right.speedMmS === 0) return;
    const forwardMm = ((this.left.speedMmS + this.right.speedMmS) / 2) * seconds;
    const contact = this.contactAhead(this.moved(forwardMm, this.headingRad), people);
    if (contact !== null) {
      this.left.speedMmS = 0;
      this.right.speedMmS = 0;
      onHit(wrapRad(contact - this.headingRad));
      return;
    }
    const leftMm = this.left.roll(seconds, span);
    const rightMm = this.right.roll(seconds, span);
    const turnRad = (rightMm - leftMm) / this.truth.trackMm;
    Object.assign(this.disc, this.moved((leftMm + rightMm) / 2, this.headingRad + turnRad / 2));
    this.headingRad = wrapRad(this.headingRad + turnRad);
  }

  private moved(lengthMm: number, headingRad: number): Point {
    return { xMm: this.disc.xMm + lengthMm * Math.cos(headingRad), yMm: this.disc.yMm + lengthMm * Math.sin(headingRad) };
  }

  /** World direction of what the robot would press into at `next`, or null. Moving away from a contact is free. */
  private contactAhead(next: Point, people: Iterable<Circle>): number | null {
    const wall = this.room.nearestWall(next);
    if (wall.distanceMm < robotRadiusMm && wall.distanceMm < this.room.nearestWall(this.disc).distanceMm) return wall.bearingRad;
    for (const person of people) {
      const gapMm = distanceMm(next, person);
      if (gapMm < robotRadiusMm + person.radiusMm && gapMm < distanceMm(this.disc, person)) return bearingRad(next, person);
    }
    return null;
  }
}
