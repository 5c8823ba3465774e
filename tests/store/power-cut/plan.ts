import { closeSync, openSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { encodeMark, type Mark } from './trace.ts';

/** What a child plays: `count` operations of `seed`. */
export const planSchema = z.object({
  folder: z.string(),
  log: z.string(),
  seed: z.number(),
  count: z.number(),
  /** Keeps the keys of different runs apart. */
  tag: z.string(),
  /** Runs before this one. */
  run: z.number(),
  synchronous: z.enum(['full', 'normal']),
  /** WAL pages after which SQLite checkpoints by itself; null leaves the product's own. */
  checkpointPages: z.number().nullable(),
});
export type Plan = z.infer<typeof planSchema>;
/** Without the places, which only the recorder knows. */
export type RunPlan = Omit<Plan, 'folder' | 'log'>;

/** What to set beyond the product's own: it has no option for it, on purpose. */
export function pragmasOf({ synchronous, checkpointPages }: Pick<Plan, 'synchronous' | 'checkpointPages'>): string[] {
  return [
    ...(synchronous === 'normal' ? ['PRAGMA synchronous=NORMAL'] : []),
    ...(checkpointPages === null ? [] : [`PRAGMA wal_autocheckpoint=${checkpointPages}`]),
  ];
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'none');

/** Marks before and after each operation, among what the shim writes down. */
export class Marks {
  private readonly log: number;

  constructor(file: string) {
    this.log = openSync(file, 'a');
  }

  note(note: unknown): void {
    this.write({ at: 'note', note });
  }

  async around(operation: number, work: () => unknown): Promise<void> {
    this.write({ at: 'begin', operation });
    try {
      this.write({ at: 'done', operation, result: (await work()) ?? null });
    } catch (error) {
      this.write({ at: 'failed', operation, code: codeOf(error), message: String(error) });
    }
  }

  close(): void {
    closeSync(this.log);
  }

  private write(mark: Mark): void {
    writeSync(this.log, encodeMark(mark));
  }
}
