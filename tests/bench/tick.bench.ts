import { encodeFrame, type HostMessage } from '../../firmware-bridge/protocol/generated/messages.ts';
import { LobbyPlant } from '../../simulators/lobby/plant.ts';
import { cyclesPerMs, Mega2560 } from '../../simulators/mega2560/mega2560.ts';
import { SeededRandom } from '../../src/core/random.ts';
import type { Bench } from './bench.ts';
import { firmwareImage } from './firmware-image.ts';
import { FrameReceiver } from './frame-receiver.ts';
import { hall } from './hall.ts';
import { machineConditions } from './measure.ts';
import { calibration } from './stop/load.ts';

const minutesAsked = 60;
const settleMs = 1500;
/** A round: one minute in a circle, then a cup of water and a snack. */
const roundMs = 75_000;
const drivingMs = 60_000;
const pourAtMs = 62_000;
const snackAtMs = 70_000;
/** Not multiples of a millisecond: the host's clock is not the part's. */
const heartbeatCycles = Math.round(25.13 * cyclesPerMs);
const driveCycles = Math.round(40.07 * cyclesPerMs);
const pulsesPerCup = 882;

/** Vector of timer 0's compare match A, as a word address. */
const tickVector = 0x2a;
const opcode = { jmp: 0x940c, reti: 0x9518, stsMask: 0xfe0f, sts: 0x9200 } as const;

/** Where the tick's interrupt counts: the one address that it stores to. The loop takes a tick by counting down again. */
function pendingTicksAddress(flash: Uint8Array): number {
  const words = new Uint16Array(flash.buffer, flash.byteOffset, flash.length / 2);
  if (words[tickVector] !== opcode.jmp) throw new Error('the tick vector holds no jmp');
  const found = new Set<number>();
  for (let at = words[tickVector + 1] ?? 0; words[at] !== opcode.reti && at < words.length; at += 1) {
    if (((words[at] ?? 0) & opcode.stsMask) === opcode.sts) found.add(words[++at] ?? 0);
  }
  const [address, ...more] = found;
  if (address === undefined || more.length > 0) throw new Error(`the tick's interrupt stores to ${found.size} addresses`);
  return address;
}

/** When each tick was due, taken and missed, seen from outside. */
class TickWatch {
  starts = 0;
  missed = 0;
  earliest = Number.POSITIVE_INFINITY;
  latest = Number.NEGATIVE_INFINITY;
  private pending = 0;
  private firstAt: number | null = null;
  private readonly mega: Mega2560;

  constructor(mega: Mega2560, address: number) {
    this.mega = mega;
    mega.onStore(address, (value) => this.stored(value));
  }

  /** Spread of the ticks' starts around the perfect beat of the timer, cycles. */
  get jitter(): number {
    return this.latest - this.earliest;
  }

  private stored(value: number): void {
    const isStart = value < this.pending;
    this.pending = value;
    if (!isStart) {
      if (value > 1) this.missed += 1;
      return;
    }
    this.starts += 1;
    const at = this.mega.cycles;
    this.firstAt ??= at;
    const offset = ((at - this.firstAt + 1.5 * cyclesPerMs) % cyclesPerMs) - cyclesPerMs / 2;
    this.earliest = Math.min(this.earliest, offset);
    this.latest = Math.max(this.latest, offset);
  }
}

/** The robot in an empty hall with everything on: it circles, pours, hands out snacks, and a Firmata client reads and sets lights. */
class BusyRobot {
  readonly mega: Mega2560;
  readonly received: FrameReceiver;
  driveMs = 0;
  private readonly lobby = new LobbyPlant({ site: hall(60_000), random: new SeededRandom(11), snackStock: 1000 });
  private seq = 0;
  private dispenseId = 1000;
  private driving = false;

  constructor(flash: Uint8Array) {
    this.mega = new Mega2560({ flash });
    this.received = new FrameReceiver(this.mega);
    this.lobby.attach(this.mega);
    this.every(0, heartbeatCycles, () => this.send({ name: 'heartbeat', hostTimeMs: Math.floor(this.mega.cycles / cyclesPerMs) }));
    this.every(settleMs * cyclesPerMs, driveCycles, () => this.drive());
    this.after(450, () => this.send(calibration));
    this.after(600, () => void this.lobby.command({ type: 'pressRelease' }));
    // Report analog 4-7 and port 5, sample every 10 ms; the three lights are PWM and change 20 times a second.
    this.after(700, () => this.mega.hostWrite(Uint8Array.of(0xc4, 1, 0xc5, 1, 0xc6, 1, 0xc7, 1, 0xd5, 1, 0xf0, 0x7a, 10, 0, 0xf7)));
    this.after(800, () => this.mega.hostWrite(Uint8Array.of(0xf4, 44, 3, 0xf4, 45, 3, 0xf4, 46, 3)));
    let light = 0;
    this.every(1000 * cyclesPerMs, 50.03 * cyclesPerMs, () => {
      light += 1;
      this.mega.hostWrite(Uint8Array.of(0xf0, 0x6f, 44 + (light % 3), light & 0x7f, 1, 0xf7));
    });
    this.every(settleMs * cyclesPerMs, roundMs * cyclesPerMs, () => this.round());
  }

  private round(): void {
    this.driving = true;
    this.lobby.command({ type: 'fillTank' });
    this.lobby.command({ type: 'cup', present: true });
    this.after(drivingMs, () => {
      this.driving = false;
    });
    this.after(pourAtMs, () =>
      this.send({ name: 'dispenseWater', dispenseId: this.dispenseId++, pulses: pulsesPerCup, capPulses: 1200, capMs: 12_000 }),
    );
    this.after(snackAtMs, () => this.send({ name: 'dispenseSnack', dispenseId: this.dispenseId++ }));
  }

  private drive(): void {
    if (!this.driving) return;
    this.driveMs += driveCycles / cyclesPerMs;
    this.send({ name: 'drive', leftMmS: 400, rightMmS: 300, validMs: 200 });
  }

  private send(message: HostMessage): void {
    this.mega.hostWrite(encodeFrame(message, this.seq++ & 0xff));
  }

  private after(ms: number, run: () => void): void {
    this.mega.schedule(ms * cyclesPerMs, run);
  }

  private every(fromCycle: number, periodCycles: number, run: () => void): void {
    this.mega.schedule(fromCycle - this.mega.cycles, () => {
      run();
      this.every(fromCycle + periodCycles, periodCycles, run);
    });
  }
}

const bench: Bench = {
  name: 'tick',
  async run({ minutes, hex }) {
    const simulatedMs = (minutes ?? minutesAsked) * 60_000;
    const { flash, name } = firmwareImage(hex);
    const robot = new BusyRobot(flash);
    const { mega, received } = robot;
    let resets = 0;
    mega.onReset(() => {
      resets += 1;
    });
    mega.runFor(settleMs);
    const watch = new TickWatch(mega, pendingTicksAddress(flash));
    const from = { cycles: mega.cycles, slept: mega.sleepFraction * mega.cycles };
    let busiestSecond = 0;
    for (let ms = 0; ms < simulatedMs; ms += 1000) {
      const before = { cycles: mega.cycles, slept: mega.sleepFraction * mega.cycles };
      mega.runTo(from.cycles + (ms + 1000) * cyclesPerMs);
      busiestSecond = Math.max(busiestSecond, 1 - (mega.sleepFraction * mega.cycles - before.slept) / (mega.cycles - before.cycles));
    }
    const load = 1 - (mega.sleepFraction * mega.cycles - from.slept) / (mega.cycles - from.cycles);
    const state = received.last('state');
    const lost = mega.overruns(0) + mega.overruns(2) + mega.overruns(3);
    const misses = watch.missed + Math.max(0, Math.floor(simulatedMs) - 1 - watch.starts) + state.missedTicks;
    return {
      conditions: {
        ...machineConditions(),
        firmware: name,
        simulated: `${simulatedMs / 60_000} min, ${watch.starts} ticks`,
        motion: `circle at 400/300 mm/s for ${Math.round(robot.driveMs / 1000)} s; between rounds 150 mL of water and a snack`,
        'all on': 'both encoders, both TFminis, four analog channels, Firmata reports every 10 ms and lights, heartbeat and drive frames',
        dispensed: `${received.finished.done ?? 0} of ${Object.values(received.finished).reduce((sum, count) => sum + count, 0)} as asked`,
        'start of a tick': "the loop counts the tick off; offset to the timer's perfect beat of 16000 cycles",
        load: 'share of cycles that the program is awake, interrupts included',
        'stop cause at the end': state.stopCause,
      },
      figures: [
        { name: 'ticks missed', value: misses, unit: 'ticks', goal: { op: '<=', value: 0 } },
        { name: 'start jitter, earliest to latest', value: watch.jitter, unit: 'cycles', goal: { op: '<=', value: 160 } },
        { name: 'load', value: load * 100, unit: '%', goal: { op: '<=', value: 50 } },
        { name: 'load, busiest second', value: busiestSecond * 100, unit: '%', goal: null },
        { name: 'longest tick, by the firmware', value: state.worstTickUs, unit: 'us', goal: null },
        { name: 'least stack left, by the firmware', value: state.stackFreeBytes, unit: 'bytes', goal: null },
        { name: 'characters lost on three lines', value: lost, unit: '', goal: { op: '<=', value: 0 } },
        { name: 'frames rejected', value: state.rejectedFrames, unit: '', goal: { op: '<=', value: 0 } },
        { name: 'resets', value: resets, unit: '', goal: { op: '<=', value: 0 } },
      ],
    };
  },
};
export default bench;
