import type { ContactlessCard } from './reader/contactless-card.ts';
import type { Pn532Simulator } from './reader/pn532-simulator.ts';

/** A card that somebody in the lobby carries. */
export interface CarriedCard {
  id: string;
  label: string;
  /** Issues it: keys are drawn, so it is done when the card is laid down for the first time. */
  issue(): Promise<ContactlessCard>;
}

/** The reader and the cards around it: somebody lays them down, takes them away, pulls the reader's cable. */
export class CardTable {
  readonly cards: readonly CarriedCard[];
  private readonly reader: Pn532Simulator;
  private readonly issued = new Map<string, ContactlessCard>();
  private readonly takes = new Map<string, () => void>();
  private plugged = false;

  constructor(reader: Pn532Simulator, cards: readonly CarriedCard[]) {
    this.reader = reader;
    this.cards = cards;
  }

  get isPlugged(): boolean {
    return this.plugged;
  }
  /** Ids of the cards that lie on the reader. */
  get laid(): string[] {
    return [...this.takes.keys()];
  }

  plug(): void {
    if (!this.plugged) this.reader.plug();
    this.plugged = true;
  }
  unplug(): void {
    if (this.plugged) this.reader.unplug();
    this.plugged = false;
  }

  /** False: nobody carries such a card. */
  async lay(id: string): Promise<boolean> {
    const carried = this.cards.find((card) => card.id === id);
    if (!carried) return false;
    if (this.takes.has(id)) return true;
    const card = this.issued.get(id) ?? (await carried.issue());
    this.issued.set(id, card);
    if (this.takes.has(id)) return true;
    this.takes.set(id, this.reader.put({ kind: 'chip', type: 'A', card }));
    return true;
  }
  take(id: string): void {
    this.takes.get(id)?.();
    this.takes.delete(id);
  }
}
