import type { Ids } from '../core/ids.ts';
import type { CardData } from './card-qr.ts';
import type { ChipRecord } from './chip/chip.ts';

/**
 * One thing a citizen gave: what her card's code says, the number that she typed off her card (12 digits, or its last six), or the
 * text of her petition. A card's chip is kept with the record that opened it.
 */
export type VaultRecord =
  | { kind: 'card'; card: CardData; chip?: ChipRecord }
  | { kind: 'number'; number: string; chip?: ChipRecord }
  | { kind: 'text'; text: string };

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

  /** Keeps what a chip said with the record whose number opened it; nothing is kept once that is gone. */
  addChip(recordId: string, chip: ChipRecord): void {
    const record = this.records.get(recordId);
    if (record && record.kind !== 'text') this.records.set(recordId, { ...record, chip });
  }

  /** Forgets everything of the visit, a portrait's bytes included. Strings cannot be overwritten in JavaScript: they are unreachable from here on. */
  erase(): void {
    for (const record of this.records.values()) if (record.kind !== 'text') record.chip?.portrait?.bytes.fill(0);
    this.records.clear();
  }

  get size(): number {
    return this.records.size;
  }
}
