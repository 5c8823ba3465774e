import { callSchema } from '../../src/queue/contract/announcements.ts';
import { readPayload } from '../../src/queue/wire.ts';
import { Latencies } from './latency.ts';

interface Published {
  dueMs: number;
  /** How often each robot heard it, by its index. */
  heard: Uint8Array;
}

/** Which robot heard which call how often, and how long after it was due. */
export class CallLedger {
  readonly latencies = new Latencies();
  private readonly ward: string;
  private readonly robots: number;
  private readonly byPayload = new Map<string, Published>();
  private once = 0;
  private again = 0;
  private strange = 0;

  constructor(ward: string, robots: number) {
    this.ward = ward;
    this.robots = robots;
  }

  get published(): number {
    return this.byPayload.size;
  }
  get expected(): number {
    return this.byPayload.size * this.robots;
  }
  get lost(): number {
    return this.expected - this.once;
  }
  get doubled(): number {
    return this.again;
  }
  /** Calls that nobody published, or that do not fit the contract. */
  get unknown(): number {
    return this.strange;
  }

  /** `dueMs`: monotonic. Throws when `payload` does not fit the contract. */
  publish(payload: string, dueMs: number): void {
    const read = readPayload(callSchema, Buffer.from(payload), this.ward);
    if (!read.ok) throw new Error(`a call that does not fit the contract: ${read.detail}`);
    this.byPayload.set(payload, { dueMs, heard: new Uint8Array(this.robots) });
  }

  /** The bytes are those of a published payload, which was read with the contract once; so each robot need not. */
  hear(robot: number, payload: Buffer, nowMs: number): void {
    const call = this.byPayload.get(payload.toString());
    if (!call) {
      this.strange++;
      return;
    }
    const times = (call.heard[robot] ?? 0) + 1;
    call.heard[robot] = Math.min(255, times);
    if (times > 1) this.again++;
    else {
      this.once++;
      this.latencies.note(nowMs - call.dueMs);
    }
  }
}
