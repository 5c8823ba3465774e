import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import { SerialDevice } from '../serial/serial-device.ts';
import type { SerialLink } from '../serial/serial-link.ts';
import type { CardPresence, CardReader, Exchange, PresentCard } from './card-reader.ts';
import { type LinkFailure, Pn532Link } from './pn532-link.ts';
import { Pn532Radio } from './pn532-radio.ts';
import { offline, sameStatus, statusOfFailure } from './reader-status.ts';
import { Turns } from './turns.ts';

/** A silent reader is asked this often while nobody seeks cards: with three unacknowledged sendings it is known within 0.7 s. */
const probeEveryMs = 350;
/** Two polls take some 30 ms; in between the line is free for an exchange. */
const pollEveryMs = 150;
/** A removed card takes the PN532 up to some 0.5 s to notice: together below 1 s. */
const presenceEveryMs = 250;
const retryMs = 400;
/** Fruitless attempts after which the port is opened anew, since a hang-up can go unnoticed; then again every so many. */
const reopenAfter = 2;
const reopenEvery = 30;

/** APDUs that wait for their turn; a reader of chips sends one at a time. More are refused. */
const longestQueue = 8;

const none: CardPresence = { kind: 'none' };

/** A PN532 on a serial line (HSU). The field is off unless cards are sought; every command has a deadline. Never logs what a card says. */
export class Pn532Reader implements CardReader {
  readonly statusChanged = new Signal<DeviceStatus>();
  readonly presenceChanged = new Signal<CardPresence>();
  status: DeviceStatus;
  presence: CardPresence = none;
  private readonly link: SerialLink;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly wire: Pn532Link;
  private readonly radio: Pn532Radio;
  private readonly turns = new Turns();
  private readonly stops: Unsubscribe[];
  private cancelStep: Cancel = () => {};
  private prepared = false;
  private seeking = false;
  private failures = 0;
  private ended = false;

  constructor(options: { link: SerialLink; clock: Clock; logger: Logger }) {
    this.link = options.link;
    this.clock = options.clock;
    this.logger = options.logger;
    this.status = offline('not connected');
    this.wire = new Pn532Link(options.link, options.clock);
    this.radio = new Pn532Radio(this.wire, options.clock);
    this.stops = [this.link.opened.on(() => this.schedule(0)), this.link.closed.on((reason) => this.forget(offline(reason)))];
    if (this.link.isOpen) this.schedule(0);
  }

  seek(on: boolean): void {
    if (this.seeking === on) return;
    this.seeking = on;
    if (!on) this.setPresence(none);
    if (this.prepared) this.schedule(0);
  }

  async close(): Promise<void> {
    this.ended = true;
    this.cancelStep();
    this.setPresence(none);
    this.wire.cancel();
    if (this.link.isOpen && this.prepared) await this.turns.take(() => this.radio.switchOff());
    for (const stop of this.stops) stop();
    this.wire.close();
    await this.link.close();
  }

  /** Steps never overlap: the next one is scheduled when one has ended. */
  private schedule(delayMs: number): void {
    this.cancelStep();
    if (!this.ended)
      this.cancelStep = this.clock.after(delayMs, () => void this.turns.take(() => this.step()).catch((error) => this.report(error)));
  }

  private async step(): Promise<void> {
    if (this.ended || !this.link.isOpen) return;
    const failure = this.prepared ? await this.watch() : await this.prepare();
    if (failure === 'closed') return;
    if (failure) this.fail(failure);
    else this.failures = 0;
    this.schedule(failure ? retryMs : this.pauseMs());
  }

  private pauseMs(): number {
    if (!this.seeking) return probeEveryMs;
    return this.presence.kind === 'card' ? presenceEveryMs : pollEveryMs;
  }

  private async prepare(): Promise<LinkFailure | null> {
    const outcome = await this.radio.prepare();
    if (outcome.kind === 'failed') return outcome.failure;
    if (!this.link.isOpen) return 'closed';
    this.logger.info({ version: outcome.version, revision: outcome.revision }, 'card reader ready');
    this.prepared = true;
    this.setStatus({ status: 'ready' });
    return this.seeking ? this.watch() : null;
  }

  /** One look at the field, or at the reader itself while nobody seeks. */
  private async watch(): Promise<LinkFailure | null> {
    if (!this.seeking) return this.radio.fieldOn ? this.radio.switchOff() : this.radio.probe();
    if (this.presence.kind === 'card') {
      const still = await this.radio.cardStillThere();
      if (still.kind === 'failed') return still.failure;
      if (still.there) return null;
    }
    return this.look();
  }

  private async look(): Promise<LinkFailure | null> {
    const found = await this.radio.poll();
    if (found.kind === 'failed') return found.failure;
    if (!this.seeking || !this.prepared) return null;
    if (found.field === 'card') this.setPresence({ kind: 'card', card: this.newCard() });
    else if (this.presence.kind !== found.field) this.setPresence({ kind: found.field });
    return null;
  }

  private newCard(): PresentCard {
    const card: PresentCard = {
      longest: this.radio.longest,
      transceive: (command) => {
        if (this.turns.waiting >= longestQueue) return Promise.resolve({ kind: 'failed', failure: 'protocol' });
        return this.turns.take(() => this.exchange(card, command));
      },
    };
    return card;
  }

  private async exchange(card: PresentCard, command: Uint8Array): Promise<Exchange> {
    if (!this.link.isOpen || !this.prepared) return { kind: 'failed', failure: 'readerUnplugged' };
    if (this.presence.kind !== 'card' || this.presence.card !== card) return { kind: 'failed', failure: 'cardRemoved' };
    const outcome = await this.radio.exchange(command);
    // The presence check waits for its turn again, so that a read is not slowed down by it.
    if (this.seeking && outcome.kind !== 'linkFailed') this.schedule(presenceEveryMs);
    switch (outcome.kind) {
      case 'answered':
        return outcome;
      case 'linkFailed':
        return this.exchangeLost(outcome.failure);
      case 'radioFailed':
        return this.exchangeFailed(outcome.failure);
    }
  }

  /** The card did not answer: it lies there in a new session, or it is gone. */
  private async exchangeFailed(failure: 'silent' | 'weakField' | 'protocol' | 'timeout'): Promise<Exchange> {
    const lost = await this.look();
    if (lost) return this.exchangeLost(lost);
    switch (this.presence.kind) {
      case 'several':
        return { kind: 'failed', failure: 'severalCards' };
      case 'card':
        return { kind: 'failed', failure: failure === 'silent' ? 'weakField' : failure };
      case 'none':
      case 'other':
        return { kind: 'failed', failure: 'cardRemoved' };
    }
  }

  private exchangeLost(failure: LinkFailure): Exchange {
    if (failure !== 'closed') {
      this.fail(failure);
      this.schedule(retryMs);
    }
    return { kind: 'failed', failure: failure === 'closed' || failure === 'silent' ? 'readerUnplugged' : 'protocol' };
  }

  private fail(failure: Exclude<LinkFailure, 'closed'>): void {
    this.failures += 1;
    this.forget(statusOfFailure(failure));
    const due = failure === 'silent' && (this.failures === reopenAfter || this.failures % reopenEvery === 0);
    if (due) this.link.reopen?.('the card reader does not answer');
  }

  private forget(status: DeviceStatus): void {
    this.cancelStep();
    this.prepared = false;
    this.radio.fieldOn = false;
    this.setPresence(none);
    this.setStatus(status);
  }

  private report(error: unknown): void {
    this.logger.error({ reason: error instanceof Error ? error.message : String(error) }, 'card reader step failed');
    this.schedule(retryMs);
  }

  private setPresence(presence: CardPresence): void {
    if (presence.kind === 'none' && this.presence.kind === 'none') return;
    this.presence = presence;
    this.presenceChanged.emit(presence);
  }

  private setStatus(status: DeviceStatus): void {
    if (sameStatus(this.status, status)) return;
    this.status = status;
    this.statusChanged.emit(status);
  }
}

/** A PN532 at `path`; comes back by itself after an unplug. */
export function openPn532(options: { path: string; baudRate: number; clock: Clock; logger: Logger }): Pn532Reader {
  return new Pn532Reader({ link: new SerialDevice(options), clock: options.clock, logger: options.logger });
}
