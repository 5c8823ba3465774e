import type { Card } from 'pcsc-mini';
import type { Cancel, Clock } from '../../src/core/clock.ts';
import { withDeadline } from '../../src/core/deadline.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import type { CardFailure, CardPresence, CardReader, Exchange, PresentCard } from './card-reader.ts';
import { failureOfCode, isMemoryCard, longestOf } from './pcsc-codes.ts';
import { codeOf, type KnownReader, type LoadPcsc, PcscService } from './pcsc-service.ts';
import { offline, sameStatus } from './reader-status.ts';
import { Turns } from './turns.ts';

const connectWithinMs = 3000;
/** One APDU; chips need up to some 2 s for a step of PACE. */
const exchangeWithinMs = 5000;
/** The service looks for a removed card every 400 ms (pcscd's eventhandler). */
const noticeWithinMs = 700;
const retryMs = 500;
/** APDUs that wait for their turn; a reader of chips sends one at a time. More are refused. */
const longestQueue = 8;

const none: CardPresence = { kind: 'none' };

interface Session {
  card: Card;
  handle: PresentCard;
}

/**
 * A reader of the PC/SC service. The service's readers look for cards by themselves; a card is connected (exclusively) only while cards
 * are sought, and unpowered after. A call that hangs in the service blocks no other: nothing more is asked until it returns.
 */
export class PcscReader implements CardReader {
  readonly statusChanged = new Signal<DeviceStatus>();
  readonly presenceChanged = new Signal<CardPresence>();
  status: DeviceStatus = offline('the PC/SC service was not asked yet');
  presence: CardPresence = none;
  private readonly service: PcscService;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly namePart: string;
  private readonly turns = new Turns();
  private readonly stop: Unsubscribe;
  private session: Session | null = null;
  private connecting = false;
  private heldByOther = false;
  private hung = false;
  private seeking = false;
  private ended = false;
  private cancelRetry: Cancel = () => {};
  /** Responses land here. One for all, since pcsc-mini 0.1.3 never lets go of the buffer of a call. */
  private landing = new ArrayBuffer(0);

  /** `name`: part of the reader's name; none: the first reader. */
  constructor(options: { service: PcscService; clock: Clock; logger: Logger; name?: string | undefined }) {
    this.service = options.service;
    this.clock = options.clock;
    this.logger = options.logger;
    this.namePart = options.name ?? '';
    this.stop = this.service.changed.on(() => this.update());
    this.update();
  }

  seek(on: boolean): void {
    this.seeking = on;
    this.update();
  }

  async close(): Promise<void> {
    this.ended = true;
    this.seeking = false;
    this.cancelRetry();
    this.stop();
    this.endSession();
    if (!this.hung) await this.turns.take(() => Promise.resolve());
    await this.service.close();
  }

  private reader(): KnownReader | undefined {
    return [...this.service.readers.values()].find(({ name }) => name.includes(this.namePart));
  }

  /** Brings status, presence and connection in line with what the service says and what is wanted. */
  private update(): void {
    const reader = this.reader();
    if (!reader?.cardPresent || !this.seeking) this.heldByOther = false;
    this.setStatus(this.statusNow(reader));
    if (!reader?.cardPresent || !this.seeking) this.endSession();
    else if (this.session || this.connecting || this.hung || this.ended) return;
    else if (reader.mute || isMemoryCard(reader.atr)) this.setPresence({ kind: 'other' });
    else this.beginConnecting(reader);
  }

  private beginConnecting(reader: KnownReader): void {
    this.connecting = true;
    void this.turns
      .take(() => this.connect(reader))
      .finally(() => {
        this.connecting = false;
      });
  }

  private statusNow(reader: KnownReader | undefined): DeviceStatus {
    const { state } = this.service;
    if (state.kind === 'missing') return { status: 'offline', error: state.error };
    if (!reader)
      return offline(this.namePart ? `the PC/SC service knows no reader named "${this.namePart}"` : 'the PC/SC service knows no reader');
    if (this.hung)
      return { status: 'faulty', error: { code: 'DEVICE_FAULTY', detail: 'the card reader has not answered the PC/SC service' } };
    if (this.heldByOther) return { status: 'degraded', error: { code: 'CARD_READER_SERVICE', detail: 'another program uses the card' } };
    return { status: 'ready' };
  }

  private async connect(reader: KnownReader): Promise<void> {
    const work = reader.connect();
    try {
      const card = await withDeadline(this.clock, connectWithinMs, 'connecting the card', work);
      const longest = longestOf(await this.service.maximumInput(card));
      this.heldByOther = false;
      if (!this.ended && this.seeking && this.reader()?.cardPresent) this.begin(card, longest);
      else {
        await this.service.release(card);
        // Meanwhile another card may have been laid on.
        this.clock.after(0, () => this.update());
      }
    } catch (error) {
      const code = codeOf(error);
      if (code === 'REQUEST_TIMEOUT') this.waitFor(work.then((card) => this.service.release(card)));
      else this.refused(code);
    }
  }

  private begin(card: Card, longest: PresentCard['longest']): void {
    const session: Session = {
      card,
      handle: {
        longest,
        transceive: (command) => {
          if (this.turns.waiting >= longestQueue) return Promise.resolve({ kind: 'failed', failure: 'protocol' });
          return this.turns.take(() => this.exchange(session, command));
        },
      },
    };
    this.session = session;
    this.setStatus(this.statusNow(this.reader()));
    this.setPresence({ kind: 'card', card: session.handle });
  }

  private refused(code: string): void {
    this.heldByOther = code === 'SharingViolation';
    if (code === 'TooManyCardConnections') this.service.renew();
    this.setStatus(this.statusNow(this.reader()));
    const failure = failureOfCode(code);
    if (!this.heldByOther && (failure === 'unsure' || failure === 'protocol')) this.setPresence({ kind: 'other' });
    this.cancelRetry();
    if (!this.ended) this.cancelRetry = this.clock.after(retryMs, () => this.update());
  }

  private async exchange(session: Session, command: Uint8Array): Promise<Exchange> {
    if (this.session !== session) return { kind: 'failed', failure: this.reader() ? 'cardRemoved' : 'readerUnplugged' };
    const { commandBytes, responseBytes } = session.handle.longest;
    if (command.length > commandBytes) return { kind: 'failed', failure: 'protocol' };
    if (this.landing.byteLength < responseBytes) this.landing = new ArrayBuffer(responseBytes);
    const work = session.card.transmit(command, this.landing);
    try {
      const response = await withDeadline(this.clock, exchangeWithinMs, 'the card', work);
      if (response.length >= 2) return { kind: 'answered', response: Uint8Array.from(response) };
      return await this.failed(session, response.length === 0 ? 'unsure' : 'protocol');
    } catch (error) {
      const code = codeOf(error);
      this.logger.warn({ code }, 'the card did not answer');
      if (code !== 'REQUEST_TIMEOUT') return this.failed(session, failureOfCode(code));
      this.session = null;
      this.waitFor(work.catch(() => {}).then(() => this.service.release(session.card)));
      return { kind: 'failed', failure: 'timeout' };
    }
  }

  /** The session is over. A card that still lies there begins a new one. */
  private async failed(session: Session, failure: CardFailure | 'unsure'): Promise<Exchange> {
    const gone = (failure === 'unsure' || failure === 'protocol') && (await this.isGone());
    const removal = this.reader() ? 'cardRemoved' : 'readerUnplugged';
    const said = gone ? removal : failure === 'unsure' ? 'weakField' : failure;
    if (this.session === session) {
      this.session = null;
      this.setPresence(none);
      await this.service.release(session.card);
      this.clock.after(0, () => this.update());
    }
    return { kind: 'failed', failure: said };
  }

  /** Waits until the service has had time to notice a removal. */
  private isGone(): Promise<boolean> {
    const gone = () => this.reader()?.cardPresent !== true;
    if (gone()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = () => {
        stop();
        cancel();
        resolve(gone());
      };
      const stop = this.service.changed.on(() => {
        if (gone()) finish();
      });
      const cancel = this.clock.after(noticeWithinMs, finish);
    });
  }

  /** A call hangs in the service: each would hold a thread of the process, so nothing is asked until it returns. */
  private waitFor(work: Promise<unknown>): void {
    this.hung = true;
    this.setPresence(none);
    this.setStatus(this.statusNow(this.reader()));
    const back = () => {
      this.hung = false;
      if (!this.ended) this.update();
    };
    work.then(back, back);
  }

  private endSession(): void {
    const { session } = this;
    this.session = null;
    this.setPresence(none);
    if (session && !this.hung) void this.turns.take(() => this.service.release(session.card));
  }

  private setPresence(presence: CardPresence): void {
    if (presence.kind !== 'card' && presence.kind === this.presence.kind) return;
    this.presence = presence;
    this.presenceChanged.emit(presence);
  }

  private setStatus(status: DeviceStatus): void {
    if (sameStatus(this.status, status)) return;
    this.status = status;
    this.statusChanged.emit(status);
  }
}

/** A reader of the PC/SC service; waits for the service and for the reader. */
export function openPcsc(options: { name?: string | undefined; clock: Clock; logger: Logger; load?: LoadPcsc }): PcscReader {
  return new PcscReader({ service: new PcscService(options), ...options });
}
