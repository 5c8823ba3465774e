import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { siteSchema } from '../../../config/schema.ts';
import {
  decodeFrame,
  encodeFrame,
  type FirmwareMessage,
  type HostMessage,
  isFirmwareMessage,
} from '../../../firmware-bridge/protocol/generated/messages.ts';
import { LobbyPlant } from '../../../simulators/lobby/plant.ts';
import { parseHex } from '../../../simulators/mega2560/hex.ts';
import { Mega2560 } from '../../../simulators/mega2560/mega2560.ts';
import { SeededRandom } from '../../../src/core/random.ts';

const root = new URL('../../../', import.meta.url);
const hex = readFileSync(new URL('firmware-bridge/firmware/release/letan-mega2560.hex', root), 'utf8');
export const releasedFlash = parseHex(hex);
const site = siteSchema.parse(parse(readFileSync(new URL('config/sites/cua-nam.yaml', root), 'utf8')));

export const calibration: HostMessage = {
  name: 'configure',
  pulsesPerMetreLeft: 1910,
  pulsesPerMetreRight: 1910,
  speedCapMmS: 500,
  marginMm: 450,
  resumeMm: 650,
  decelerationMmS2: 800,
  brakingMmS2: 700,
  brakingDelayMs: 90,
  frontLeftOffsetMm: 0,
  frontRightOffsetMm: 0,
  valveClosing100us: 600,
};

type Named<Name extends FirmwareMessage['name']> = Extract<FirmwareMessage, { name: Name }>;

/** The released firmware in the emulator, in the simulated lobby, with a host that is as alive as the test says. */
export class EmulatedBoard {
  readonly mega: Mega2560;
  readonly lobby = new LobbyPlant({
    site,
    random: new SeededRandom(7),
    driveTruth: { leftScale: 1, rightScale: 1, trackMm: 400 },
  });
  readonly received: FirmwareMessage[] = [];
  readonly raw: number[] = [];
  heartbeats = true;
  #seq = 0;
  #sysex: number[] | null = null;
  #hostMs = 0;

  /** With `bootReset` every reset begins in the boot loader, which `flash` then holds. */
  constructor(flash: Uint8Array = releasedFlash, bootReset = false) {
    this.mega = new Mega2560({ flash, bootReset });
    this.lobby.attach(this.mega);
    this.mega.onHostByte((byte) => this.#take(byte));
  }

  #take(byte: number): void {
    this.raw.push(byte);
    if (byte === 0xf0) this.#sysex = [];
    else if (byte === 0xf7 && this.#sysex) {
      const decoded = decodeFrame(Uint8Array.from(this.#sysex));
      if (decoded.ok && isFirmwareMessage(decoded.message)) this.received.push(decoded.message);
      this.#sysex = null;
    } else this.#sysex?.push(byte);
  }

  send(message: HostMessage): number {
    const seq = this.#seq++ & 0xff;
    this.mega.hostWrite(encodeFrame(message, seq));
    return seq;
  }

  /** Lets time pass; every 20 ms a heartbeat and what `repeat` adds. */
  run(ms: number, repeat?: () => void): void {
    for (let passed = 0; passed < ms; passed += 20) {
      if (this.heartbeats) this.send({ name: 'heartbeat', hostTimeMs: this.#hostMs });
      repeat?.();
      this.mega.runFor(Math.min(20, ms - passed));
      this.#hostMs += 20;
    }
  }

  /** Sends and returns the result of the ack. */
  ask(message: HostMessage): Named<'ack'>['result'] {
    const from = this.received.length;
    const seq = this.send(message);
    this.run(20);
    const ack = this.received.slice(from).find((entry): entry is Named<'ack'> => entry.name === 'ack' && entry.ackedSeq === seq);
    if (!ack) throw new Error(`no ack for ${message.name}`);
    return ack.result;
  }

  last<Name extends FirmwareMessage['name']>(name: Name): Named<Name> {
    const found = this.received.findLast((message): message is Named<Name> => message.name === name);
    if (!found) throw new Error(`no ${name} was received`);
    return found;
  }

  /** Boots, configures and presses the release button. */
  start(): this {
    this.run(400);
    this.ask(calibration);
    this.lobby.command({ type: 'pressRelease' });
    this.run(300);
    return this;
  }

  drive(leftMmS: number, rightMmS: number, ms: number): void {
    this.run(ms, () => this.send({ name: 'drive', leftMmS, rightMmS, validMs: 100 }));
  }
}
