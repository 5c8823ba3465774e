import type { CancelSchedule } from '../mega2560/plant.ts';
import { modulo, PulseTrain, type Span } from './pulse-train.ts';
import type { LobbySnapshot } from './snapshot.ts';
import type { WaterTruth } from './unit-truth.ts';
import { cyclesPerMs, type Wiring } from './wiring.ts';

export const tankCapacityMl = 5000;
/** The float lifts its switch while the pump can still draw without air. */
export const floatLevelMl = 120;
const fullFlowMlS = 25;
const flowRampS = 0.1;
const valveOpenDelayMs = 50;
/** The tray sensor needs a puddle. */
const leakAtMl = 5;

/** Tank, valve, flow meter, cup and drip tray. */
export class WaterLine {
  tankMl: number;
  pouredMl = 0;
  spilledMl = 0;
  /** In the cup that stands there now. */
  private cupMl = 0;
  private cupPresent: boolean;
  private trayWet = false;
  private spilledInTrayMl = 0;
  private flowMlS = 0;
  private passing = false;
  private stuckOpen = false;
  private pendingChange: CancelSchedule = () => {};
  private readonly meter: PulseTrain;
  private readonly valveOpen: () => boolean;
  private readonly setCupOpen: (high: boolean) => void;
  private readonly setTankEmpty: (high: boolean) => void;
  private readonly setTrayDry: (high: boolean) => void;
  private readonly truth: WaterTruth;

  constructor(wiring: Wiring, options: { tankMl: number; cupPresent: boolean; truth: WaterTruth }) {
    this.truth = options.truth;
    this.tankMl = options.tankMl;
    this.cupPresent = options.cupPresent;
    const setFlow = wiring.input('flowMeter', false);
    this.meter = new PulseTrain(wiring, 0, (state) => setFlow(modulo(state, 2) === 1));
    this.setCupOpen = wiring.input('cup', !this.cupPresent);
    this.setTankEmpty = wiring.input('tankEmpty', this.tankMl < floatLevelMl);
    this.setTrayDry = wiring.input('leak', true);
    this.valveOpen = wiring.output('valve');
    wiring.onOutput('valve', (open) => {
      this.pendingChange();
      this.pendingChange = wiring.afterMs(open ? valveOpenDelayMs : this.truth.valveClosingMs, () => {
        this.passing = open;
      });
    });
  }

  get active(): boolean {
    return this.passing || this.stuckOpen || this.flowMlS > 0 || this.valveOpen();
  }

  /** A cup that is put there is empty. */
  setCup(present: boolean): void {
    if (present && !this.cupPresent) this.cupMl = 0;
    this.cupPresent = present;
    this.setCupOpen(!present);
  }

  setTank(levelMl: number): void {
    this.tankMl = levelMl;
    this.setTankEmpty(levelMl < floatLevelMl);
  }

  /** Wets the tray, or wipes it dry. */
  setLeak(wet: boolean): void {
    this.trayWet = wet;
    this.spilledInTrayMl = 0;
    this.setTrayDry(!wet);
  }

  /** Dirt keeps the valve open whatever it is told, until it is cleaned. */
  setValveStuck(open: boolean): void {
    this.stuckOpen = open;
  }

  step(span: Span): void {
    const seconds = span.lengthCycles / cyclesPerMs / 1000;
    const flows = (this.passing || this.stuckOpen) && this.tankMl > 0;
    this.flowMlS = flows ? Math.min(fullFlowMlS, this.flowMlS + (fullFlowMlS / flowRampS) * seconds) : 0;
    const flowedMl = Math.min(this.tankMl, this.flowMlS * seconds);
    if (flowedMl === 0) return;
    this.setTank(this.tankMl - flowedMl);
    this.pouredMl += flowedMl;
    this.meter.advance(flowedMl * this.truth.pulsesPerMl * 2, span);
    if (this.cupPresent) this.cupMl += flowedMl;
    else this.spill(flowedMl);
  }

  view(): LobbySnapshot['water'] {
    const { tankMl, pouredMl, spilledMl, cupMl, flowMlS, cupPresent } = this;
    return { tankMl, pouredMl, spilledMl, cupMl, flowMlS, cupPresent, valveOpen: this.valveOpen(), leak: this.trayWet };
  }

  private spill(volumeMl: number): void {
    this.spilledMl += volumeMl;
    this.spilledInTrayMl += volumeMl;
    if (this.spilledInTrayMl < leakAtMl) return;
    this.trayWet = true;
    this.setTrayDry(false);
  }
}

/** Two seconds a turn. */
const turnsPerSecond = 0.5;
/** The snack slides off shortly before the spiral is home again, and takes this long to pass the beam. */
const releaseAtTurn = 0.9;
const fallMs = 150;
const beamMs = 60;
const homeWidthTurns = 0.04;

/** Spiral motor with home switch and drop beam. */
export class SnackColumn {
  stock: number;
  dropped = 0;
  private turns = 0;
  private readonly wiring: Wiring;
  private readonly turning: () => boolean;
  private readonly setAway: (high: boolean) => void;
  private readonly setBeamFree: (high: boolean) => void;

  constructor(wiring: Wiring, stock: number) {
    this.wiring = wiring;
    this.stock = stock;
    this.turning = wiring.output('snackMotor');
    this.setAway = wiring.input('snackHome', false);
    this.setBeamFree = wiring.input('snackBeam', true);
  }

  get active(): boolean {
    return this.turning();
  }

  step(span: Span): void {
    if (!this.turning()) return;
    const before = this.turns;
    this.turns += (turnsPerSecond * span.lengthCycles) / cyclesPerMs / 1000;
    const angle = modulo(this.turns, 1);
    this.setAway(angle > homeWidthTurns / 2 && angle < 1 - homeWidthTurns / 2);
    if (Math.floor(this.turns - releaseAtTurn) > Math.floor(before - releaseAtTurn)) this.release();
  }

  view(): LobbySnapshot['snack'] {
    return { stock: this.stock, dropped: this.dropped, turning: this.turning() };
  }

  private release(): void {
    if (this.stock === 0) return;
    this.stock -= 1;
    this.wiring.afterMs(fallMs, () => {
      this.dropped += 1;
      this.setBeamFree(false);
      this.wiring.afterMs(beamMs, () => this.setBeamFree(true));
    });
  }
}
