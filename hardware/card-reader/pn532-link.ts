import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { Unsubscribe } from '../../src/core/signal.ts';
import type { SerialLink } from '../serial/serial-link.ts';
import { encodeFrame, type Frame, FrameReader, wakeUp } from './pn532.ts';

/**
 * Why a command got no answer. `closed`: the line is gone. `silent`: not one byte came back. `late`: acknowledged, and no answer before
 * the deadline. `nonsense`: bytes came and were no answer. `refused`: the reader does not know the command.
 */
export type LinkFailure = 'closed' | 'silent' | 'late' | 'nonsense' | 'refused';

/** `data`: the answer's code (the command's plus one) and what follows it. */
export type Answer = { kind: 'answered'; data: Uint8Array } | { kind: 'failed'; failure: LinkFailure };

/** The PN532 acknowledges within 15 ms (UM0701-02, 6.2.2); a USB hub may hold bytes back for some 20. */
const acknowledgedWithinMs = 100;
/** When this computer was too busy to listen, its timers go off before it has read what came: it reads first. */
const readFirstMs = 30;
/** Silence inside a frame, ms: a byte takes 0.09 ms at 115200 baud. */
const interByteMs = 60;
const longestTries = 3;

interface Request {
  command: Uint8Array;
  answerWithinMs: number;
  acknowledged: boolean;
  heardBytes: boolean;
  sendings: number;
  repeatsAsked: number;
  resolve: (answer: Answer) => void;
}

/**
 * Command and answer with a PN532 over a serial line, one at a time: acknowledgement, repetition of what was lost, repeated request for a
 * damaged answer (NACK), abort (ACK) at the deadline. Frames nobody asked for are counted and dropped.
 */
export class Pn532Link {
  readonly reader = new FrameReader();
  /** Frames that came unasked: repeated ones, answers to aborted commands. */
  strayFrames = 0;
  private readonly link: SerialLink;
  private readonly clock: Clock;
  private readonly stops: Unsubscribe[];
  private pending: Request | null = null;
  /** The answer before: repeated on the line, it must not pass for the next one. */
  private lastAnswer: Uint8Array = new Uint8Array(0);
  private cancelDeadline: Cancel = () => {};
  private cancelSilence: Cancel = () => {};

  constructor(link: SerialLink, clock: Clock) {
    this.link = link;
    this.clock = clock;
    this.stops = [link.received.on((bytes) => this.receive(bytes)), link.closed.on(() => this.cancel())];
  }

  /** Bytes that wake a sleeping reader; a command must follow at once. */
  wake(): void {
    this.send(wakeUp);
  }

  /** Sends `command` (its code first). Never throws. A second one while the first waits is a fault of the caller: it fails as `closed`. */
  request(command: Uint8Array, answerWithinMs: number): Promise<Answer> {
    if (!this.link.isOpen || this.pending) return Promise.resolve({ kind: 'failed', failure: 'closed' });
    return new Promise((resolve) => {
      const idle = { acknowledged: false, heardBytes: false, sendings: 0, repeatsAsked: 0 };
      this.pending = { command, answerWithinMs, ...idle, resolve };
      this.reader.abandon();
      this.sendCommand(this.pending);
    });
  }

  /** Gives up what is waiting; it fails as `closed`. */
  cancel(): void {
    this.reader.abandon();
    this.settle({ kind: 'failed', failure: 'closed' });
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.cancel();
  }

  private sendCommand(request: Request): void {
    request.sendings += 1;
    this.send(encodeFrame({ kind: 'information', towards: 'reader', data: request.command }));
    this.waitUntil(acknowledgedWithinMs, () => this.waitUntil(readFirstMs, () => this.missAcknowledgement(request)));
  }

  private missAcknowledgement(request: Request): void {
    // Something came back: the command arrived and its acknowledgement was damaged. Sent twice, an APDU would be obeyed twice.
    if (request.heardBytes) this.awaitAnswer(request);
    else if (request.sendings < longestTries) this.sendCommand(request);
    else this.settle({ kind: 'failed', failure: 'silent' });
  }

  private awaitAnswer(request: Request): void {
    this.waitUntil(request.answerWithinMs, () => this.giveUp(request));
  }

  private giveUp(request: Request): void {
    this.reader.abandon();
    this.send(encodeFrame({ kind: 'ack' }));
    this.settle({ kind: 'failed', failure: request.acknowledged && request.repeatsAsked === 0 ? 'late' : 'nonsense' });
  }

  private receive(bytes: Uint8Array): void {
    this.cancelSilence();
    if (this.pending) this.pending.heardBytes = true;
    const before = this.damaged();
    for (const frame of this.reader.push(bytes)) this.take(frame);
    if (this.damaged() > before) this.askAgain();
    if (this.reader.waiting) this.cancelSilence = this.clock.after(interByteMs, () => this.breakOff());
  }

  private breakOff(): void {
    this.reader.abandon();
    this.askAgain();
  }

  /** Frames that were damaged; noise between frames is not among them. */
  private damaged(): number {
    const { rejected, rejections } = this.reader;
    return rejected - rejections.noise;
  }

  /** The reader repeats its last answer when told that it came damaged. */
  private askAgain(): void {
    const { pending } = this;
    if (!pending?.acknowledged || pending.repeatsAsked >= longestTries - 1) return;
    pending.repeatsAsked += 1;
    this.send(encodeFrame({ kind: 'nack' }));
  }

  private take(frame: Frame): void {
    const { pending } = this;
    if (!pending) {
      this.strayFrames += 1;
      return;
    }
    switch (frame.kind) {
      case 'ack':
        if (pending.acknowledged) this.strayFrames += 1;
        else {
          pending.acknowledged = true;
          this.awaitAnswer(pending);
        }
        return;
      case 'nack':
        if (pending.sendings < longestTries) this.sendCommand(pending);
        return;
      case 'error':
        this.settle({ kind: 'failed', failure: 'refused' });
        return;
      case 'information':
        if (frame.towards !== 'host' || frame.data[0] !== ((pending.command[0] ?? 0) + 1) % 256) this.strayFrames += 1;
        else if (!pending.acknowledged && Buffer.compare(frame.data, this.lastAnswer) === 0) this.strayFrames += 1;
        else {
          this.lastAnswer = frame.data;
          this.settle({ kind: 'answered', data: frame.data });
        }
    }
  }

  private waitUntil(delayMs: number, run: () => void): void {
    this.cancelDeadline();
    this.cancelDeadline = this.clock.after(delayMs, run);
  }

  private settle(answer: Answer): void {
    this.cancelDeadline();
    this.cancelSilence();
    const { pending } = this;
    this.pending = null;
    pending?.resolve(answer);
  }

  private send(bytes: Uint8Array): void {
    // A line that breaks during the write reports it through `closed`.
    void this.link.write(bytes).catch(() => {});
  }
}
