import { callSchema } from '../../src/queue/contract/announcements.ts';
import { readPayload } from '../../src/queue/wire.ts';
import { Latencies } from './latency.ts';

/** The robots that hear the same calls. */
export interface FleetWard {
  ward: string;
  robots: number;
}

interface Published {
  ward: string;
  dueMs: number;
  /** How often each robot of the ward heard it, by its index there. */
  heard: Uint8Array;
}

/** Which robot heard which call how often, and how long after it was due. */
export class CallLedger {
  readonly latencies = new Latencies();
  /** Deliveries that the calls published so far must make. */
  expected = 0;
  private readonly byPayload = new Map<string, Published>();
  private once = 0;
  private again = 0;
  private strange = 0;

  get published(): number {
    return this.byPayload.size;
  }
  get lost(): number {
    return this.expected - this.once;
  }
  get doubled(): number {
    return this.again;
  }
  /** Calls that nobody published, or that belong to another ward. */
  get unknown(): number {
    return this.strange;
  }

  /** `dueMs`: monotonic. Throws when `payload` does not fit the contract. */
  publish({ ward, robots }: FleetWard, payload: string, dueMs: number): void {
    const read = readPayload(callSchema, Buffer.from(payload), ward);
    if (!read.ok) throw new Error(`a call that does not fit the contract: ${read.detail}`);
    this.byPayload.set(payload, { ward, dueMs, heard: new Uint8Array(robots) });
    this.expected += robots;
  }

  /** The bytes are those of a published payload, which was read with the contract once; so each robot need not. */
  hear(ward: string, robot: number, payload: Buffer, nowMs: number): void {
    const call = this.byPayload.get(payload.toString());
    if (call?.ward !== ward) {
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
