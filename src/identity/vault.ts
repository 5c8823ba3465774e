import type { Ids } from '../core/ids.ts';
import type { CardData } from './card-qr.ts';

/** One thing a citizen gave: her card's data or the text of her petition. */
export type VaultRecord = { kind: 'card'; card: CardData } | { kind: 'text'; text: string };

/** A visit holds a couple's cards and a petition; more is a fault or an attack, and the oldest goes. */
const maxRecords = 8;

/**
 * The only place that holds citizen data, in memory alone. Everything outside knows opaque record ids. The vault is wiped
 * when the visit ends, whatever the end was.
 */
export class Vault {
  private readonly records = new Map<string, VaultRecord>();
  private readonly ids: Ids;

  constructor(ids: Ids) {
    this.ids = ids;
  }

  put(record: VaultRecord): string {
    const recordId = this.ids.next();
    const oldest = this.records.keys().next();
    if (this.records.size >= maxRecords && !oldest.done) this.records.delete(oldest.value);
    this.records.set(recordId, record);
    return recordId;
  }

  get(recordId: string): VaultRecord | null {
    return this.records.get(recordId) ?? null;
  }

  /** Forgets everything of the visit. Strings cannot be overwritten in JavaScript: they are unreachable from here on. */
  erase(): void {
    this.records.clear();
  }

  get size(): number {
    return this.records.size;
  }
}
