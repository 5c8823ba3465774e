import type { Cancel, Clock } from '../../src/core/clock.ts';
import { LetanError } from '../../src/core/errors.ts';
import {
  type AckMessage,
  type AckResult,
  type ConfigureMessage,
  type DispenseSnackMessage,
  type DispenseWaterMessage,
  type DriveMessage,
  encodeFrame,
  messageId,
  type StopMessage,
} from '../protocol/generated/messages.ts';

/** Messages that the firmware answers with `ack`. */
export type AcknowledgedMessage = ConfigureMessage | DispenseSnackMessage | DispenseWaterMessage | DriveMessage | StopMessage;

export interface RequestOptions {
  /** How long one try waits for its `ack`; default 150 ms: three state periods, so one lost frame on either side is noticed soon. */
  timeoutMs?: number;
  /** How often the frame is sent in all, with the same `seq` so that a repetition is recognised; default 3. */
  tries?: number;
}

interface Pending {
  id: number;
  settle(outcome: AckResult | LetanError): void;
}

/** Requests waiting at once; beyond it new ones are refused. Normal use has two or three. */
const pendingLimit = 16;

/** Acknowledged requests on their way: numbered, repeated, matched with their `ack`, given up after the last try. */
export class RequestTable {
  private readonly pending = new Map<number, Pending>();
  private readonly clock: Clock;
  private readonly write: (frame: Uint8Array) => void;
  private readonly nextSeq: () => number;

  constructor(options: { clock: Clock; write: (frame: Uint8Array) => void; nextSeq: () => number }) {
    this.clock = options.clock;
    this.write = options.write;
    this.nextSeq = options.nextSeq;
  }

  /** Resolves with the firmware's answer; rejects with `REQUEST_TIMEOUT`, `BOARD_REJECTED` (queue full) or what {@link rejectAll} says. */
  request(message: AcknowledgedMessage, { timeoutMs = 150, tries = 3 }: RequestOptions = {}): Promise<AckResult> {
    if (this.pending.size >= pendingLimit) {
      return Promise.reject(
        new LetanError('BOARD_REJECTED', `${pendingLimit} requests are already waiting for the board; ${message.name} was not sent`),
      );
    }
    const seq = this.nextSeq();
    const frame = encodeFrame(message, seq);
    return new Promise((resolve, reject) => {
      let cancel: Cancel = () => {};
      const settle = (outcome: AckResult | LetanError) => {
        cancel();
        this.pending.delete(seq);
        if (outcome instanceof LetanError) reject(outcome);
        else resolve(outcome);
      };
      const attempt = (left: number) => {
        if (left === 0)
          return settle(new LetanError('REQUEST_TIMEOUT', `${message.name} got no answer in ${tries} tries of ${timeoutMs} ms`));
        this.write(frame);
        cancel = this.clock.after(timeoutMs, () => attempt(left - 1));
      };
      this.pending.set(seq, { id: messageId(message.name), settle });
      attempt(tries);
    });
  }

  /** An answer nobody waits for (to an earlier repetition) is ignored. */
  acknowledge(ack: AckMessage): void {
    const pending = this.pending.get(ack.ackedSeq);
    if (pending?.id === ack.ackedId) pending.settle(ack.result);
  }

  rejectAll(error: LetanError): void {
    for (const pending of [...this.pending.values()]) pending.settle(error);
  }
}
