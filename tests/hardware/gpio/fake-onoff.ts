import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OnoffConstructor } from '../../../hardware/gpio/onoff-gpio.ts';

type Listener = (error: Error | null, value: 0 | 1) => void;

/** A folder like `/sys/class/gpio` with the chips of a Raspberry Pi 4 on a kernel that counts from 512. */
export function fakeSysfs(): { root: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'letan-gpio-'));
  const addChip = (directory: string, label: string, base: number, lines: number) => {
    mkdirSync(join(root, directory));
    for (const [file, value] of Object.entries({ label, base, ngpio: lines })) writeFileSync(join(root, directory, file), `${value}\n`);
  };
  addChip('gpiochip512', 'pinctrl-bcm2711', 512, 58);
  addChip('gpiochip570', 'raspberrypi-exp-gpio', 570, 8);
  return { root, remove: () => rmSync(root, { recursive: true }) };
}

class FakeLine {
  level: 0 | 1 = 0;
  broken = false;
  listener: Listener | null = null;
  /** Directions, levels and the unexport, in order. */
  readonly written: string[] = [];
}

/** Lines by their global number, for logic that a test drives to the millisecond; the real ones are in tests/kernel. */
export class FakeOnoff {
  readonly lines = new Map<number, FakeLine>();

  line(number: number): FakeLine {
    const line = this.lines.get(number) ?? new FakeLine();
    this.lines.set(number, line);
    return line;
  }

  edge(number: number, level: 0 | 1): void {
    const line = this.line(number);
    line.level = level;
    line.listener?.(null, level);
  }

  readonly load = (): Promise<OnoffConstructor> => {
    const lineOf = (number: number) => this.line(number);
    return Promise.resolve(
      class {
        private readonly line: FakeLine;
        constructor(number: number, direction: string, edge?: string) {
          this.line = lineOf(number);
          this.line.written.push(edge === undefined ? direction : `${direction} ${edge}`);
        }
        readSync() {
          if (this.line.broken) throw new Error('EIO: i/o error, read');
          return this.line.level;
        }
        writeSync(value: 0 | 1) {
          if (this.line.broken) throw new Error('EIO: i/o error, write');
          this.line.written.push(String(value));
        }
        watch(listener: Listener) {
          this.line.listener = listener;
        }
        unwatchAll() {
          this.line.listener = null;
        }
        setDirection(direction: string) {
          this.line.written.push(direction);
        }
        unexport() {
          this.line.written.push('unexport');
        }
      },
    );
  };
}
