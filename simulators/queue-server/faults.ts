import { z } from 'zod';
import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { Ids } from '../../src/core/ids.ts';
import { type Operation, operations } from '../../src/queue/contract.ts';

const some = z.array(z.enum(operations));

/** What the queue server can be told to do wrong, to see how robots bear it. */
export const faultsSchema = z.strictObject({
  /** Every answer comes so much later, ms. */
  delayMs: z.number().int().min(0).max(600_000),
  /** Answers come only after the request's `expiresAt`. */
  late: z.boolean(),
  /** These requests are not heard: nothing is decided, nothing answered. */
  deaf: some,
  /** These are decided and not answered. */
  silent: some,
  /** `badShape`: no reply of the contract; `foreignKey`: another request's key; `wrongTicket`: a ticket nobody asked for. */
  wrong: z.enum(['badShape', 'foreignKey', 'wrongTicket']).nullable(),
  /** Every answer comes so many times. */
  copies: z.number().int().min(1).max(10),
  /** Everything but `hello` is answered `TRY_LATER`. */
  tryLater: z.boolean(),
});
export type FaultSettings = z.infer<typeof faultsSchema>;

const none: FaultSettings = { delayMs: 0, late: false, deaf: [], silent: [], wrong: null, copies: 1, tryLater: false };
/** After the request's expiry. */
const lateByMs = 1_000;
/** Answers held back at most; past that the oldest faults are the ones that matter less. */
const mostHeld = 10_000;

/** Faults on demand. Without any the answers pass unchanged and at once. */
export class Faults {
  private readonly clock: Clock;
  private readonly ids: Ids;
  private settings: FaultSettings = none;
  private readonly held = new Set<Cancel>();

  constructor(clock: Clock, ids: Ids) {
    this.clock = clock;
    this.ids = ids;
  }

  get current(): FaultSettings {
    return this.settings;
  }

  /** The settings named; the others stay. */
  set(change: { [S in keyof FaultSettings]?: FaultSettings[S] | undefined }): void {
    this.settings = faultsSchema.parse({
      ...this.settings,
      ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
    });
  }

  /** Back to an honest server; answers held back are still given. */
  clear(): void {
    this.settings = none;
  }

  /** The process ended: what it held back is never said. */
  dropHeld(): void {
    for (const cancel of this.held) cancel();
    this.held.clear();
  }

  isDeafTo(operation: Operation): boolean {
    return this.settings.deaf.includes(operation);
  }

  get refusesAll(): boolean {
    return this.settings.tryLater;
  }

  /** Gives `reply` to `send` as often, as late and as wrong as set. */
  answer(operation: Operation, reply: object, expiresAtMs: number | null, send: (reply: object) => void): void {
    const { delayMs, late, silent, copies } = this.settings;
    if (silent.includes(operation)) return;
    const said = this.distorted(reply);
    const say = () => {
      for (let n = 0; n < copies; n++) send(said);
    };
    const lateMs = late && expiresAtMs !== null ? expiresAtMs - this.clock.nowMs() + lateByMs : 0;
    const waitMs = Math.max(delayMs, lateMs);
    if (waitMs === 0) say();
    else this.hold(waitMs, say);
  }

  private hold(waitMs: number, say: () => void): void {
    if (this.held.size >= mostHeld) return;
    const cancel = this.clock.after(waitMs, () => {
      this.held.delete(cancel);
      say();
    });
    this.held.add(cancel);
  }

  private distorted(reply: object): object {
    switch (this.settings.wrong) {
      case null:
        return reply;
      case 'badShape':
        return { ...reply, ok: 'perhaps', result: 1, code: 0 };
      case 'foreignKey':
        return { ...reply, idempotencyKey: `foreign:${this.ids.next()}` };
      case 'wrongTicket':
        return { ...reply, ...otherTicket(reply, this.ids.next()) };
    }
  }
}

function otherTicket(reply: object, ticketId: string): object {
  const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
  if (!('result' in reply) || !isObject(reply.result) || !('ticket' in reply.result) || !isObject(reply.result.ticket)) return {};
  return { result: { ...reply.result, ticket: { ...reply.result.ticket, ticketId } } };
}
