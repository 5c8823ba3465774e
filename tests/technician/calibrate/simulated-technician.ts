import type { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import { createBoard } from '../../../hardware/board/board-driver.ts';
import type { LobbyOptions } from '../../../simulators/lobby/plant.ts';
import type { LobbySnapshot } from '../../../simulators/lobby/snapshot.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import type { CalibrationBench } from '../../../src/technician/calibrate/bench.ts';
import type { Dialogue, NumberQuestion, Step } from '../../../src/technician/calibrate/dialogue.ts';
import { EmulatedBoard, robot } from '../../firmware-bridge/host/emulated-board.ts';

/** Grams a mL of water at 25 C, from the table. */
const gramsPerMl = 0.99705;

/** Does what the procedure asks with the simulated lobby's hands, tape and scale: whole millimetres, tenths of a gram. */
class SimulatedTechnician implements Dialogue {
  readonly told: string[] = [];
  readonly asked: Step[] = [];
  /** Where the start mark is taped to the floor. */
  mark = { xMm: 1500, yMm: 3300, headingDeg: 0 };
  private readonly emulated: EmulatedBoard;

  constructor(emulated: EmulatedBoard) {
    this.emulated = emulated;
  }

  tell(text: string): void {
    this.told.push(text);
  }

  async ready(step: Step, instruction: string): Promise<void> {
    this.asked.push(step);
    const { lobby } = this.emulated;
    switch (step) {
      case 'release':
        lobby.command({ type: 'pressRelease' });
        return;
      case 'straight.start':
      case 'square.start':
      case 'braking.start':
        if (!lobby.command({ type: 'placeRobot', ...this.mark })) throw new Error('the robot cannot stand on the mark');
        return;
      case 'cup.empty':
        lobby.command({ type: 'cup', present: false });
        lobby.command({ type: 'cup', present: true });
        return;
      case 'board.place': {
        // The wall at x = 10 m is the flat board.
        const distanceMm = Number(/(\d+) mm/.exec(instruction)?.[1]);
        const xMm = 10_000 - 250 - distanceMm;
        if (!lobby.command({ type: 'placeRobot', xMm, yMm: 4500, headingDeg: 0 })) throw new Error('the robot cannot stand there');
        return;
      }
      default:
        throw new Error(`nobody can get ${step} ready`);
    }
  }

  async number({ step, min, max }: NumberQuestion): Promise<number> {
    this.asked.push(step);
    const value = this.measure(step, this.emulated.lobby.snapshot());
    if (!(value >= min && value <= max)) throw new Error(`${step}: ${value} is not within ${min} to ${max}`);
    return value;
  }

  async confirm(): Promise<boolean> {
    return true;
  }

  private measure(step: Step, { tape, water }: LobbySnapshot): number {
    switch (step) {
      case 'straight.length':
        return Math.round(Math.hypot(tape.fromMark.xMm, tape.fromMark.yMm));
      case 'square.x':
        return Math.round(tape.fromMark.xMm);
      case 'square.y':
        return Math.round(tape.fromMark.yMm);
      case 'cup.grams':
        return Math.round(water.cupMl * gramsPerMl * 10) / 10;
      case 'board.distance':
        return Math.round(tape.aheadMm ?? Number.NaN);
      default:
        throw new Error(`nobody can measure ${step}`);
    }
  }
}

/** A fresh unit's board in the lobby with somebody who calibrates it. */
export class CalibrationHall {
  readonly emulated: EmulatedBoard;
  readonly technician: SimulatedTechnician;
  readonly link: BoardLink;
  readonly bench: CalibrationBench;

  constructor(seed: number, options: Partial<LobbyOptions> = {}) {
    this.emulated = new EmulatedBoard({ freshUnit: true, random: new SeededRandom(seed), ...options });
    this.technician = new SimulatedTechnician(this.emulated);
    this.link = this.emulated.connect();
    this.bench = {
      link: this.link,
      board: createBoard(this.link),
      clock: this.emulated.clock,
      dialogue: this.technician,
      calibration: robot.calibration,
    };
  }

  get truth() {
    return this.emulated.lobby.truth;
  }

  /** Lets emulated time pass until `work` has ended, at most ten minutes of it. */
  async finish<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const settled = work.finally(() => {
      over = true;
    });
    settled.catch(() => {});
    await this.emulated.run(600_000, () => over);
    if (!over) throw new Error('not finished within ten minutes of emulated time');
    return settled;
  }

  async close(): Promise<void> {
    await this.link.close();
  }
}
