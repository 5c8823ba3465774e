import type { z } from 'zod';
import type { Clock } from '../../src/core/clock.ts';
import type { logPartSchema } from '../../src/queue/contract.ts';
import { isoTime } from '../../src/queue/wire.ts';

/** A log that was asked for may come this long. */
const wantedForMs = 10 * 60_000;
/** Logs kept; the oldest goes. */
const mostLogs = 10;
/** Characters of one log; later parts are left out and it stays incomplete. */
const mostCharacters = 4_000_000;

export interface UploadedLog {
  uploadId: string;
  receivedAt: string;
  /** Parts that came, of so many. */
  received: number;
  parts: number;
  lineCount: number;
}

type LogPart = z.infer<typeof logPartSchema>;

interface Upload {
  uploadId: string;
  receivedAt: string;
  parts: number;
  characters: number;
  received: Map<number, string[]>;
}

/** The last log of each robot that was asked for one. */
export class LogShelf {
  private readonly clock: Clock;
  private readonly wantedUntilMs = new Map<string, number>();
  private readonly uploads = new Map<string, Upload>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  expect(robotId: string): void {
    this.wantedUntilMs.set(robotId, this.clock.monotonicMs() + wantedForMs);
    // Asked of more robots than logs are kept: the first that was asked waits in vain.
    const oldest = this.wantedUntilMs.keys().next();
    if (this.wantedUntilMs.size > mostLogs && !oldest.done) this.wantedUntilMs.delete(oldest.value);
  }

  /** Whether the part was wanted and is kept. */
  take(robotId: string, { uploadId, part, parts, lines }: LogPart): boolean {
    if ((this.wantedUntilMs.get(robotId) ?? Number.NEGATIVE_INFINITY) < this.clock.monotonicMs()) return false;
    const before = this.uploads.get(robotId);
    const upload = before?.uploadId === uploadId ? before : this.begin(robotId, uploadId, parts);
    const characters = lines.reduce((sum, line) => sum + line.length, 0);
    if (upload.received.has(part) || part > upload.parts || upload.characters + characters > mostCharacters) return false;
    upload.received.set(part, lines);
    upload.characters += characters;
    return true;
  }

  about(robotId: string): UploadedLog | null {
    const upload = this.uploads.get(robotId);
    if (!upload) return null;
    const { uploadId, receivedAt, parts, received } = upload;
    const lineCount = [...received.values()].reduce((sum, lines) => sum + lines.length, 0);
    return { uploadId, receivedAt, parts, received: received.size, lineCount };
  }

  lines(robotId: string): string[] | null {
    const upload = this.uploads.get(robotId);
    if (!upload) return null;
    return [...upload.received].sort(([a], [b]) => a - b).flatMap(([, lines]) => lines);
  }

  private begin(robotId: string, uploadId: string, parts: number): Upload {
    const upload = { uploadId, parts, receivedAt: isoTime(this.clock.nowMs()), characters: 0, received: new Map<number, string[]>() };
    this.uploads.delete(robotId);
    this.uploads.set(robotId, upload);
    const oldest = this.uploads.keys().next();
    if (this.uploads.size > mostLogs && !oldest.done) this.uploads.delete(oldest.value);
    return upload;
  }
}
