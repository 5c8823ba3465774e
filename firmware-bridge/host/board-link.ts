import type { FiveBoard } from 'johnny-five/lib/board.js';
import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import { LetanError, toErrorInfo } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal } from '../../src/core/signal.ts';
import type { AckResult, FirmwareMessage, HostMessage, IdentityMessage } from '../protocol/generated/messages.ts';
import { attachFirmata, type FirmataClient } from './firmata-client.ts';
import type { RejectionCounts } from './frame-parser.ts';
import type { AcknowledgedMessage, RequestOptions } from './requests.ts';
import { type BoardCalibration, BoardSession } from './session.ts';
import type { Transport, TransportOpener } from './transport.ts';

export interface BoardLinkOptions {
  opener: TransportOpener;
  clock: Clock;
  logger: Logger;
  calibration: BoardCalibration;
  /** johnny-five is attached so long after the handshake, off the start-up's critical path; null: not at all. Default 1000. */
  firmataDelayMs?: number | null;
}

const firstRetryMs = 200;
/** Looking whether the board is there costs one system call; a re-plugged one is found within a second. */
const lastRetryMs = 500;

/**
 * The host's end of the link to the control board. Connects, shakes hands, keeps the heartbeat, and starts over with a
 * brand-new port, session and johnny-five board whenever the connection ends. Works from construction to {@link close}.
 */
export class BoardLink {
  readonly statusChanged = new Signal<DeviceStatus>();
  /** Every checked message of the board. */
  readonly received = new Signal<FirmwareMessage>();
  /** The board can be commanded (again): after connecting and after every reset of the board. */
  readonly readied = new Signal<void>();
  /** johnny-five's board is ready for components, or gone (null). */
  readonly fiveChanged = new Signal<FiveBoard | null>();
  five: FiveBoard | null = null;

  private session: BoardSession | null = null;
  private transport: Transport | null = null;
  private firmata: FirmataClient | null = null;
  private current: DeviceStatus;
  private retryMs = firstRetryMs;
  private cancelRetry: Cancel = () => {};
  private cancelFirmata: Cancel = () => {};
  private closing = false;
  private readonly options: BoardLinkOptions;

  constructor(options: BoardLinkOptions) {
    this.options = options;
    this.current = offline(`${options.opener.portName} is not open yet`);
    this.connect();
  }

  get portName(): string {
    return this.options.opener.portName;
  }
  get status(): DeviceStatus {
    return this.current;
  }
  /** Handshake through and the board heard of within 500 ms. */
  get ready(): boolean {
    return this.session?.ready ?? false;
  }
  get identity(): IdentityMessage | null {
    return this.session?.identity ?? null;
  }
  /** Age of the heartbeat echoed in the last state frame, ms: the round trip and the wait for that frame. */
  get roundTripMs(): number | null {
    return this.session?.roundTripMs ?? null;
  }
  /** What this connection threw away, by cause. */
  get rejections(): RejectionCounts | null {
    return this.session?.parser.rejections ?? null;
  }

  /** Sends an acknowledged message. Rejects with `BOARD_NOT_CONNECTED`, `REQUEST_TIMEOUT` or `BOARD_REJECTED` (too many waiting). */
  request(message: AcknowledgedMessage, options?: RequestOptions): Promise<AckResult> {
    return (
      this.session?.request(message, options) ??
      Promise.reject(new LetanError('BOARD_NOT_CONNECTED', `${message.name} was not sent: no board`))
    );
  }

  /** Sends a message without an answer of its own; lost when the board is not ready. */
  send(message: Exclude<HostMessage, AcknowledgedMessage>): void {
    if (this.ready) this.session?.send(message);
  }

  async close(): Promise<void> {
    this.closing = true;
    this.cancelRetry();
    const transport = this.transport;
    this.dropSession();
    await transport?.close();
  }

  private connect(): void {
    this.options.opener.open().then(
      (transport) => this.opened(transport),
      (error: unknown) => {
        this.setStatus({ status: 'offline', error: toErrorInfo(error, 'BOARD_NOT_CONNECTED') });
        this.retry();
      },
    );
  }

  private retry(): void {
    if (this.closing) return;
    this.cancelRetry = this.options.clock.after(this.retryMs, () => this.connect());
    this.retryMs = Math.min(lastRetryMs, this.retryMs * 2);
  }

  private opened(transport: Transport): void {
    if (this.closing) {
      void transport.close();
      return;
    }
    const { clock, calibration } = this.options;
    const session = new BoardSession({ transport, clock, calibration, portName: this.portName });
    this.transport = transport;
    this.session = session;
    session.received.on((message) => this.received.emit(message));
    session.statusChanged.on((status) => this.setStatus(status));
    session.readied.on(() => this.sessionReady(session));
    transport.closed.on(() => this.lost(transport));
    this.setStatus(session.status);
  }

  private lost(transport: Transport): void {
    if (transport !== this.transport) return;
    this.dropSession();
    this.setStatus(offline(`the connection on ${this.portName} ended: the board was unplugged or its port closed`));
    this.retry();
  }

  private dropSession(): void {
    this.cancelFirmata();
    this.session?.end();
    this.session = null;
    this.transport = null;
    this.detachFive();
  }

  private sessionReady(session: BoardSession): void {
    this.retryMs = firstRetryMs;
    this.options.logger.info({ port: this.portName, resetCause: session.identity?.resetCause }, 'control board ready');
    this.readied.emit();
    const { firmataDelayMs = 1000, clock } = this.options;
    if (firmataDelayMs === null) return;
    this.cancelFirmata();
    this.cancelFirmata = clock.after(firmataDelayMs, () => this.attach(session));
  }

  /** A reset board has forgotten pin modes, so it gets a new johnny-five board as well. */
  private attach(session: BoardSession): void {
    this.detachFive();
    attachFirmata({ portName: this.portName, received: session.firmataReceived, write: (bytes) => session.sendFirmata(bytes) })
      .then(async (client) => {
        if (this.session !== session || this.firmata !== null) return client.detach();
        this.firmata = client;
        await client.ready;
        if (this.firmata !== client) return;
        this.five = client.board;
        this.fiveChanged.emit(client.board);
      })
      .catch((error: unknown) =>
        this.options.logger.warn({ port: this.portName, cause: String(error) }, 'Firmata handshake failed; the lights stay dark'),
      );
  }

  private detachFive(): void {
    this.firmata?.detach();
    this.firmata = null;
    if (this.five === null) return;
    this.five = null;
    this.fiveChanged.emit(null);
  }

  private setStatus(status: DeviceStatus): void {
    if (this.closing || JSON.stringify(status) === JSON.stringify(this.current)) return;
    this.current = status;
    this.options.logger.debug({ port: this.portName, ...status }, 'control board status');
    this.statusChanged.emit(status);
  }
}

const offline = (detail: string): DeviceStatus => ({ status: 'offline', error: { code: 'BOARD_NOT_CONNECTED', detail } });
