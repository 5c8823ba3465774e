import { type VoicePriority, voicePriorities } from './voice.ts';

/** Announcements waiting; beyond this the least important one, oldest first, is left unsaid. */
const queueLimit = 8;

interface Entry<T> {
  item: T;
  priority: VoicePriority;
}

const rank = (priority: VoicePriority) => voicePriorities.indexOf(priority);

/** Who speaks next: by priority, then in order of arrival. */
export class SpeechQueue<T> {
  private entries: Entry<T>[] = [];

  /** Returns what had to be dropped to make room; it may be the new item itself. */
  add(item: T, priority: VoicePriority): T | null {
    this.entries.push({ item, priority });
    if (this.entries.length <= queueLimit) return null;
    const lowest = Math.max(...this.entries.map((entry) => rank(entry.priority)));
    const at = this.entries.findIndex((entry) => rank(entry.priority) === lowest);
    return this.entries.splice(at, 1)[0]?.item ?? null;
  }

  /** Before its equals again. Only what was taken last comes back, so at most one entry exceeds the limit. */
  putBack(entry: Entry<T>): void {
    this.entries.unshift(entry);
  }

  take(): Entry<T> | null {
    const highest = Math.min(...this.entries.map((entry) => rank(entry.priority)));
    const at = this.entries.findIndex((entry) => rank(entry.priority) === highest);
    return at < 0 ? null : (this.entries.splice(at, 1)[0] ?? null);
  }

  /** Empties the queue. */
  drain(): T[] {
    return this.entries.splice(0).map((entry) => entry.item);
  }
}

export const outranks = (a: VoicePriority, b: VoicePriority) => rank(a) < rank(b);
