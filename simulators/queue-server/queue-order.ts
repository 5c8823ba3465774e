import type { PriorityRule } from './catalogue.ts';

const usualRule: PriorityRule = { order: ['disabled', 'veteran', 'elderly', 'pregnant', 'withChild'], atMostInRow: 2 };

/** What the order of calling looks at. */
export interface Queued {
  priorityClass: string;
  /** 1: transferred by an officer, before everybody else. */
  ahead?: number;
  /** Who was absent has lost the turn of her class, not her place in line. */
  absences?: number;
}

/**
 * Transferred tickets first, then priority classes by rank, but never more than `atMostInRow` priority tickets in a row while somebody
 * else waits; first come, first served among equals. `run`: priority tickets just called in a row. `tickets` come in order of place.
 */
export function orderQueue<T extends Queued>(tickets: readonly T[], run: number, rule: PriorityRule = usualRule): T[] {
  const order: readonly string[] = rule.order;
  const rankOf = ({ priorityClass }: T) => (order.includes(priorityClass) ? order.indexOf(priorityClass) : order.length);
  const isPriority = (ticket: T) => ticket.priorityClass !== 'none' && (ticket.absences ?? 0) === 0;
  const ahead = tickets.filter((ticket) => ticket.ahead === 1);
  const others = tickets.filter((ticket) => ticket.ahead !== 1);
  const priority = others.filter(isPriority).sort((a, b) => rankOf(a) - rankOf(b));
  const ordinary = others.filter((ticket) => !isPriority(ticket));
  const ordered = [...ahead];
  let inRow = run;
  let [nextPriority, nextOrdinary] = [0, 0];
  while (nextPriority < priority.length || nextOrdinary < ordinary.length) {
    const ordinaryTurn = nextPriority === priority.length || (inRow >= rule.atMostInRow && nextOrdinary < ordinary.length);
    const next = ordinaryTurn ? ordinary[nextOrdinary++] : priority[nextPriority++];
    inRow = ordinaryTurn ? 0 : inRow + 1;
    if (next) ordered.push(next);
  }
  return ordered;
}
