import type { CancelSchedule } from '../mega2560/plant.ts';
import type { LobbySnapshot } from './snapshot.ts';
import type { Wiring } from './wiring.ts';

/** The spring pushes the bumper back this long after the last contact. */
const bumperHoldMs = 300;
const releasePressMs = 200;
/** A head-on contact presses both halves of the bumper. */
const headOnRad = 0.15;
/** Divider in front of the analog input. */
const batteryDivider = 7.8;
const batteryChannel = 3;

type Side = 'left' | 'right';

/** E-stop, bumper, release button and the other contacts. Normally closed ones open (high) when something is wrong. */
export class Switches {
  private readonly wiring: Wiring;
  private readonly set: Record<'eStop' | 'left' | 'right' | 'cliff' | 'hatch' | 'motorGood' | 'releaseFree', (high: boolean) => void>;
  private readonly holds: Record<Side | 'release', CancelSchedule | null> = { left: null, right: null, release: null };
  private readonly state = { eStopPressed: false, hatchOpen: false, atEdge: false, motorFault: false };
  batteryVolts = 0;

  constructor(wiring: Wiring, batteryVolts: number) {
    this.wiring = wiring;
    this.set = {
      eStop: wiring.input('eStop', false),
      left: wiring.input('bumperLeft', false),
      right: wiring.input('bumperRight', false),
      cliff: wiring.input('cliff', false),
      hatch: wiring.input('hatch', false),
      motorGood: wiring.input('motorFault', true),
      releaseFree: wiring.input('releaseButton', true),
    };
    this.setBattery(batteryVolts);
  }

  pressEStop(pressed: boolean): void {
    this.state.eStopPressed = pressed;
    this.set.eStop(pressed);
  }
  openHatch(open: boolean): void {
    this.state.hatchOpen = open;
    this.set.hatch(open);
  }
  standAtEdge(atEdge: boolean): void {
    this.state.atEdge = atEdge;
    this.set.cliff(atEdge);
  }
  faultMotor(faulty: boolean): void {
    this.state.motorFault = faulty;
    this.set.motorGood(!faulty);
  }
  setBattery(volts: number): void {
    this.batteryVolts = volts;
    this.wiring.mega.setAnalog(batteryChannel, volts / batteryDivider);
  }

  /** A contact from the direction `bearingRad` in the robot's frame, left positive. */
  touch(bearingRad: number): void {
    if (bearingRad > -headOnRad) this.hitBumper('left');
    if (bearingRad < headOnRad) this.hitBumper('right');
  }
  hitBumper(side: Side): void {
    this.hold(side, bumperHoldMs, true);
  }
  pressRelease(): void {
    this.hold('release', releasePressMs, false);
  }

  view(): Omit<LobbySnapshot['switches'], 'motorEnabled'> {
    const { left, right, release } = this.holds;
    return { ...this.state, bumperLeftHit: left !== null, bumperRightHit: right !== null, releasePressed: release !== null };
  }

  private hold(what: Side | 'release', durationMs: number, level: boolean): void {
    const set = what === 'release' ? this.set.releaseFree : this.set[what];
    this.holds[what]?.();
    set(level);
    this.holds[what] = this.wiring.afterMs(durationMs, () => {
      this.holds[what] = null;
      set(!level);
    });
  }
}
