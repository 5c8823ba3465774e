import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import { LetanError } from '../../src/core/errors.ts';
import { Signal } from '../../src/core/signal.ts';
import {
  type AckResult,
  type ConfigureMessage,
  encodeFrame,
  type FirmwareMessage,
  type HostMessage,
  type IdentityMessage,
  protocolVersion,
  type StateMessage,
} from '../protocol/generated/messages.ts';
import { FrameParser } from './frame-parser.ts';
import { mismatchOf } from './identity.ts';
import { type AcknowledgedMessage, type RequestOptions, RequestTable } from './requests.ts';
import type { Transport } from './transport.ts';

/** What the firmware must know of this unit; the robot file's calibration fits. */
export interface BoardCalibration {
  pulsesPerMetreLeft: number;
  pulsesPerMetreRight: number;
  speedCapMmS: number;
  marginMm: number;
  resumeMm: number;
  decelerationMmS2: number;
  brakingMmS2: number;
  brakingDelayMs: number;
  frontLeftOffsetMm: number;
  frontRightOffsetMm: number;
  valveClosingMs: number;
}

/** The message that carries a unit's calibration to its board. */
export const configureMessage = (unit: BoardCalibration): ConfigureMessage => ({
  name: 'configure',
  pulsesPerMetreLeft: unit.pulsesPerMetreLeft,
  pulsesPerMetreRight: unit.pulsesPerMetreRight,
  speedCapMmS: unit.speedCapMmS,
  marginMm: unit.marginMm,
  resumeMm: unit.resumeMm,
  decelerationMmS2: unit.decelerationMmS2,
  brakingMmS2: unit.brakingMmS2,
  brakingDelayMs: unit.brakingDelayMs,
  frontLeftOffsetMm: unit.frontLeftOffsetMm,
  frontRightOffsetMm: unit.frontRightOffsetMm,
  valveClosing100us: Math.round(unit.valveClosingMs * 10),
});

export interface SessionOptions {
  transport: Transport;
  clock: Clock;
  calibration: BoardCalibration;
  portName: string;
}

/** A quarter of the firmware's 100 ms: three heartbeats may be lost or late before the robot stops. */
const heartbeatEveryMs = 25;
const helloEveryMs = 200;
const watchEveryMs = 50;
/** Ten missed state frames. */
const silentAfterMs = 500;
/** A silent device is looked for this often. */
const lookEveryMs = 500;
/** Opening anew resets the board. Longer than the 7 s that a Mega's boot loader may hold the line. */
const reopenAfterMs = 10_000;
const configureRetryMs = 200;
const uptimeWrapMs = 2 ** 32;

type Phase =
  | { phase: 'greeting' }
  | { phase: 'configuring' }
  | { phase: 'running' }
  /** Talks, but cannot be used: wrong protocol or calibration refused. Left only by a new `identity`. */
  | { phase: 'unusable'; error: LetanError };

/** One connection from open to close: handshake, heartbeat, requests, watch over silence and resets. Never reused. */
export class BoardSession {
  readonly received = new Signal<FirmwareMessage>();
  readonly firmataReceived = new Signal<Uint8Array>();
  readonly statusChanged = new Signal<DeviceStatus>();
  /** The handshake is through, the first time or again after a reset of the board. */
  readonly readied = new Signal<void>();
  readonly parser = new FrameParser();
  identity: IdentityMessage | null = null;
  roundTripMs: number | null = null;

  private state: Phase = { phase: 'greeting' };
  private current: DeviceStatus;
  private silent = false;
  private watchdogStop = false;
  private lastHeardMs: number;
  private lastUptimeMs = 0;
  private lastLookMs = Number.NEGATIVE_INFINITY;
  private seq = 0;
  private readonly timers: Cancel[] = [];
  private readonly requests: RequestTable;
  private readonly options: SessionOptions;

  constructor(options: SessionOptions) {
    this.options = options;
    const { transport, clock, portName } = options;
    this.current = offline(`${portName} is open; waiting for the firmware to say who it is`);
    this.lastHeardMs = clock.monotonicMs();
    this.requests = new RequestTable({ clock, write: (frame) => transport.write(frame), nextSeq: () => this.nextSeq() });
    this.timers.push(
      transport.received.on((chunk) => this.take(chunk)),
      clock.every(heartbeatEveryMs, () => this.heartbeat()),
      clock.every(helloEveryMs, () => this.greet()),
      clock.every(watchEveryMs, () => this.watch()),
    );
    this.greet();
  }

  get status(): DeviceStatus {
    return this.current;
  }

  /** Commands may be sent: handshake through and the board heard of late. */
  get ready(): boolean {
    return this.state.phase === 'running' && !this.silent;
  }

  request(message: AcknowledgedMessage, options?: RequestOptions): Promise<AckResult> {
    if (!this.ready) return Promise.reject(new LetanError('BOARD_NOT_CONNECTED', `${message.name} was not sent: the board is not ready`));
    return this.requests.request(message, options);
  }

  send(message: HostMessage): void {
    this.options.transport.write(encodeFrame(message, this.nextSeq()));
  }

  sendFirmata(bytes: Uint8Array): void {
    this.options.transport.write(bytes);
  }

  end(): void {
    for (const cancel of this.timers) cancel();
    this.requests.rejectAll(new LetanError('BOARD_NOT_CONNECTED', `the connection on ${this.options.portName} ended`));
  }

  private nextSeq(): number {
    const seq = this.seq;
    this.seq = (seq + 1) % 256;
    return seq;
  }

  private greet(): void {
    if (this.state.phase !== 'greeting') return;
    this.send({ name: 'hello', protocolMajor: protocolVersion.major, protocolMinor: protocolVersion.minor });
  }

  /** By this thread on purpose: the one that runs the behaviour. When that hangs, the robot stops. */
  private heartbeat(): void {
    if (this.state.phase !== 'configuring' && this.state.phase !== 'running') return;
    this.send({ name: 'heartbeat', hostTimeMs: this.hostTimeMs() });
  }

  private hostTimeMs(): number {
    return Math.floor(this.options.clock.monotonicMs()) % uptimeWrapMs;
  }

  private watch(): void {
    const quietMs = this.options.clock.monotonicMs() - this.lastHeardMs;
    if (quietMs >= reopenAfterMs) {
      void this.options.transport.close();
      return;
    }
    this.silent = quietMs >= silentAfterMs && this.identity !== null;
    this.updateStatus();
    if (this.silent) this.look();
  }

  private look(): void {
    const nowMs = this.options.clock.monotonicMs();
    if (nowMs - this.lastLookMs < lookEveryMs) return;
    this.lastLookMs = nowMs;
    const { transport } = this.options;
    transport.present().then(
      (present) => (present ? undefined : transport.close()),
      () => transport.close(),
    );
  }

  private take(chunk: Uint8Array): void {
    for (const parsed of this.parser.push(chunk)) {
      if (parsed.kind === 'firmata') this.firmataReceived.emit(parsed.bytes);
      else this.hear(parsed.message);
    }
  }

  private hear(message: FirmwareMessage): void {
    this.lastHeardMs = this.options.clock.monotonicMs();
    this.silent = false;
    if (message.name === 'identity') this.meet(message);
    if (message.name === 'ack') this.requests.acknowledge(message);
    if (message.name === 'state') this.observe(message);
    this.updateStatus();
    this.received.emit(message);
  }

  private meet(identity: IdentityMessage): void {
    // Said unasked, it is the first word after a reset: what was on its way is lost.
    if (this.state.phase === 'running') this.withdraw();
    this.identity = identity;
    const error = mismatchOf(identity, this.options.portName);
    if (error) this.state = { phase: 'unusable', error };
    else if (this.state.phase !== 'configuring') this.configure();
  }

  private configure(): void {
    this.state = { phase: 'configuring' };
    this.requests
      .request(configureMessage(this.options.calibration))
      .then((result) => this.configured(result))
      .catch(() => this.retryConfigure());
  }

  private configured(result: AckResult): void {
    if (this.state.phase !== 'configuring') return;
    if (result === 'accepted' || result === 'repeated') {
      this.state = { phase: 'running' };
      this.updateStatus();
      this.readied.emit();
    } else if (result === 'outOfRange' || result === 'unknownMessage') {
      this.state = {
        phase: 'unusable',
        error: new LetanError('BOARD_REJECTED', `the board on ${this.options.portName} answered the calibration with ${result}`),
      };
      this.updateStatus();
    } else this.retryConfigure();
  }

  /** Still moving or dispensing for another master that is gone, or answers were lost: ask again, from `hello` on. */
  private retryConfigure(): void {
    if (this.state.phase !== 'configuring') return;
    this.timers.push(
      this.options.clock.after(configureRetryMs, () => {
        if (this.state.phase === 'configuring') this.state = { phase: 'greeting' };
      }),
    );
  }

  private observe(state: StateMessage): void {
    if (state.hostTimeMs !== 0) this.roundTripMs = (this.hostTimeMs() - state.hostTimeMs + uptimeWrapMs) % uptimeWrapMs;
    this.watchdogStop = state.stopCause === 'watchdogReset';
    const wasReset = state.uptimeMs < this.lastUptimeMs;
    this.lastUptimeMs = state.uptimeMs;
    if (this.state.phase !== 'running' || !(wasReset || !state.flags.configured)) return;
    this.withdraw();
    this.state = { phase: 'greeting' };
    this.greet();
  }

  private withdraw(): void {
    this.requests.rejectAll(new LetanError('BOARD_NOT_CONNECTED', `the board on ${this.options.portName} was reset`));
  }

  private updateStatus(): void {
    const next = this.judge();
    if (JSON.stringify(next) === JSON.stringify(this.current)) return;
    this.current = next;
    this.statusChanged.emit(next);
  }

  private judge(): DeviceStatus {
    const { portName } = this.options;
    if (this.state.phase === 'unusable') return { status: 'faulty', error: this.state.error.toInfo() };
    if (this.silent) {
      return {
        status: 'faulty',
        error: { code: 'BOARD_SILENT', detail: `nothing heard from the board on ${portName} for ${silentAfterMs} ms` },
      };
    }
    if (this.state.phase !== 'running')
      return this.current.status === 'offline' ? this.current : offline(`handshake with the board on ${portName}`);
    if (this.watchdogStop) {
      return { status: 'degraded', error: { code: 'BOARD_WATCHDOG', detail: `the board on ${portName} was reset by its watchdog` } };
    }
    return { status: 'ready' };
  }
}

const offline = (detail: string): DeviceStatus => ({ status: 'offline', error: { code: 'BOARD_NOT_CONNECTED', detail } });
