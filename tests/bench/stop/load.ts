import { encodeFrame, type HostMessage } from '../../../firmware-bridge/protocol/generated/messages.ts';
import { LobbyPlant } from '../../../simulators/lobby/plant.ts';
import { cyclesPerMs, Mega2560 } from '../../../simulators/mega2560/mega2560.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { hall } from '../hall.ts';
import { type Input, Recorder } from './trace.ts';

/** `realistic`: what the runtime and a Firmata client send. `flood`: the host's line never rests. */
export type LinkTraffic = 'realistic' | 'flood';

/** The sweep begins here: the robot has been released, drives at full speed, and every sensor reports. */
export const sweepFromCycle = 2500 * cyclesPerMs;

const speedMmS = 600;
const releaseAtMs = 420;
const driveFromMs = 900;
const flowFromMs = 2300;
/** A litre a minute through a YF-S401. */
const flowPeriodCycles = Math.round(16_000_000 / 98);
const heartbeatMs = 25;
const driveMs = 40;

export const calibration: HostMessage = {
  name: 'configure',
  pulsesPerMetreLeft: 1910,
  pulsesPerMetreRight: 1910,
  speedCapMmS: 600,
  marginMm: 450,
  resumeMm: 650,
  decelerationMmS2: 800,
  brakingMmS2: 700,
  brakingDelayMs: 90,
  frontLeftOffsetMm: 0,
  frontRightOffsetMm: 0,
  valveClosing100us: 600,
};

/** The runtime at the other end of the line, with a Firmata client that reads four analog channels and one port and sets a light. */
class Host {
  private seq = 0;
  private readonly line: Recorder;

  constructor(line: Recorder) {
    this.line = line;
    this.at(400, () => this.send(calibration));
    this.every(0, heartbeatMs, (ms) => this.send({ name: 'heartbeat', hostTimeMs: ms }));
    this.every(driveFromMs, driveMs, () => this.drive());
    // Report analog 4-7 and port 5; sample every 10 ms; three lights are PWM.
    this.at(500, () => this.line.hostWrite(Uint8Array.of(0xc4, 1, 0xc5, 1, 0xc6, 1, 0xc7, 1, 0xd5, 1, 0xf0, 0x7a, 10, 0, 0xf7)));
    this.at(510, () => this.line.hostWrite(Uint8Array.of(0xf4, 44, 3, 0xf4, 45, 3, 0xf4, 46, 3)));
    this.every(600, 50, (ms) => this.line.hostWrite(Uint8Array.of(0xf0, 0x6f, 44 + ((ms / 50) % 3), ms & 0x7f, 1, 0xf7)));
    this.every(700, 330, () => this.line.hostWrite(Uint8Array.of(0xf0, 0x6b, 0xf7)));
  }

  /** From `fromMs` on the line is kept full with drive, heartbeat and query frames. */
  flood(fromMs: number, mega: Mega2560): void {
    this.every(fromMs, 1, (ms) => {
      while (mega.hostBacklog < 40) {
        if (this.seq % 8 === 7) this.send({ name: 'queryDispense', dispenseId: 77 });
        else if (this.seq % 2 === 0) this.drive();
        else this.send({ name: 'heartbeat', hostTimeMs: ms });
      }
    });
  }

  private drive(): void {
    this.send({ name: 'drive', leftMmS: speedMmS, rightMmS: speedMmS, validMs: 200 });
  }

  private send(message: HostMessage): void {
    this.line.hostWrite(encodeFrame(message, this.seq++ & 0xff));
  }

  private at(ms: number, run: () => void): void {
    this.line.schedule(ms * cyclesPerMs - this.line.cycles, run);
  }

  private every(fromMs: number, periodMs: number, run: (ms: number) => void): void {
    this.at(fromMs, () => {
      run(fromMs);
      this.every(fromMs + periodMs, periodMs, run);
    });
  }
}

/** Pulses from the flow meter, although the valve is shut: the interrupt costs the same. */
function dripFrom(cycle: number, line: Recorder): void {
  line.schedule(cycle - line.cycles, () => {
    line.setInput('B', 4, true);
    line.schedule(flowPeriodCycles / 2, () => line.setInput('B', 4, false));
    dripFrom(cycle + flowPeriodCycles, line);
  });
}

/** Drives the emulated robot through an empty hall at full speed until `untilCycle` and returns all that was done to the part. */
export function recordLoad(flash: Uint8Array, traffic: LinkTraffic, untilCycle: number): Input[] {
  const mega = new Mega2560({ flash, startUpMs: 0 });
  const line = new Recorder(mega);
  const driveTruth = { leftScale: 1, rightScale: 1, trackMm: 400 };
  const lobby = new LobbyPlant({ site: hall(60_000), random: new SeededRandom(7), driveTruth });
  lobby.attach(line);
  line.schedule(releaseAtMs * cyclesPerMs, () => void lobby.command({ type: 'pressRelease' }));
  const host = new Host(line);
  if (traffic === 'flood') host.flood(1500, mega);
  dripFrom(flowFromMs * cyclesPerMs, line);
  mega.runTo(untilCycle);
  if (!mega.outputLevel('A', 2)) throw new Error('the robot does not drive: nothing to stop');
  return line.sorted();
}
