import type { Random } from '../../../src/core/random.ts';
import { answer, type Command, parseCommand, type Response, responseBytes, status } from './apdu.ts';
import { Applet } from './applet.ts';
import { concat, randomBytes } from './bytes.ts';
import type { ChipContents } from './chip-contents.ts';
import { answerToReset, answerToSelect, anticollisionId } from './greeting.ts';
import type { SecureChannel } from './secure-messaging.ts';

/** How a card behaves besides what it contains. */
export interface Manner {
  /** What its owner shows to a scanner. */
  qrText: string;
  /** Time a command takes on the chip, ms, by instruction byte; missing ones take `0`. */
  processingMs?: ReadonlyMap<number, number>;
  /** Leaves the field after so many answered commands. */
  tornAwayAfter?: number;
}

/** Longest data field of a chained command, bytes: bounds what a terminal makes the chip keep. */
const longestChain = 8192;
/** Data bytes of a short response. */
const shortBytes = 256;

/**
 * One card of the simulation: takes command APDUs, gives response APDUs. Synchronous; the same commands and the same randomness
 * give the same answers (but for keys of RSA). Transport only: secure messaging, chaining, GET RESPONSE, leaving the field.
 */
export class VirtualCard {
  /** As a PC/SC reader tells a contactless card. */
  readonly atr: Uint8Array;
  /** ISO 14443-4, length byte first. */
  readonly ats: Uint8Array;
  /** ISO 14443-3; a random one, as privacy asks: begins with 08. */
  readonly uid: Uint8Array;
  readonly qrText: string;
  private readonly chip: ChipContents;
  private readonly applet: Applet;
  private readonly processing: ReadonlyMap<number, number>;
  private powered = false;
  private channel: SecureChannel | null = null;
  private chained: Command | null = null;
  private held: Uint8Array = new Uint8Array();
  private commandsLeft: number | null;
  private lastProcessingMs = 0;

  constructor(chip: ChipContents, manner: Manner, random: Random) {
    this.chip = chip;
    this.applet = new Applet(chip, random);
    this.uid = anticollisionId(randomBytes(random, 3));
    this.ats = answerToSelect(chip.extendedBytes > 0);
    this.atr = answerToReset(chip.extendedBytes > 0);
    this.qrText = manner.qrText;
    this.processing = manner.processingMs ?? new Map();
    this.commandsLeft = manner.tornAwayAfter ?? null;
  }

  /** False once the card was torn away: it answers nothing any more. */
  get inField(): boolean {
    return this.commandsLeft !== 0;
  }

  /** How long the last command took on the chip, ms; whoever carries its answer waits so long. */
  get processingMs(): number {
    return this.lastProcessingMs;
  }

  /** Bytes of every file, by identifier: what a measurement holds a read against. */
  fileLengths(): Map<number, number> {
    const { master, application } = this.chip.files;
    return new Map([...master, ...application].map(([id, { bytes }]) => [id, bytes.length]));
  }

  /** Leaves the field after `commands` more answers; null lays it back for good. */
  tearAwayAfter(commands: number | null): void {
    this.commandsLeft = commands;
  }

  powerOn(): void {
    this.powerOff();
    this.powered = true;
  }

  powerOff(): void {
    this.powered = false;
    this.channel = null;
    this.chained = null;
    this.held = new Uint8Array();
    this.applet.reset();
  }

  /** Response APDU, at least two bytes; empty when there is no card or no power to answer. */
  process(bytes: Uint8Array): Uint8Array {
    if (!this.powered || !this.inField) return new Uint8Array();
    this.lastProcessingMs = this.processing.get(bytes[1] ?? 0) ?? 0;
    const reply = this.answerTo(bytes);
    if (this.commandsLeft !== null && --this.commandsLeft === 0) this.powerOff();
    return reply;
  }

  private answerTo(bytes: Uint8Array): Uint8Array {
    const command = parseCommand(bytes);
    if (command === null || (command.extended && bytes.length > this.chip.extendedBytes)) return responseBytes(answer(status.wrongLength));
    if (command.cla & 0xe3 || [0x04, 0x08].includes(command.cla & 0x0c)) return responseBytes(answer(status.unknownClass));
    if (command.ins === 0xc0) return this.giveHeld(command.expected);
    this.held = new Uint8Array();
    return this.carry(command, (command.cla & 0x0c) === 0x0c ? this.protectedAnswer(command) : this.plainAnswer(command));
  }

  /** A command in the clear ends a session (ICAO 9303-11, 9.8.2). */
  private plainAnswer(command: Command): Response {
    if (this.channel === null) return this.run(command, false, this.longestAnswer(command));
    this.channel = null;
    return answer(status.protectionMissing);
  }

  private protectedAnswer(command: Command): Response {
    const { channel } = this;
    if (channel === null) return answer(status.protectionWrong);
    const opened = channel.open(command);
    if (opened.kind === 'refused') {
      this.channel = null;
      return answer(opened.status);
    }
    const room = channel.roomIn(this.longestAnswer(command));
    return channel.seal(command.ins, this.run(opened.command, true, room));
  }

  private longestAnswer({ extended }: Command): number {
    return extended ? this.chip.extendedBytes - 2 : shortBytes;
  }

  private run(command: Command, inSession: boolean, room: number): Response {
    const whole = this.gather(command);
    if (whole === null) return answer(status.ok);
    if (typeof whole === 'number') return answer(whole);
    const { response, channel } = this.applet.execute(whole, { inSession, room });
    if (channel !== undefined) this.channel = channel;
    return response;
  }

  /** Joins the parts of a chained command (ISO 7816-4, 5.3.3): null while more is to come, a status word when they do not fit. */
  private gather(command: Command): Command | null | number {
    const { chained } = this;
    this.chained = null;
    const more = (command.cla & 0x10) !== 0;
    if (command.ins === 0x86 && this.applet.paceUnderWay) return command;
    const same = chained === null || (chained.ins === command.ins && chained.p1 === command.p1 && chained.p2 === command.p2);
    if (!same) return status.lastOfChainExpected;
    const data = chained === null ? command.data : concat(chained.data, command.data);
    if (data.length > longestChain) return status.wrongLength;
    const joined = { ...command, data };
    if (!more) return joined;
    this.chained = joined;
    return null;
  }

  /** What a short command's answer cannot hold is kept for GET RESPONSE: 61xx. */
  private carry({ extended }: Command, response: Response): Uint8Array {
    if (extended || response.data.length <= shortBytes) return responseBytes(response);
    this.held = responseBytes(response);
    return this.giveHeld(shortBytes);
  }

  private giveHeld(expected: number): Uint8Array {
    const ready = this.held.length - 2;
    if (ready <= 0) return responseBytes(answer(status.conditionsNotSatisfied));
    const part = Math.min(expected, ready);
    const rest = this.held.slice(part);
    const given = part === ready ? this.held : responseBytes(answer(0x6100 + Math.min(rest.length - 2, 0xff), this.held.slice(0, part)));
    this.held = part === ready ? new Uint8Array() : rest;
    return given;
  }
}
