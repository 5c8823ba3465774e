/** Finds out from the fingers alone whether a panel sees fingers that are not there, or misses those that are. Pure. */

import type { Contact, TouchRange, TouchSuspicion } from './touchscreen.ts';

/**
 * A tap rests on the glass for 50 ms and more, and panels report every 8 to 16 ms: what is gone after 30 ms was noise. Ten of them at one
 * spot within ten seconds are no accident.
 */
const flickerMs = 30;
const flickerCount = 10;
const flickerWindowMs = 10_000;
const flickersKept = 64;
/** A hand holds still on a kiosk for some seconds; a drop of water or a crack stays. */
const stuckMs = 60_000;
/** Of the panel's size: one spot. */
const spotShare = 0.02;
/** A ghost that was not seen for so long is gone. */
const ghostGoneMs = 60_000;

/** Cells of about 2 cm on a 15 inch panel, the width of a finger. */
const columns = 16;
const rows = 9;
/** A hole: touches that each of four neighbours took while the cell itself never answered. */
const holeTouches = 100;
/**
 * A cell that used to answer: so many answers make a rate, and so many expected ones that fail to come in a row are no chance, not even
 * among a million touches (below e^-20).
 */
const rateAnswers = 20;
const expectedAnswers = 30;
const sideTouches = 10;

interface Stroke {
  downMs: number;
  /** Where and since when it has rested. */
  x: number;
  y: number;
  restingMs: number;
  cells: Set<number>;
}

interface Spot {
  x: number;
  y: number;
  atMs: number;
}

/** How often a cell and its neighbours (left, right, above, below) were touched. */
interface Cell {
  answers: number;
  /** Touches of all neighbours until the last answer. */
  chances: number;
  /** Touches of each neighbour since the last answer. */
  missed: [number, number, number, number];
}

export class TouchWatch {
  private readonly range: TouchRange;
  private readonly strokes = new Map<number, Stroke>();
  private readonly cells: Cell[] = Array.from({ length: columns * rows }, () => ({ answers: 0, chances: 0, missed: [0, 0, 0, 0] }));
  private flickers: Spot[] = [];
  private ghost: Spot | null = null;
  /** Cells that seem to be, in the order of their finding. */
  private readonly dead = new Set<number>();

  constructor(range: TouchRange) {
    this.range = range;
  }

  /** Takes note of who is down now; call it for each frame, and now and then while fingers rest. */
  observe(contacts: readonly Contact[], nowMs: number): void {
    const present = new Set(contacts.map(({ contactId }) => contactId));
    for (const [contactId, stroke] of this.strokes) {
      if (present.has(contactId)) continue;
      this.strokes.delete(contactId);
      if (nowMs - stroke.downMs < flickerMs) this.flickered({ x: stroke.x, y: stroke.y, atMs: nowMs });
      else for (const cell of stroke.cells) this.answered(cell);
    }
    for (const contact of contacts) this.follow(contact, nowMs);
  }

  /** A finger that rests longer than any does. */
  isStuck(contactId: number, nowMs: number): boolean {
    const stroke = this.strokes.get(contactId);
    return stroke !== undefined && nowMs - stroke.restingMs >= stuckMs;
  }

  /** What looks wrong now, worst first. */
  suspicions(nowMs: number): TouchSuspicion[] {
    for (const [contactId, { x, y }] of this.strokes) if (this.isStuck(contactId, nowMs)) this.ghost = { x, y, atMs: nowMs };
    const { ghost } = this;
    const found: TouchSuspicion[] = [];
    if (ghost && nowMs - ghost.atMs < ghostGoneMs) found.push({ kind: 'ghostTouch', x: ghost.x, y: ghost.y });
    const [dead] = this.dead;
    if (dead !== undefined) found.push({ kind: 'deadZone', ...this.middleOf(dead) });
    return found;
  }

  private follow({ contactId, x, y }: Contact, nowMs: number): void {
    const stroke = this.strokes.get(contactId) ?? { downMs: nowMs, x, y, restingMs: nowMs, cells: new Set<number>() };
    this.strokes.set(contactId, stroke);
    stroke.cells.add(this.cellAt(x, y));
    if (this.isSameSpot(stroke, { x, y })) return;
    stroke.x = x;
    stroke.y = y;
    stroke.restingMs = nowMs;
  }

  private flickered(spot: Spot): void {
    const { ghost } = this;
    if (ghost && this.isSameSpot(ghost, spot)) ghost.atMs = spot.atMs;
    const recent = this.flickers.filter(({ atMs }) => spot.atMs - atMs < flickerWindowMs);
    this.flickers = [...recent, spot].slice(-flickersKept);
    if (this.flickers.filter((other) => this.isSameSpot(other, spot)).length >= flickerCount) this.ghost = { ...spot };
  }

  private isSameSpot(a: { x: number; y: number }, b: { x: number; y: number }): boolean {
    const { minX, maxX, minY, maxY } = this.range;
    return Math.abs(a.x - b.x) <= (maxX - minX) * spotShare && Math.abs(a.y - b.y) <= (maxY - minY) * spotShare;
  }

  private answered(index: number): void {
    const cell = this.cells[index];
    if (!cell) return;
    cell.answers += 1;
    cell.chances += cell.missed.reduce((sum, count) => sum + count, 0);
    cell.missed = [0, 0, 0, 0];
    this.dead.delete(index);
    for (const [side, at] of neighboursOf(index).entries()) {
      const neighbour = at === null ? undefined : this.cells[at];
      if (at === null || !neighbour) continue;
      // This cell is its left neighbour's right one, and so on: sides come in pairs.
      neighbour.missed[side ^ 1] = (neighbour.missed[side ^ 1] ?? 0) + 1;
      if (this.isDead(at)) this.dead.add(at);
    }
  }

  /**
   * An edge cell is judged by what it used to do alone: nobody has to touch a margin. So is a strip, because a page may leave one without
   * anything to touch.
   */
  private isDead(index: number): boolean {
    const cell = this.cells[index];
    if (!cell) return false;
    const { answers, chances, missed } = cell;
    if (answers === 0) return neighboursOf(index).every((at) => at !== null) && missed.every((count) => count >= holeTouches);
    if (answers < rateAnswers || chances === 0) return false;
    return (missed.reduce((sum, count) => sum + count, 0) * answers) / chances >= expectedAnswers && areBothSidesAlive(missed);
  }

  private cellAt(x: number, y: number): number {
    const { minX, maxX, minY, maxY } = this.range;
    const column = Math.min(columns - 1, Math.max(0, Math.floor(((x - minX) / (maxX - minX + 1)) * columns)));
    const row = Math.min(rows - 1, Math.max(0, Math.floor(((y - minY) / (maxY - minY + 1)) * rows)));
    return row * columns + column;
  }

  private middleOf(index: number): { x: number; y: number } {
    const { minX, maxX, minY, maxY } = this.range;
    return {
      x: Math.round(minX + ((maxX - minX) * ((index % columns) + 0.5)) / columns),
      y: Math.round(minY + ((maxY - minY) * (Math.floor(index / columns) + 0.5)) / rows),
    };
  }
}

/** Both left and right, or both above and below: otherwise people have only moved elsewhere. */
function areBothSidesAlive([left, right, above, below]: Cell['missed']): boolean {
  return Math.min(left, right) >= sideTouches || Math.min(above, below) >= sideTouches;
}

function neighboursOf(index: number): [number | null, number | null, number | null, number | null] {
  const column = index % columns;
  return [
    column > 0 ? index - 1 : null,
    column < columns - 1 ? index + 1 : null,
    index >= columns ? index - columns : null,
    index < columns * (rows - 1) ? index + columns : null,
  ];
}
