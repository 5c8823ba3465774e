import type { Cancel, Clock } from '../../../src/core/clock.ts';
import type { Random } from '../../../src/core/random.ts';
import type { ContactlessCard } from './contactless-card.ts';

/** What can be laid on a reader. `other`: a transport card or a tag, which speaks no ISO 14443-4. */
export type Thing = { kind: 'chip'; type: 'A' | 'B'; card: ContactlessCard } | { kind: 'other' };

/** PN532 status bytes (UM0701-02, 7.1). */
export const statusCodes = {
  ok: 0x00,
  timeout: 0x01,
  crc: 0x02,
  framing: 0x05,
  protocol: 0x0b,
  damagedFrame: 0x13,
  wrongContext: 0x27,
} as const;
const weakFieldErrors = [statusCodes.timeout, statusCodes.crc, statusCodes.framing, statusCodes.damagedFrame];

/** What the card answered, or the status by which the PN532 says that it did not. */
export type FieldAnswer = { status: number; data: Uint8Array };

interface Lying {
  thing: Thing;
  uid: Uint8Array;
}

export interface FieldOptions {
  clock: Clock;
  random: Random;
}

/** The radio field of a simulated PN532: things that lie in it, which of them are activated, and how well it carries. */
export class Pn532Field {
  /** Share of exchanges that fail by a damaged frame, 0-1. */
  errorRate = 0;
  /** A card needs this long for each APDU, ms, besides what it says itself. */
  processingMs = 0;
  /** After this long the PN532 gives a silent card up, ms. */
  silenceMs = 150;
  private readonly options: FieldOptions;
  private lying: Lying[] = [];
  private activated: Lying[] = [];
  private on = false;
  private abandon: (() => void) | null = null;

  constructor(options: FieldOptions) {
    this.options = options;
  }

  get isOn(): boolean {
    return this.on;
  }

  /** Lays a thing on the reader; the function takes it away. */
  put(thing: Thing): () => void {
    // A passport-like chip shows a new random UID, beginning with 08, each time it is powered (ICAO 9303-11).
    const uid = (thing.kind === 'chip' ? thing.card.uid : undefined) ?? Uint8Array.from([0x08, ...this.randomBytes(3)]);
    const lying: Lying = { thing, uid };
    this.lying.push(lying);
    if (this.on) powerOn(thing);
    return () => this.take(lying);
  }

  switch(on: boolean): void {
    if (this.on === on) return;
    this.on = on;
    if (!on) this.release();
    for (const { thing } of this.lying) on ? powerOn(thing) : powerOff(thing);
  }

  release(): void {
    this.activated = [];
    this.abandon?.();
  }

  /** Lists and activates up to `longest` things of one type; their target data as the PN532 tells them. */
  list(type: 'A' | 'B', longest: number): number[] {
    this.switch(true);
    this.release();
    const fitting = this.lying.filter((lying) => this.isHere(lying) && typeOf(lying.thing) === type);
    this.activated = fitting.slice(0, longest);
    // Being selected anew ends a card's session as a reset does.
    for (const { thing } of this.activated) powerOn(thing);
    return [this.activated.length, ...this.activated.flatMap((lying, at) => [at + 1, ...targetData(lying)])];
  }

  /** True when the activated card answers a presence check. */
  isThere(): boolean {
    const [first] = this.activated;
    return first?.thing.kind === 'chip' && this.isHere(first);
  }

  /** Hands an APDU to target 1. Settles when the card answers or is given up as silent. */
  exchange(apdu: Uint8Array): Promise<FieldAnswer> {
    const [target] = this.activated;
    if (target?.thing.kind !== 'chip') return Promise.resolve(nothing(statusCodes.wrongContext));
    if (!this.isHere(target)) return this.silence();
    const { random } = this.options;
    if (random.next() < this.errorRate) {
      const status = weakFieldErrors[Math.floor(random.next() * weakFieldErrors.length)] ?? statusCodes.crc;
      this.activated = [];
      return Promise.resolve(nothing(status));
    }
    return this.process(target, target.thing.card, apdu);
  }

  private process(target: Lying, card: ContactlessCard, apdu: Uint8Array): Promise<FieldAnswer> {
    return new Promise((resolve) => {
      let cancelDelay: Cancel = () => {};
      const answer = (outcome: FieldAnswer) => {
        this.abandon = null;
        resolve(outcome);
      };
      this.abandon = () => {
        cancelDelay();
        this.abandon = null;
        void this.silence().then(resolve);
      };
      const fallSilent = () => this.take(target);
      const deliver = (data: Uint8Array) => {
        if (data.length === 0) return fallSilent();
        cancelDelay = this.options.clock.after(this.processingMs + (card.processingMs ?? 0), () => {
          if (this.activated[0] === target && this.lying.includes(target)) answer({ status: statusCodes.ok, data });
        });
      };
      new Promise<Uint8Array>((done) => done(card.process(apdu))).then(deliver, fallSilent);
    });
  }

  private silence(): Promise<FieldAnswer> {
    return new Promise((resolve) => {
      this.options.clock.after(this.silenceMs, () => resolve(nothing(statusCodes.timeout)));
    });
  }

  private isHere(lying: Lying): boolean {
    return this.lying.includes(lying) && (lying.thing.kind === 'other' || lying.thing.card.inField !== false);
  }

  private take(lying: Lying): void {
    if (!this.lying.includes(lying)) return;
    this.lying = this.lying.filter((other) => other !== lying);
    powerOff(lying.thing);
    if (this.activated.includes(lying)) this.abandon?.();
  }

  private randomBytes(count: number): number[] {
    return Array.from({ length: count }, () => Math.floor(this.options.random.next() * 256));
  }
}

const nothing = (status: number): FieldAnswer => ({ status, data: new Uint8Array() });

const typeOf = (thing: Thing): 'A' | 'B' => (thing.kind === 'chip' ? thing.type : 'A');

function powerOn(thing: Thing): void {
  if (thing.kind === 'chip') thing.card.powerOn();
}
function powerOff(thing: Thing): void {
  if (thing.kind === 'chip') thing.card.powerOff();
}

/** Type A: SENS_RES, SEL_RES, UID, ATS; type B: ATQB (FSCI 8, ISO 14443-4), answer to ATTRIB. A MIFARE Classic stands for what is no chip card. */
function targetData({ thing, uid }: Lying): number[] {
  if (thing.kind === 'other') return [0x00, 0x04, 0x08, uid.length, ...uid];
  if (thing.type === 'A') return [0x00, 0x08, 0x20, uid.length, ...uid, ...thing.card.ats];
  return [0x50, ...uid, 0, 0, 0, 0, 0x00, 0x81, 0x71, 1, 0x00];
}
