import type { Clock } from '../../src/core/clock.ts';
import {
  commands,
  exchangeCommand,
  exchangeCommands,
  type RadioFailure,
  readExchange,
  readFirmware,
  readPresence,
  readTargets,
} from './pn532-commands.ts';
import type { Answer, LinkFailure, Pn532Link } from './pn532-link.ts';

/** Settings are answered at once. */
const settingWithinMs = 200;
/** Three tries to activate, RATS and ATTRIB included: some 100 ms; a card that dies on the way takes a time-out more. */
const pollWithinMs = 600;
/** A card that was taken away: the PN532 tries on for a few hundred ms. */
const presenceWithinMs = 600;
/** One APDU, all its pieces and the card's requests for more time included. Chips need up to some 2 s for a step of PACE. */
const exchangeWithinMs = 5000;

type Failed = { kind: 'failed'; failure: LinkFailure };
type Field = 'none' | 'card' | 'several' | 'other';
export type ExchangeOutcome =
  | { kind: 'answered'; response: Uint8Array }
  | { kind: 'linkFailed'; failure: LinkFailure }
  | { kind: 'radioFailed'; failure: RadioFailure | 'timeout' };

/** The PN532's field: what lies in it and how to talk to it. One call at a time. */
export class Pn532Radio {
  /** As far as we know; true after a poll. */
  fieldOn = false;
  /** Longer APDUs than 262 bytes pass in pieces ("more data"); 4 kB are 0.9 s on the wire and in the air. */
  readonly longest = { commandBytes: 4096, responseBytes: 4096 } as const;
  private readonly wire: Pn532Link;
  private readonly clock: Clock;

  constructor(wire: Pn532Link, clock: Clock) {
    this.wire = wire;
    this.clock = clock;
  }

  /** Wakes the reader and sets it up; the field is off afterwards. `nonsense`: it answers, and as no PN532 does. */
  async prepare(): Promise<{ kind: 'prepared'; version: number; revision: number } | Failed> {
    this.wire.wake();
    const sam = await this.wire.request(commands.samNormal, settingWithinMs);
    if (sam.kind === 'failed') return sam;
    const told = await this.wire.request(commands.firmwareVersion, settingWithinMs);
    if (told.kind === 'failed') return told;
    const firmware = readFirmware(told.data);
    if (!firmware) return { kind: 'failed', failure: 'nonsense' };
    for (const setting of [commands.setParameters, commands.timings, commands.retries, commands.fieldOff]) {
      const set = await this.wire.request(setting, settingWithinMs);
      if (set.kind === 'failed') return set;
    }
    this.fieldOn = false;
    return { kind: 'prepared', ...firmware };
  }

  /** Does the reader itself answer? */
  async probe(): Promise<LinkFailure | null> {
    const told = await this.wire.request(commands.firmwareVersion, settingWithinMs);
    if (told.kind === 'failed') return told.failure;
    return readFirmware(told.data) ? null : 'nonsense';
  }

  async switchOff(): Promise<LinkFailure | null> {
    const released = await this.wire.request(commands.releaseAll, settingWithinMs);
    const off = released.kind === 'failed' ? released : await this.wire.request(commands.fieldOff, settingWithinMs);
    if (off.kind === 'failed') return off.failure;
    this.fieldOn = false;
    return null;
  }

  /** Asks the activated card for a sign of life. */
  async cardStillThere(): Promise<{ kind: 'asked'; there: boolean } | Failed> {
    const answer = await this.wire.request(commands.cardPresence, presenceWithinMs);
    if (answer.kind === 'failed') return answer.failure === 'late' ? { kind: 'asked', there: false } : answer;
    const there = readPresence(answer.data);
    return there === null ? { kind: 'failed', failure: 'nonsense' } : { kind: 'asked', there };
  }

  /**
   * Looks for cards of both types; a single one is activated anew. Type B first, so that for the frequent case, one card of type A,
   * the last poll is the one that activates it.
   */
  async poll(): Promise<{ kind: 'found'; field: Field } | Failed> {
    this.fieldOn = true;
    const released = await this.wire.request(commands.releaseAll, settingWithinMs);
    if (released.kind === 'failed') return released;
    const typeB = await this.list('B');
    if (typeB.kind === 'failed') return typeB;
    const typeA = await this.list('A');
    if (typeA.kind === 'failed') return typeA;
    const found = [...typeB.targets, ...typeA.targets];
    if (found.length > 1) return { kind: 'found', field: 'several' };
    // The poll for type A has ended the session of the card of type B.
    const again = typeB.targets.length === 1 ? await this.list('B') : typeA;
    if (again.kind === 'failed') return again;
    const [target] = again.targets;
    if (!target) return { kind: 'found', field: 'none' };
    return { kind: 'found', field: target.speaksIso ? 'card' : 'other' };
  }

  /** Sends one APDU to the activated card. */
  async exchange(apdu: Uint8Array): Promise<ExchangeOutcome> {
    if (apdu.length > this.longest.commandBytes) return { kind: 'radioFailed', failure: 'protocol' };
    const endMs = this.clock.monotonicMs() + exchangeWithinMs;
    const pieces = exchangeCommands(apdu);
    const response: number[] = [];
    for (let next = pieces.shift(); next; next = pieces.shift()) {
      const outcome = readOutcome(await this.wire.request(next, Math.max(1, endMs - this.clock.monotonicMs())));
      if (outcome.kind !== 'data') return outcome;
      response.push(...outcome.data);
      // Before the last piece is sent the card has nothing to say.
      const early = pieces.length > 0 && (outcome.more || outcome.data.length > 0);
      if (early || response.length > this.longest.responseBytes) return { kind: 'radioFailed', failure: 'protocol' };
      if (outcome.more) pieces.push(exchangeCommand(new Uint8Array(), false));
    }
    // Less than two status bytes is no response of ISO 7816-4.
    if (response.length < 2) return { kind: 'radioFailed', failure: 'protocol' };
    return { kind: 'answered', response: Uint8Array.from(response) };
  }

  private async list(type: 'A' | 'B'): Promise<{ kind: 'listed'; targets: { speaksIso: boolean }[] } | Failed> {
    const answer = await this.wire.request(type === 'A' ? commands.listTypeA : commands.listTypeB, pollWithinMs);
    if (answer.kind === 'failed') return answer;
    const targets = readTargets(answer.data, type);
    return targets ? { kind: 'listed', targets } : { kind: 'failed', failure: 'nonsense' };
  }
}

function readOutcome(answer: Answer): { kind: 'data'; data: Uint8Array; more: boolean } | Exclude<ExchangeOutcome, { kind: 'answered' }> {
  if (answer.kind === 'failed') {
    if (answer.failure === 'late') return { kind: 'radioFailed', failure: 'timeout' };
    if (answer.failure === 'refused') return { kind: 'radioFailed', failure: 'protocol' };
    return { kind: 'linkFailed', failure: answer.failure };
  }
  const exchanged = readExchange(answer.data);
  if (!exchanged) return { kind: 'radioFailed', failure: 'protocol' };
  return exchanged.kind === 'failed' ? { kind: 'radioFailed', failure: exchanged.failure } : exchanged;
}
