import { parentPort, workerData } from 'node:worker_threads';
import type { BoardSettings } from '../../../../simulators/mega2560/board-messages.ts';
import { startBoard } from '../../../../simulators/mega2560/board-worker.ts';
import { Mega2560 } from '../../../../simulators/mega2560/mega2560.ts';
import type { BoardPlant, MegaPins } from '../../../../simulators/mega2560/plant.ts';

/** One switch on INT0 and one look at the motor: just enough world to see commands and snapshots pass. */
class SwitchPlant implements BoardPlant {
  private pins: MegaPins | null = null;
  attach(pins: MegaPins): void {
    this.pins = pins;
    pins.setInput('D', 0, false);
  }
  command(command: unknown): boolean {
    this.pins?.setInput('D', 0, command === 'press');
    return command === 'press' || command === 'letGo';
  }
  snapshot(): unknown {
    return { duty: this.pins?.pwmDuty('4A') ?? 0 };
  }
}

const settings: BoardSettings = workerData;
if (!parentPort) throw new Error('runs as a worker');
startBoard({
  mega: new Mega2560({ flash: settings.flash, bootReset: settings.bootReset ?? false }),
  plant: new SwitchPlant(),
  port: parentPort,
  resetOnOpen: settings.resetOnOpen,
});
