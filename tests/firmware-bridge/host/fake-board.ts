import type { Transport, TransportOpener } from '../../../firmware-bridge/host/transport.ts';
import {
  type AckResult,
  decodeFrame,
  dictionaryHash,
  encodeFrame,
  type FirmwareMessage,
  type HostMessage,
  type IdentityMessage,
  isAcknowledged,
  isFirmwareMessage,
  messageId,
  type StateMessage,
} from '../../../firmware-bridge/protocol/generated/messages.ts';
import { LetanError } from '../../../src/core/errors.ts';
import { Signal } from '../../../src/core/signal.ts';

export const calibration = {
  pulsesPerMetreLeft: 2000,
  pulsesPerMetreRight: 2000,
  trackWidthMm: 400,
  speedCapMmS: 400,
  marginMm: 500,
  resumeMm: 700,
  decelerationMmS2: 800,
  brakingMmS2: 700,
  brakingDelayMs: 90,
  frontLeftOffsetMm: 0,
  frontRightOffsetMm: 0,
  valveClosingMs: 60,
  flowPulsesPerLitre: 5880,
};

export const identity: IdentityMessage = {
  name: 'identity',
  protocolMajor: 2,
  protocolMinor: 0,
  firmwareMajor: 2,
  firmwareMinor: 3,
  firmwarePatch: 4,
  dictionaryHash,
  resetCause: 'powerOn',
  previousUptimeMs: 0,
  previousStopCause: 'none',
  previousStopAtMs: 0,
  selfTest: { flashDamaged: false, ramDamaged: false },
};

export const restingState: StateMessage = {
  name: 'state',
  uptimeMs: 1000,
  hostTimeMs: 0,
  stopCause: 'none',
  lastStopCause: 'none',
  lastStopAtMs: 0,
  flags: {
    latched: false,
    moving: false,
    dispensing: false,
    eStopOpen: false,
    configured: true,
    cupPresent: true,
    tankEmpty: false,
    hatchOpen: false,
    retreatOnly: false,
    flowWhileClosed: false,
    leak: false,
    releasePressed: false,
  },
  leftPulses: 0,
  rightPulses: 0,
  leftMmS: 0,
  rightMmS: 0,
  rangeFrontLeftMm: 65535,
  rangeFrontRightMm: 65535,
  rangeLeftMm: 65535,
  rangeRightMm: 65535,
  rangeRearMm: 65535,
  batteryMv: 24500,
  speedCapMmS: 400,
  worstTickUs: 300,
  missedTicks: 0,
  stackFreeBytes: 5000,
  rejectedFrames: 0,
  refusedPinWrites: 0,
};

class MemoryTransport implements Transport {
  readonly received = new Signal<Uint8Array>();
  readonly closed = new Signal<void>();
  open = true;
  /** The device is gone, but the driver has not reported it. */
  vanished = false;
  private readonly onWrite: (bytes: Uint8Array) => void;
  constructor(onWrite: (bytes: Uint8Array) => void) {
    this.onWrite = onWrite;
  }
  write(bytes: Uint8Array): void {
    if (this.open) this.onWrite(bytes);
  }
  present(): Promise<boolean> {
    return Promise.resolve(!this.vanished);
  }
  close(): Promise<void> {
    if (this.open) {
      this.open = false;
      this.closed.emit();
    }
    return Promise.resolve();
  }
}

/**
 * The other end of an in-memory cable, played by the test: answers `hello` and `configure` as a healthy firmware does and
 * everything acknowledged with {@link answer}. It has no behaviour of its own beyond that.
 */
export class FakeBoard implements TransportOpener {
  readonly portName = '/dev/fake';
  plugged = true;
  opens = 0;
  identity: IdentityMessage = identity;
  /** What acknowledged messages other than `configure` are answered; null: silence. */
  answer: (message: HostMessage) => AckResult | null = () => 'accepted';
  answersHello = true;
  configureResult: AckResult | null = 'accepted';
  readonly heard: { seq: number; message: HostMessage }[] = [];
  readonly firmataHeard: Uint8Array[] = [];
  /** Answers to Firmata messages, whole; none by default. */
  answerFirmata: (bytes: Uint8Array) => Uint8Array[] = () => [];
  transport: MemoryTransport | null = null;
  private seq = 0;

  open(): Promise<Transport> {
    this.opens++;
    if (!this.plugged) return Promise.reject(new LetanError('BOARD_NOT_CONNECTED', '/dev/fake does not exist'));
    this.transport = new MemoryTransport((bytes) => this.take(bytes));
    return Promise.resolve(this.transport);
  }

  unplug(): void {
    this.plugged = false;
    void this.transport?.close();
  }

  say(message: FirmwareMessage): void {
    this.emit(encodeFrame(message, this.seq++ % 256));
  }

  emit(bytes: Uint8Array): void {
    if (this.transport?.open) this.transport.received.emit(bytes);
  }

  count(name: HostMessage['name']): number {
    return this.heard.filter(({ message }) => message.name === name).length;
  }

  last<Name extends HostMessage['name']>(name: Name): Extract<HostMessage, { name: Name }> | undefined {
    const messages = this.heard.map(({ message }) => message);
    return messages.findLast((message): message is Extract<HostMessage, { name: Name }> => message.name === name);
  }

  private take(bytes: Uint8Array): void {
    const decoded = decodeFrame(bytes.slice(1, -1));
    if (!decoded.ok) {
      this.firmataHeard.push(bytes);
      queueMicrotask(() => {
        for (const reply of this.answerFirmata(bytes)) this.emit(reply);
      });
      return;
    }
    const { message } = decoded;
    if (isFirmwareMessage(message)) throw new Error(`the host sent ${message.name}`);
    this.heard.push({ seq: decoded.seq, message });
    // A real board answers later than the write returns.
    queueMicrotask(() => this.react(message, decoded.seq));
  }

  private react(message: HostMessage, seq: number): void {
    if (message.name === 'hello' && this.answersHello) this.say(this.identity);
    if (!isAcknowledged(message.name)) return;
    const result = message.name === 'configure' ? this.configureResult : this.answer(message);
    if (result !== null) this.say({ name: 'ack', ackedSeq: seq, ackedId: messageId(message.name), result });
  }
}
