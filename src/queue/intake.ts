import type { z } from 'zod';
import type { Logger } from '../core/logger.ts';
import type { TransportMessage } from './transport.ts';
import { type DropCause, readPayload } from './wire.ts';

/** The door every incoming message goes through: what does not fit is dropped, counted by cause and logged without a value of it. */
export class Intake {
  private readonly ward: string;
  private readonly logger: Logger;
  private readonly counts = new Map<DropCause, number>();

  constructor(ward: string, logger: Logger) {
    this.ward = ward;
    this.logger = logger;
  }

  /** The message as `schema` states it, or null when it was dropped. */
  read<S extends z.ZodType>(schema: S, message: TransportMessage): z.infer<S> | null {
    const read = readPayload(schema, message.payload, this.ward);
    if (read.ok) return read.value;
    this.drop(read.cause, { topic: message.topic, detail: read.detail });
    return null;
  }

  /** Counts and logs a message that was well-formed and yet is not taken in. `about` must hold no personal data. */
  drop(cause: DropCause, about: object): void {
    this.counts.set(cause, (this.counts.get(cause) ?? 0) + 1);
    this.logger.warn({ cause, ...about }, 'message dropped');
  }

  /** Messages dropped since the start, by cause. */
  get dropped(): Record<string, number> {
    return Object.fromEntries(this.counts);
  }
}
