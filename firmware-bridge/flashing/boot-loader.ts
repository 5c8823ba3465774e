import type { Clock } from '../../src/core/clock.ts';
import { LetanError } from '../../src/core/errors.ts';
import type { Unsubscribe } from '../../src/core/signal.ts';
import type { FlashLine } from './line.ts';
import { command, encodeStkFrame, StkReader, statusOk } from './stk500.ts';

/** The slowest order, a page with its 23 ms on the line and 9 ms of writing, answers within 40 ms; a USB hub may add some. */
const answerMs = 1000;
const signOnEveryMs = 250;
/** Orders that change nothing, or nothing more the second time, are sent so often. */
const tries = 3;
export const pageBytes = 256;
/** On parts beyond 128 KB the address carries this bit; the boot loader shifts it out. */
const extendedAddress = 0x80;
/** ISP entry as avrdude sends it for this part; the boot loader answers OK whatever it says. */
const enterBody = [command.enterProgramming, 200, 100, 25, 32, 0, 0x53, 3, 0xac, 0x53, 0, 0];
/** Mode, delay and ISP bytes that a boot loader does not look at, as avrdude sends them. */
const programMode = [0xc1, 10, 0x40, 0x4c, 0x20, 0, 0];
const readInstruction = 0x20;

/**
 * Talks STK500v2 with the board's boot loader, one order at a time: it has no receive buffer beyond its USART's two characters, so
 * nothing may be sent while it works. Orders reject with `REQUEST_TIMEOUT`, `BOARD_REJECTED` (a status other than OK, nonsense) or
 * `BOARD_NOT_CONNECTED` (the line ended).
 */
export class BootLoader {
  private readonly line: FlashLine;
  private readonly clock: Clock;
  private readonly reader = new StkReader();
  private readonly unsubscribe: Unsubscribe[];
  /** Older boot loaders want the number after the last answered one, or 1. */
  private seq = 1;
  /** Where the boot loader's own address stands; it moves on with every page. Null: unknown. */
  private address: number | null = null;
  private closed = false;
  private waiting: { seq: number; command: number; settle(answer: Uint8Array | LetanError): void } | null = null;

  constructor({ line, clock }: { line: FlashLine; clock: Clock }) {
    this.line = line;
    this.clock = clock;
    this.unsubscribe = [line.received.on((chunk) => this.take(chunk)), line.closed.on(() => this.lose())];
  }

  /** Stops listening; the line stays open. */
  end(): void {
    for (const stop of this.unsubscribe) stop();
  }

  /** Calls until the boot loader answers, at most `timeoutMs`. Resolves with its name, `AVRISP_2` on a Mega. */
  async signOn(timeoutMs: number): Promise<string> {
    const endMs = this.clock.monotonicMs() + timeoutMs;
    for (;;) {
      try {
        const answer = await this.ask([command.signOn], signOnEveryMs);
        return Buffer.from(answer.subarray(3, 3 + (answer[2] ?? 0))).toString('latin1');
      } catch (error) {
        const silent = error instanceof LetanError && error.code === 'REQUEST_TIMEOUT';
        if (!silent || this.clock.monotonicMs() >= endMs) throw error;
      }
    }
  }

  async enterProgramming(): Promise<void> {
    await this.askPatiently(enterBody);
  }

  /** The part's three signature bytes as six hexadecimal digits: `1E9801` for an ATmega2560. */
  async readSignature(): Promise<string> {
    const bytes: number[] = [];
    for (const index of [0, 1, 2]) {
      const answer = await this.askPatiently([command.readSignature, 4, 0x30, 0, index, 0]);
      bytes.push(answer[2] ?? 0);
    }
    return Buffer.from(bytes).toString('hex').toUpperCase();
  }

  /**
   * Each {@link program} erases the page that follows the one erased before, wherever it writes. This makes it begin at page 0
   * again. The boot loader answers "failed", which tells an ISP host that nothing was erased, and moves its pointer nevertheless.
   */
  async restartErasing(): Promise<void> {
    await this.askPatiently([command.chipErase, 10, 1, 0xac, 0x80, 0, 0], 'any status');
  }

  /** Writes up to 256 bytes (an even number) at the start of a page. Must never be repeated: see {@link restartErasing}. */
  async program(byteAddress: number, data: Uint8Array): Promise<void> {
    await this.seek(byteAddress);
    this.address = null;
    await this.ask([command.programFlash, data.length >> 8, data.length & 0xff, ...programMode, ...data]);
    this.address = byteAddress + data.length;
  }

  /** Reads up to 256 bytes (an even number). */
  async read(byteAddress: number, length: number): Promise<Uint8Array> {
    await this.seek(byteAddress);
    this.address = null;
    const answer = await this.ask([command.readFlash, length >> 8, length & 0xff, readInstruction]);
    if (answer.length !== length + 3) throw new LetanError('BOARD_REJECTED', `asked for ${length} bytes, got ${answer.length - 3}`);
    this.address = byteAddress + length;
    return answer.subarray(2, 2 + length);
  }

  /** The boot loader ends and starts the program. */
  async leave(): Promise<void> {
    await this.ask([command.leaveProgramming, 1, 1]);
  }

  /** A round trip saved wherever the boot loader already stands there. */
  private async seek(byteAddress: number): Promise<void> {
    if (this.address === byteAddress) return;
    const word = byteAddress >> 1;
    await this.askPatiently([command.loadAddress, extendedAddress, (word >> 16) & 0xff, (word >> 8) & 0xff, word & 0xff]);
    this.address = byteAddress;
  }

  private async askPatiently(body: readonly number[], accepted: 'ok' | 'any status' = 'ok'): Promise<Uint8Array> {
    for (let left = tries; ; left -= 1) {
      try {
        return await this.ask(body, answerMs, accepted);
      } catch (error) {
        if (!(error instanceof LetanError) || error.code !== 'REQUEST_TIMEOUT' || left === 1) throw error;
      }
    }
  }

  private ask(body: readonly number[], timeoutMs = answerMs, accepted: 'ok' | 'any status' = 'ok'): Promise<Uint8Array> {
    const asked = body[0] ?? 0;
    const { seq } = this;
    return new Promise<Uint8Array>((resolve, reject) => {
      const settle = (answer: Uint8Array | LetanError) => {
        cancel();
        this.waiting = null;
        const refused = !(answer instanceof LetanError) && accepted === 'ok' && answer[1] !== statusOk;
        const outcome = refused ? new LetanError('BOARD_REJECTED', `order ${asked} was answered with status ${answer[1]}`) : answer;
        this.seq = outcome instanceof LetanError ? 1 : (seq + 1) & 0xff;
        if (outcome instanceof LetanError) {
          this.address = null;
          reject(outcome);
        } else resolve(outcome);
      };
      const cancel = this.clock.after(timeoutMs, () =>
        settle(new LetanError('REQUEST_TIMEOUT', `the boot loader did not answer order ${asked} within ${timeoutMs} ms`)),
      );
      this.waiting = { seq, command: asked, settle };
      if (this.closed) this.lose();
      else this.line.write(encodeStkFrame({ seq, body: Uint8Array.from(body) }));
    });
  }

  /** Answers to earlier, repeated orders are passed over. */
  private take(chunk: Uint8Array): void {
    for (const { seq, body } of this.reader.push(chunk)) {
      if (this.waiting?.seq === seq && this.waiting.command === body[0]) this.waiting.settle(body);
    }
  }

  private lose(): void {
    this.closed = true;
    this.waiting?.settle(new LetanError('BOARD_NOT_CONNECTED', `the connection on ${this.line.portName} ended`));
  }
}
