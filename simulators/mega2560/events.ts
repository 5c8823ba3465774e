/** Who waits: the part's own events die with a reset, the world's do not. */
export type EventOwner = 'part' | 'world';

export interface ScheduledEvent {
  readonly atCycles: number;
  readonly owner: EventOwner;
  readonly run: () => void;
  next: ScheduledEvent | null;
}

/** What is due next, by emulated cycle; equal times fire in the order they were scheduled. */
export class EventQueue {
  /** Cycle of the earliest event; `Infinity` when nothing waits. Kept as a field: the run loop compares it after every instruction. */
  nextAtCycles = Number.POSITIVE_INFINITY;
  private head: ScheduledEvent | null = null;

  add(atCycles: number, owner: EventOwner, run: () => void): ScheduledEvent {
    let before: ScheduledEvent | null = null;
    let after = this.head;
    while (after !== null && after.atCycles <= atCycles) {
      before = after;
      after = after.next;
    }
    const event: ScheduledEvent = { atCycles, owner, run, next: after };
    if (before === null) {
      this.head = event;
      this.nextAtCycles = atCycles;
    } else {
      before.next = event;
    }
    return event;
  }

  /** Takes out the events for which `matches` holds; true if there was any. */
  removeWhere(matches: (event: ScheduledEvent) => boolean): boolean {
    let removed = false;
    let before: ScheduledEvent | null = null;
    for (let event = this.head; event !== null; event = event.next) {
      if (!matches(event)) {
        before = event;
        continue;
      }
      removed = true;
      if (before === null) this.head = event.next;
      else before.next = event.next;
    }
    this.nextAtCycles = this.head === null ? Number.POSITIVE_INFINITY : this.head.atCycles;
    return removed;
  }

  remove(wanted: ScheduledEvent): boolean {
    return this.removeWhere((event) => event === wanted);
  }

  /** Takes out and returns the earliest event that is due at `nowCycles`. */
  takeDue(nowCycles: number): ScheduledEvent | null {
    const event = this.head;
    if (event === null || event.atCycles > nowCycles) return null;
    this.head = event.next;
    this.nextAtCycles = this.head === null ? Number.POSITIVE_INFINITY : this.head.atCycles;
    return event;
  }
}
