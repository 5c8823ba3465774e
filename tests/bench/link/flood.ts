import { encodeFrame, type FirmwareMessage, type HostMessage, messageId } from '../../../firmware-bridge/protocol/generated/messages.ts';
import { cyclesPerMs, Mega2560 } from '../../../simulators/mega2560/mega2560.ts';
import type { Random } from '../../../src/core/random.ts';
import { FrameReceiver } from '../frame-receiver.ts';
import { type Damage, damaged, damages } from './damage.ts';

const characterCycles = 640;
const settleMs = 200;
/** Longest that an answer may take; what has not come then is lost. */
const answerMs = 60;
const damagedShare = 0.3;

interface Awaited {
  seq: number;
  id: number;
  /** It came right after a damaged one. */
  afterDamage: boolean;
}

export interface FloodResult {
  valid: number;
  damaged: Record<Damage, number>;
  /** Valid frames without their acknowledgement. */
  lost: number;
  /** Of these, the ones right after a damaged frame: not in step again within one frame. */
  lostAfterDamage: number;
  /** Acknowledgements that no valid frame explains. */
  accepted: number;
  /** Characters that the part's receiver lost. */
  overruns: number;
  /** Share of the time awake. */
  load: number;
}

/** Sends valid and damaged frames at a share of the line's rate to the firmware and holds every acknowledgement against them. */
export class Flood {
  private readonly mega: Mega2560;
  private readonly random: Random;
  private readonly awaited: Awaited[] = [];
  private readonly counts = { valid: 0, lost: 0, lostAfterDamage: 0, accepted: 0 };
  private readonly damaged: Record<Damage, number> = { flip: 0, drop: 0, insert: 0, truncate: 0, merge: 0 };
  private seq = 0;
  private afterDamage = false;

  constructor(flash: Uint8Array, random: Random) {
    this.mega = new Mega2560({ flash });
    this.random = random;
    new FrameReceiver(this.mega, (message) => this.received(message));
    this.mega.runFor(settleMs);
  }

  /** `lineShare` 1 = without a pause between frames. */
  run(frames: number, lineShare: number): FloodResult {
    const { mega } = this;
    const from = { cycles: mega.cycles, slept: mega.sleepFraction * mega.cycles };
    let nextAt = mega.cycles;
    for (let sent = 0; sent < frames; ) {
      mega.runTo(Math.round(nextAt));
      const { bytes, count } = this.next();
      mega.hostWrite(bytes);
      sent += count;
      nextAt += (bytes.length * characterCycles) / lineShare;
    }
    const load = 1 - (mega.sleepFraction * mega.cycles - from.slept) / (mega.cycles - from.cycles);
    mega.runFor(answerMs);
    for (const missing of this.awaited.splice(0)) this.lose(missing);
    return { ...this.counts, damaged: this.damaged, overruns: mega.overruns(0), load };
  }

  /** The next bytes for the line and how many frames they are. */
  private next(): { bytes: Uint8Array; count: number } {
    const frame = this.frame();
    if (this.random.next() >= damagedShare) {
      this.expect(frame);
      this.afterDamage = false;
      return { bytes: frame, count: 1 };
    }
    const kind = damages[Math.floor(this.random.next() * damages.length)] ?? 'flip';
    const second = kind === 'merge' ? this.frame() : frame;
    const { bytes, whole } = damaged(kind, frame, second, this.random);
    for (const left of whole) this.expect(left);
    const count = kind === 'merge' ? 2 : 1;
    this.damaged[kind] += count - whole.length;
    this.afterDamage = true;
    return { bytes, count };
  }

  private frame(): Uint8Array {
    const bytes = encodeFrame(this.message(), this.seq & 0xff);
    this.seq += 1;
    return bytes;
  }

  /** Messages that are acknowledged, with any content; the robot is held by its power-up stop, so nothing comes of them. */
  private message(): HostMessage {
    const whole = (from: number, to: number) => from + Math.floor(this.random.next() * (to - from + 1));
    switch (whole(0, 4)) {
      case 0:
        return { name: 'stop' };
      case 1:
        return { name: 'dispenseSnack', dispenseId: whole(1, 0xffffffff) };
      case 2:
        return {
          name: 'dispenseWater',
          dispenseId: whole(1, 0xffffffff),
          pulses: whole(1, 6000),
          capPulses: whole(1, 6000),
          capMs: whole(100, 30000),
        };
      default:
        return { name: 'drive', leftMmS: whole(-600, 600), rightMmS: whole(-600, 600), validMs: whole(20, 250) };
    }
  }

  private expect(frame: Uint8Array): void {
    this.counts.valid += 1;
    this.awaited.push({ seq: (frame[2] ?? 0) | ((frame[3] ?? 0) << 7), id: frame[1] ?? 0, afterDamage: this.afterDamage });
  }

  /** Acknowledgements come in the order of the frames: those passed over are lost, one that fits nowhere is for a damaged frame. */
  private received(message: FirmwareMessage): void {
    if (message.name !== 'ack') return;
    const index = this.awaited.findIndex(({ seq, id }) => seq === message.ackedSeq && id === message.ackedId);
    if (index < 0) {
      this.counts.accepted += 1;
      return;
    }
    for (const passed of this.awaited.splice(0, index + 1).slice(0, -1)) this.lose(passed);
  }

  private lose({ afterDamage }: Awaited): void {
    this.counts.lost += 1;
    if (afterDamage) this.counts.lostAfterDamage += 1;
  }
}

/**
 * Command -> acknowledgement in ms on a link that carries nothing else but heartbeats and states: first start bit to last stop bit, at
 * random phases of the tick and of everything else.
 */
export function roundTripsMs(flash: Uint8Array, random: Random, commands: number): number[] {
  const mega = new Mega2560({ flash });
  const times: number[] = [];
  let sent = { seq: -1, at: 0 };
  new FrameReceiver(mega, (message) => {
    if (message.name === 'ack' && message.ackedSeq === sent.seq && message.ackedId === messageId('drive'))
      times.push((mega.cycles - sent.at) / cyclesPerMs);
  });
  let seq = 0;
  const send = (message: HostMessage): number => {
    mega.hostWrite(encodeFrame(message, seq & 0xff));
    return seq++ & 0xff;
  };
  mega.runFor(settleMs);
  for (let command = 0; command < commands; command += 1) {
    send({ name: 'heartbeat', hostTimeMs: Math.floor(mega.cycles / cyclesPerMs) });
    mega.runTo(mega.cycles + Math.floor((5 + 20 * random.next()) * cyclesPerMs));
    const at = mega.cycles;
    sent = { at, seq: send({ name: 'drive', leftMmS: 100, rightMmS: 100, validMs: 100 }) };
    mega.runTo(at + 15 * cyclesPerMs);
  }
  if (times.length !== commands) throw new Error(`${times.length} acknowledgements for ${commands} commands`);
  return times;
}
