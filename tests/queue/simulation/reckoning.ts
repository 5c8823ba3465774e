import type { Sqlite } from '../../../src/store/database.ts';
import type { Observer, Wish } from './observer.ts';

interface ServerTicket {
  seq: number;
  ticketId: string;
  number: string;
  day: string;
  state: string;
  robotId: string;
  issuedAtMs: number;
}

/** States of a ticket that nobody waits with. */
const without = ['reserved', 'voided', 'expired'];

/** What the queue server's database says in the end, against the observer's book. */
export function reckon(observer: Observer, database: Sqlite, straightClocks: ReadonlySet<string>): void {
  const rows = select<ServerTicket>(database, 'SELECT seq, ticketId, number, day, state, robotId, issuedAtMs FROM tickets ORDER BY seq');
  const tickets = new Map(rows.map((row) => [row.ticketId, row]));
  const counts = {
    feedback: countBy(database, 'SELECT visitId AS name FROM feedback'),
    petition: countBy(database, 'SELECT visitId AS name FROM petitions'),
    registration: countBy(database, 'SELECT visitId AS name FROM registrations'),
  };
  const receipts = countBy(database, 'SELECT receiptNumber AS name FROM petitions');
  for (const wish of observer.wishes.values()) {
    if (wish.kind === 'ticket' || wish.kind === 'check-in') reckonTicket(observer, wish, tickets);
    else reckonCount(observer, wish, counts[wish.kind].get(wish.visitId) ?? 0);
    if (wish.receipt !== null && wish.fate === 'acknowledged' && !receipts.has(wish.receipt))
      observer.violated('nothing acknowledged is lost', `petition ${wish.receipt}`);
  }
  for (const row of rows) {
    const fate = observer.wishOf(row.ticketId)?.fate;
    if (!without.includes(row.state) && fate !== 'acknowledged' && fate !== 'trying')
      observer.violated('only a confirmed ticket is called', `${row.number} is ${row.state} and was ${fate ?? 'never given'}`);
  }
  reckonNumbers(observer, rows);
  reckonOrder(observer, tickets, straightClocks);
}

function reckonTicket(observer: Observer, wish: Wish, tickets: Map<string, ServerTicket>): void {
  if (wish.fate !== 'acknowledged' || !wish.ticket) return;
  const { ticketId, number } = wish.ticket;
  const row = tickets.get(ticketId);
  const about = `${wish.kind} ${number} of ${wish.robotId}`;
  if (!row || without.includes(row.state)) observer.violated('nothing acknowledged is lost', `${about} is ${row?.state ?? 'unknown'}`);
  else if (row.number !== number) observer.violated('nothing acknowledged is lost', `${about} became ${row.number}`);
}

function reckonCount(observer: Observer, wish: Wish, times: number): void {
  const about = `${wish.kind} of ${wish.visitId}, ${wish.fate}`;
  if (times === 0 && wish.fate === 'acknowledged') observer.violated('nothing acknowledged is lost', about);
  if (times > 1) observer.violated('nothing takes effect twice', `${about}: ${times} times`);
}

/** A booking or a wish may have become one ticket only, and a number one row only. */
function reckonNumbers(observer: Observer, rows: readonly ServerTicket[]): void {
  const effective = new Map<string, string>();
  const numbers = new Map<string, string>();
  for (const row of rows) {
    const number = `${row.day} ${row.number}`;
    if (numbers.has(number)) observer.violated('no number is given twice', `${number} twice in the queue`);
    numbers.set(number, row.ticketId);
    const visitId = observer.wishOf(row.ticketId)?.visitId;
    if (without.includes(row.state) || visitId === undefined) continue;
    const other = effective.get(visitId);
    if (other !== undefined) observer.violated('nothing takes effect twice', `${visitId} holds ${other} and ${row.number}`);
    effective.set(visitId, row.number);
  }
}

/**
 * Of two offline tickets of a robot and a service, the one confirmed before the other was given stands before it. Only where the robot's
 * clock was right all the time: one that learns the right time between the two dates the second before the first.
 */
function reckonOrder(observer: Observer, tickets: Map<string, ServerTicket>, straightClocks: ReadonlySet<string>): void {
  const offline = [...observer.wishes.values()].filter(
    ({ ticket, fate, robotId }) => ticket?.offline === true && fate === 'acknowledged' && straightClocks.has(robotId),
  );
  for (const a of offline) {
    for (const b of offline) {
      if (a.robotId !== b.robotId || a.ticket?.serviceId !== b.ticket?.serviceId || a.acknowledgedAtMs > b.givenAtMs || a === b) continue;
      const [rowA, rowB] = [tickets.get(a.ticket?.ticketId ?? ''), tickets.get(b.ticket?.ticketId ?? '')];
      if (!rowA || !rowB) continue;
      if (rowA.issuedAtMs > rowB.issuedAtMs || (rowA.issuedAtMs === rowB.issuedAtMs && rowA.seq > rowB.seq))
        observer.violated('tickets of one robot keep their order', `${a.robotId}: ${rowB.number} stands before ${rowA.number}`);
    }
  }
}

function countBy(database: Sqlite, query: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of select<{ name: string }>(database, query)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** The tables are the reference queue server's own; a query that does not fit them throws. */
function select<T>(database: Sqlite, query: string): T[] {
  return database.prepare(query).all() as T[];
}
