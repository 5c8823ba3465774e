import type { Random } from '../../../src/core/random.ts';
import { answer, type Command, type Response, status } from './apdu.ts';
import { BasicAccess } from './bac.ts';
import { equal, ofHex, toNumber } from './bytes.ts';
import type { ChipContents } from './chip-contents.ts';
import { aes128 } from './ciphers.ts';
import { agree, readPoint } from './curves.ts';
import { oidValue } from './der.ts';
import { byShortId, type Directory, type StoredFile } from './files.ts';
import { proveActive } from './own-keys.ts';
import { type PacePassword, PaceRun, paceOid, paceParameterId } from './pace.ts';
import { SecureChannel } from './secure-messaging.ts';
import { parseTlvs, tlv } from './tlv.ts';

export const applicationId = ofHex('A0000002471001');
/** id-CA-ECDH-AES-CBC-CMAC-128. */
export const chipAuthenticationOid = '0.4.0.127.0.7.2.2.3.2.2';

/** `channel`: the session that begins after this response. */
export interface Outcome {
  response: Response;
  channel?: SecureChannel;
}

/** How a command came in: within a session, and how many bytes of data its response can carry. */
export interface Setting {
  inSession: boolean;
  room: number;
}

const only = (word: number): Outcome => ({ response: answer(word) });

/** Commands of the chip, without transport and secure messaging. State: directory, file, protocol under way. */
export class Applet {
  private readonly chip: ChipContents;
  private readonly random: Random;
  private readonly basicAccess: BasicAccess;
  private triesLeft: number | null;
  private directory: Directory;
  private file: StoredFile | null = null;
  private pace: { run: PaceRun; kind: PacePassword['kind'] } | null = null;
  private agreementChosen = false;

  constructor(chip: ChipContents, random: Random) {
    this.chip = chip;
    this.random = random;
    this.basicAccess = new BasicAccess(chip.mrzInformation, random);
    this.triesLeft = chip.canTries;
    this.directory = chip.files.master;
  }

  /** True between MSE:Set AT for PACE and its end: chained GENERAL AUTHENTICATE are steps then, not parts. */
  get paceUnderWay(): boolean {
    return this.pace !== null;
  }

  /** Power was cut: everything but the count of tries is forgotten. */
  reset(): void {
    this.directory = this.chip.files.master;
    this.file = null;
    this.pace = null;
    this.agreementChosen = false;
  }

  execute(command: Command, setting: Setting): Outcome {
    if (command.ins !== 0x86) this.pace = null;
    switch (command.ins) {
      case 0xa4:
        return only(this.select(command, setting));
      case 0xb0:
        return { response: this.readBinary(command, setting) };
      case 0xb1:
        return { response: this.readBinaryOdd(command, setting) };
      case 0x84:
        return { response: this.getChallenge(command) };
      case 0x82:
        return this.mutualAuthenticate(command);
      case 0x22:
        return only(this.manageSecurity(command, setting));
      case 0x86:
        return this.generalAuthenticate(command);
      case 0x88:
        return { response: this.internalAuthenticate(command, setting) };
      default:
        return only(status.unknownInstruction);
    }
  }

  private get inApplication(): boolean {
    return this.directory === this.chip.files.application;
  }

  private select({ p1, data }: Command, setting: Setting): number {
    // The card at hand answers 6D00 to SELECT MF (cccd.md).
    if (p1 === 0x00) return status.unknownInstruction;
    if (p1 === 0x04) {
      if (!equal(data, applicationId)) return status.fileNotFound;
      this.directory = this.chip.files.application;
      this.file = null;
      return status.ok;
    }
    if (p1 !== 0x02) return status.wrongP1P2;
    if (data.length !== 2) return status.wrongLength;
    const file = this.directory.get(toNumber(data));
    return this.open(file, setting);
  }

  /** Makes `file` the current one if it may be read; an unknown file is told only to who may read the others. */
  private open(file: StoredFile | undefined, { inSession }: Setting): number {
    this.file = null;
    if (this.inApplication && !inSession) return status.securityNotSatisfied;
    if (file === undefined) return status.fileNotFound;
    if (file.access === 'never') return status.securityNotSatisfied;
    this.file = file;
    return status.ok;
  }

  private readBinary({ p1, p2, expected }: Command, setting: Setting): Response {
    if (!(p1 & 0x80)) return this.read(p1 * 256 + p2, expected, setting);
    const opened = this.open(byShortId(this.directory, p1 & 0x1f), setting);
    return opened === status.ok ? this.read(p2, expected, setting) : answer(opened);
  }

  /** INS B1: offset in DO 54, answer in DO 53, of which Le counts tag and length too. P1 P2 = 0000 or a file identifier. */
  private readBinaryOdd({ p1, p2, data, expected }: Command, setting: Setting): Response {
    const [offset] = parseTlvs(data) ?? [];
    if (offset?.tag !== 0x54 || offset.value.length === 0 || offset.value.length > 4) return answer(status.wrongData);
    if (p1 !== 0 || p2 !== 0) {
      const opened = this.open(this.directory.get(p1 * 256 + p2), setting);
      if (opened !== status.ok) return answer(opened);
    }
    const header = Math.min(expected, setting.room) > 0x81 ? (expected > 0x102 && setting.room > 0x102 ? 4 : 3) : 2;
    if (expected <= header) return answer(status.wrongLength);
    const part = this.read(toNumber(offset.value), expected - header, { ...setting, room: setting.room - header });
    return part.data.length === 0 ? part : answer(part.status, tlv(0x53, part.data));
  }

  private read(offset: number, expected: number, { inSession, room }: Setting): Response {
    if (this.file === null) return answer(status.noCurrentFile);
    if (this.file.access !== 'always' && !inSession) return answer(status.securityNotSatisfied);
    const { bytes } = this.file;
    if (expected === 0) return answer(status.wrongLength);
    if (offset >= bytes.length) return answer(status.wrongOffset);
    const open = expected === 256 || expected === 65536;
    if (!open && expected > room) return answer(status.wrongLength);
    const part = bytes.slice(offset, offset + Math.min(expected, room));
    return answer(!open && part.length < expected ? status.endOfFile : status.ok, part);
  }

  private getChallenge({ expected }: Command): Response {
    if (!this.chip.bac || !this.inApplication) return answer(status.conditionsNotSatisfied);
    return expected === 8 || expected === 256 ? answer(status.ok, this.basicAccess.giveChallenge()) : answer(status.wrongLength);
  }

  private mutualAuthenticate({ data }: Command): Outcome {
    if (!this.chip.bac || !this.inApplication) return only(status.conditionsNotSatisfied);
    const opened = this.basicAccess.authenticate(data);
    if (opened === null) return only(status.authenticationFailed);
    return { response: answer(status.ok, opened.response), channel: opened.channel };
  }

  private manageSecurity({ p1, p2, data }: Command, setting: Setting): number {
    const objects = parseTlvs(data);
    if (objects === null) return status.wrongData;
    const value = (tag: number) => objects.find((object) => object.tag === tag)?.value;
    const mechanism = value(0x80) ?? new Uint8Array();
    if (p1 === 0xc1 && p2 === 0xa4) return this.beginPace(mechanism, value(0x83), value(0x84), setting);
    if (p1 !== 0x41 || p2 !== 0xa4) return status.wrongP1P2;
    if (!setting.inSession) return status.securityNotSatisfied;
    if (this.chip.agreementKey === null) return status.referenceNotFound;
    if (!equal(mechanism, oidValue(chipAuthenticationOid))) return status.wrongData;
    this.agreementChosen = true;
    return status.ok;
  }

  private beginPace(mechanism: Uint8Array, reference: Uint8Array | undefined, parameter: Uint8Array | undefined, setting: Setting): number {
    const { can, mrzInformation } = this.chip;
    if (can === null) return status.notSupported;
    if (this.inApplication || setting.inSession) return status.conditionsNotSatisfied;
    if (!equal(mechanism, oidValue(paceOid))) return status.wrongData;
    if (parameter !== undefined && toNumber(parameter) !== paceParameterId) return status.referenceNotFound;
    const passwords: Record<number, PacePassword> = { 1: { kind: 'mrz', information: mrzInformation }, 2: { kind: 'can', can } };
    const password = passwords[toNumber(reference ?? new Uint8Array())];
    if (password === undefined) return status.referenceNotFound;
    if (password.kind === 'can' && this.triesLeft === 0) return status.blocked;
    this.pace = { run: new PaceRun(password, this.random), kind: password.kind };
    return status.ok;
  }

  private generalAuthenticate({ data }: Command): Outcome {
    if (this.pace === null) return this.agreeOnNewKeys(data);
    const { run, kind } = this.pace;
    const outcome = run.advance(data);
    if (outcome.kind !== 'next') this.pace = null;
    switch (outcome.kind) {
      case 'next':
        return { response: outcome.response };
      case 'opened':
        if (kind === 'can') this.triesLeft = this.chip.canTries;
        return { response: outcome.response, channel: outcome.channel };
      case 'wrongPassword':
        return only(kind === 'can' ? this.countWrongCan() : status.authenticationFailed);
      case 'refused':
        return only(outcome.status);
    }
  }

  /** 63Cx: x tries left. */
  private countWrongCan(): number {
    if (this.triesLeft === null) return status.authenticationFailed;
    this.triesLeft--;
    return 0x63c0 + this.triesLeft;
  }

  /** Chip authentication (ICAO 9303-11, 6.2): the static key of DG14 and the terminal's ephemeral one give the next session. */
  private agreeOnNewKeys(data: Uint8Array): Outcome {
    const { agreementKey } = this.chip;
    if (!this.agreementChosen || agreementKey === null) return only(status.conditionsNotSatisfied);
    this.agreementChosen = false;
    const [outer] = parseTlvs(data) ?? [];
    const [object] = outer?.tag === 0x7c ? (parseTlvs(outer.value) ?? []) : [];
    const other = object?.tag === 0x80 ? readPoint(agreementKey.curve, object.value) : null;
    if (other === null) return only(status.wrongData);
    const channel = new SecureChannel(aes128, agree(agreementKey.secret, other));
    return { response: answer(status.ok, tlv(0x7c)), channel };
  }

  private internalAuthenticate({ data }: Command, { inSession }: Setting): Response {
    const { activeKey } = this.chip;
    if (activeKey === null) return answer(status.unknownInstruction);
    if (!inSession) return answer(status.securityNotSatisfied);
    return data.length === 8 ? answer(status.ok, proveActive(activeKey, data, this.random)) : answer(status.wrongLength);
  }
}
