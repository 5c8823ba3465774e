import { parentPort, workerData } from 'node:worker_threads';
import type { BoardSettings } from '../../../../simulators/mega2560/board-messages.ts';
import { startBoard } from '../../../../simulators/mega2560/board-worker.ts';
import { cyclesPerMs, Mega2560 } from '../../../../simulators/mega2560/mega2560.ts';
import type { BoardPlant, MegaPins } from '../../../../simulators/mega2560/plant.ts';
import { SeededRandom } from '../../../../src/core/random.ts';

/** A bumper that is hit again and again while the motor runs, and how long each hit took to stop it. */
class BumperTrials implements BoardPlant {
  private readonly latenciesMs: number[] = [];
  private readonly random = new SeededRandom(3);

  attach(pins: MegaPins): void {
    pins.setInput('C', 7, true);
    this.waitForMotor(pins);
  }

  snapshot(): number[] {
    return [...this.latenciesMs];
  }

  private waitForMotor(pins: MegaPins): void {
    pins.schedule(cyclesPerMs, () => {
      // A random time after the motor has come on, so that no clock of the host is in step with the hits.
      if (pins.pwmDuty('4A') > 0) pins.schedule(Math.round((20 + 20 * this.random.next()) * cyclesPerMs), () => this.hit(pins));
      else this.waitForMotor(pins);
    });
  }

  private hit(pins: MegaPins): void {
    pins.setInput('C', 7, false);
    this.watch(pins, pins.cycles);
  }

  /** Looks every 10 us. */
  private watch(pins: MegaPins, hitAt: number): void {
    pins.schedule(cyclesPerMs / 100, () => {
      if (pins.pwmDuty('4A') > 0) {
        this.watch(pins, hitAt);
        return;
      }
      this.latenciesMs.push((pins.cycles - hitAt) / cyclesPerMs);
      pins.schedule(20 * cyclesPerMs, () => {
        pins.setInput('C', 7, true);
        this.waitForMotor(pins);
      });
    });
  }
}

const settings: BoardSettings = workerData;
if (!parentPort) throw new Error('runs as a worker');
startBoard({
  mega: new Mega2560({ flash: settings.flash }),
  plant: new BumperTrials(),
  port: parentPort,
  resetOnOpen: settings.resetOnOpen,
});
