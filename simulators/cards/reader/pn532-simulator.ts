import type { Cancel, Clock } from '../../../src/core/clock.ts';
import type { Random } from '../../../src/core/random.ts';
import { Pn532Field, statusCodes, type Thing } from './pn532-field.ts';
import { ackFrame, answerFrame, errorFrame, HostReceiver } from './pn532-frames.ts';

/** The robot's end of the line, whatever carries it: a PTY, a test's memory. */
export interface ReaderTransport {
  onData(listener: (bytes: Uint8Array) => void): unknown;
  write(bytes: Uint8Array): unknown;
  plug(): void;
  unplug(): void;
}

/**
 * What goes wrong, once each. `loseAck`, `loseAnswer`: nothing is sent. `damageAnswer`: a bit is flipped. `tearAnswer`: half of it is
 * sent. `repeat`: acknowledgement and answer are sent twice. `loseCommand`: what arrives is not heard. `refuse`: an error frame.
 */
export type LineFault = 'loseAck' | 'loseAnswer' | 'damageAnswer' | 'tearAnswer' | 'repeat' | 'loseCommand' | 'refuse';

/** `well`; `silent`: says nothing at all; `nonsense`: answers every byte with others, as at a wrong baud rate. */
export type ReaderHealth = 'well' | 'silent' | 'nonsense';

/** Longest piece of an APDU in one frame, either way (UM0701-02, 7.3.8). */
const longestPiece = 262;

/** A PN532 on a serial line. It starts unplugged, and after plugging asleep in its low-battery mode. */
export class Pn532Simulator {
  /** What lies on it. */
  readonly field: Pn532Field;
  health: ReaderHealth = 'well';
  /** Command codes obeyed, oldest first; the last 1000. */
  readonly commands: number[] = [];
  /** Taken one by one, each by the next command. */
  readonly faults: LineFault[] = [];
  private readonly transport: ReaderTransport;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly receiver = new HostReceiver();
  private powered = false;
  private awake = false;
  private samConfigured = false;
  private automaticRats = false;
  private lastAnswer: Uint8Array | null = null;
  private toCard: number[] = [];
  private fromCard: Uint8Array | null = null;
  /** Grows with every command and abort: an answer that comes too late is nobody's. */
  private turn = 0;
  private cancelAnswer: Cancel = () => {};

  constructor(options: { transport: ReaderTransport; clock: Clock; random: Random }) {
    this.transport = options.transport;
    this.clock = options.clock;
    this.random = options.random;
    this.field = new Pn532Field(options);
    this.transport.onData((bytes) => this.receive(bytes));
  }

  plug(): void {
    this.powered = true;
    this.transport.plug();
  }

  /** The cable carries the power too: everything is forgotten. */
  unplug(): void {
    this.powered = false;
    this.awake = false;
    this.samConfigured = false;
    this.automaticRats = false;
    this.lastAnswer = null;
    this.receiver.clear();
    this.abort();
    this.field.switch(false);
    this.transport.unplug();
  }

  /** Lays a thing on the reader; the function takes it away. */
  put(thing: Thing): () => void {
    return this.field.put(thing);
  }

  private receive(bytes: Uint8Array): void {
    if (!this.powered || this.health === 'silent') return;
    if (this.health === 'nonsense') {
      this.transport.write(Uint8Array.from(bytes, () => 1 + Math.floor(this.random.next() * 255)));
      return;
    }
    if (!this.awake) this.awake = bytes.includes(0x55);
    if (!this.awake) return;
    for (const frame of this.receiver.push(bytes)) {
      if (frame.kind === 'ack') this.abort();
      else if (frame.kind === 'nack') this.repeatAnswer();
      else this.obey(frame.data);
    }
  }

  private abort(): void {
    this.turn += 1;
    this.cancelAnswer();
    this.toCard = [];
    this.fromCard = null;
  }

  private repeatAnswer(): void {
    if (this.lastAnswer) this.transport.write(this.lastAnswer);
  }

  private obey(command: Uint8Array): void {
    const fault = this.faults.shift();
    if (fault === 'loseCommand') return;
    const [code = 0] = command;
    this.turn += 1;
    this.cancelAnswer();
    this.commands.push(code);
    if (this.commands.length > 1000) this.commands.shift();
    if (fault !== 'loseAck') this.transport.write(ackFrame);
    if (fault === 'repeat') this.transport.write(ackFrame);
    const { turn } = this;
    const answer = fault === 'refuse' ? null : this.execute(code, command.subarray(1));
    if (answer instanceof Promise) void answer.then((data) => this.answerLater(turn, code, data, fault));
    else this.answerLater(turn, code, answer, fault);
  }

  /** Null: the command is not known, or not possible now. */
  private execute(code: number, data: Uint8Array): number[] | null | Promise<number[] | null> {
    if (code === 0x02) return [0x32, 0x01, 0x06, 0x07];
    if (code === 0x14) {
      this.samConfigured = true;
      return [];
    }
    // UM0701-02, 7.2.10: in the low-battery mode it obeys little else.
    if (!this.samConfigured) return null;
    switch (code) {
      case 0x00:
        return data[0] === 0x06 ? this.checkPresence() : null;
      case 0x12:
        this.automaticRats = ((data[0] ?? 0) & 0x10) !== 0;
        return [];
      case 0x32:
        if (data[0] === 0x01) this.field.switch(((data[1] ?? 0) & 0x01) !== 0);
        return [];
      case 0x40:
        return this.exchange(data);
      case 0x4a:
        return this.list(data);
      case 0x52:
        this.field.release();
        return [statusCodes.ok];
      default:
        return null;
    }
  }

  private list([longest = 0, modulation = 0xff]: Uint8Array): number[] | null {
    if (longest < 1 || longest > 2 || (modulation !== 0 && modulation !== 3)) return null;
    this.toCard = [];
    this.fromCard = null;
    if (!this.automaticRats && modulation === 0) return [0];
    return this.field.list(modulation === 0 ? 'A' : 'B', longest);
  }

  /** A card that was taken away costs some time: the PN532 tries on. */
  private checkPresence(): number[] | Promise<number[]> {
    if (this.field.isThere()) return [statusCodes.ok];
    return new Promise((resolve) => {
      this.clock.after(this.field.silenceMs, () => resolve([statusCodes.timeout]));
    });
  }

  private exchange(data: Uint8Array): number[] | null | Promise<number[]> {
    const [target = 0, ...piece] = data;
    if ((target & 0x0f) !== 1 || piece.length > longestPiece) return null;
    if (this.fromCard && piece.length === 0) return this.nextPiece();
    this.toCard.push(...piece);
    if ((target & 0x40) !== 0) return [statusCodes.ok];
    const apdu = Uint8Array.from(this.toCard);
    this.toCard = [];
    return this.field.exchange(apdu).then(({ status, data: response }) => {
      if (status !== statusCodes.ok) return [status];
      this.fromCard = response;
      return this.nextPiece();
    });
  }

  private nextPiece(): number[] {
    const left = this.fromCard ?? new Uint8Array();
    const more = left.length > longestPiece;
    this.fromCard = more ? left.subarray(longestPiece) : null;
    return [more ? 0x40 : statusCodes.ok, ...left.subarray(0, longestPiece)];
  }

  private answerLater(turn: number, code: number, data: number[] | null, fault: LineFault | undefined): void {
    if (turn !== this.turn || !this.powered) return;
    const frame = data === null ? errorFrame : answerFrame(code + 1, data);
    this.lastAnswer = frame;
    // Never in the same breath as the acknowledgement.
    this.cancelAnswer = this.clock.after(1, () => this.send(frame, fault));
  }

  private send(frame: Uint8Array, fault: LineFault | undefined): void {
    if (fault === 'loseAnswer') return;
    if (fault === 'tearAnswer') this.transport.write(frame.subarray(0, Math.floor(frame.length / 2)));
    else if (fault === 'damageAnswer') this.transport.write(frame.map((value, at) => (at === frame.length - 3 ? value ^ 0x10 : value)));
    else this.transport.write(frame);
    if (fault === 'repeat') this.transport.write(frame);
  }
}
