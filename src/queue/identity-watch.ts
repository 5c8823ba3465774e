import type { z } from 'zod';
import type { connectionSchema } from './contract.ts';

type Connection = z.infer<typeof connectionSchema>;

/** Another program that uses this robot's identity, and what it says of itself. */
export interface Rival {
  instanceId: string;
  software: string;
  /** Its own word for when it said so, ISO 8601. */
  sentAt: string;
}

/** Messages remembered; the topic carries two for each connection. */
const remembered = 100;

/**
 * Tells a rival from a predecessor. Both leave messages of a foreign instance on the robot's own connection topic. A predecessor, this
 * robot's program before a restart, can leave only what it said before this program first connected: its last `online`, and its will. So
 * foreign is a rival what is said after that: an `online` that comes after our own came back, or anything new after a second connection
 * of ours. The two clocks are not compared; either may be wrong. A broker that fell back to an older memory tells anew what a predecessor
 * said long ago; so the instances this robot itself wrote down are never rivals.
 */
export class IdentityWatch {
  private readonly instanceId: string;
  private readonly predecessors = new Set<string>();
  private readonly known = new Set<string>();
  private connections = 0;
  private ownCameBack = false;

  constructor(instanceId: string) {
    this.instanceId = instanceId;
  }

  /** Instances of this robot's program before this one, as its own disk remembers them. */
  setPredecessors(instanceIds: readonly string[]): void {
    for (const instanceId of instanceIds) this.predecessors.add(instanceId);
  }

  onConnected(): void {
    this.connections++;
    this.ownCameBack = false;
  }

  /** Feed with every message of the robot's own connection topic. */
  see(message: Connection): Rival | null {
    const { instanceId, messageId, state, software, sentAt } = message;
    if (instanceId === this.instanceId) {
      this.ownCameBack ||= state === 'online';
      return null;
    }
    if (this.predecessors.has(instanceId) || this.known.has(messageId)) return null;
    this.known.add(messageId);
    const [oldest] = this.known;
    if (this.known.size > remembered && oldest !== undefined) this.known.delete(oldest);
    // Whoever says goodbye is no rival any more.
    if (state === 'offline') return null;
    const alive = this.connections > 1 || (state === 'online' && this.ownCameBack);
    return alive ? { instanceId, software, sentAt } : null;
  }
}
