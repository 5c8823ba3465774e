import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMap, parseDocument, parse as parseYaml, stringify } from 'yaml';
import { z } from 'zod';
import { LetanError } from '../src/core/errors.ts';
import { type RobotConfig, robotSchema } from './schema.ts';

export type Calibration = RobotConfig['calibration'];
/** Values of the file's `calibration`, and the touch panel's own. */
export type CalibrationName = keyof Calibration | 'touchMatrix';
/** Some of the values; units as in the schema. */
export type CalibrationValues = { [name in keyof Calibration]?: number | undefined } & {
  /** The file's `touchscreen.calibration`; six numbers. */
  touchMatrix?: readonly number[] | undefined;
};
/** All of them. A panel that was never calibrated has the matrix that changes nothing. */
export type CurrentCalibration = Calibration & { touchMatrix: readonly number[] };

const uncalibratedPanel = [1, 0, 0, 0, 1, 0];
const touchMatrixSchema = robotSchema.shape.touchscreen.unwrap().shape.calibration;
const calibrationShape = robotSchema.shape.calibration.partial().extend({ touchMatrix: touchMatrixSchema });
const entrySchema = z.strictObject({
  /** ISO 8601. */
  at: z.iso.datetime(),
  /** What made the change: `wheels`, `braking`, `dispenser`, `ranges`, `touchscreen` or `undo`. */
  by: z.string(),
  before: calibrationShape,
  after: calibrationShape,
  /** Of an undo: `at` of the entry taken back. */
  undoes: z.iso.datetime().optional(),
  /** What was measured, for whoever doubts a value later. */
  measured: z.array(z.string()).default([]),
});
/** One change of a unit's calibration. */
export type CalibrationEntry = z.infer<typeof entrySchema>;

export interface CalibrationChange {
  by: string;
  values: CalibrationValues;
  measured: string[];
}

/** Names whose values a change touches, in the file's order. */
export const namesOf = (values: CalibrationValues): CalibrationName[] =>
  calibrationShape.keyof().options.filter((name) => values[name] !== undefined);

type CalibrationValue = number | readonly number[] | undefined;

export const isSameValue = (one: CalibrationValue, other: CalibrationValue): boolean => JSON.stringify(one) === JSON.stringify(other);

const pathOf = (name: CalibrationName) => (name === 'touchMatrix' ? ['touchscreen', 'calibration'] : ['calibration', name]);
const textOf = (value: CalibrationValue) => (typeof value === 'object' ? `[${value.join(', ')}]` : String(value));

/** Replaces a file as a whole, so that a power cut leaves the old one or the new one. */
function replaceFile(path: string, text: string): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w', existsSync(path) ? statSync(path).mode : 0o644);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

interface Edit {
  from: number;
  to: number;
  text: string;
}

/** Where a node's text begins and ends; null for what is no node. */
function spanOf(node: unknown): { from: number; to: number } | null {
  if (!node || typeof node !== 'object' || !('range' in node) || !Array.isArray(node.range)) return null;
  return { from: Number(node.range[0]), to: Number(node.range[1]) };
}

/** Puts a key that the file does not have yet behind the last one of its mapping, in the mapping's own style; null without a mapping. */
function insertion(text: string, mapping: unknown, entry: string): Edit | null {
  const span = spanOf(mapping);
  if (!isMap(mapping) || !span) return null;
  const [first, last] = [spanOf(mapping.items[0]?.key), spanOf(mapping.items.at(-1)?.value)];
  if (!first || !last) return { ...span, text: `{ ${entry} }` };
  if (mapping.flow) return { from: last.to, to: last.to, text: `, ${entry}` };
  const lineEnd = text.indexOf('\n', last.to);
  const at = lineEnd < 0 ? text.length : lineEnd;
  const indent = first.from - (text.lastIndexOf('\n', first.from) + 1);
  return { from: at, to: at, text: `\n${' '.repeat(indent)}${entry}` };
}

/** `text` with the calibration's values replaced in place: every comment, blank and order stays. */
function withValues(text: string, values: CalibrationValues, file: string): string {
  const document = parseDocument(text);
  const edits = namesOf(values).map((name): Edit => {
    const path = pathOf(name);
    const span = spanOf(document.getIn(path, true));
    if (span) return { ...span, text: textOf(values[name]) };
    const added = insertion(text, document.getIn(path.slice(0, -1), true), `${path.at(-1)}: ${textOf(values[name])}`);
    if (!added || name !== 'touchMatrix') throw new LetanError('CONFIG_INVALID', `${file} has no ${path.join('.')}`);
    return added;
  });
  // From the end, so that earlier places stay where they are.
  return edits.sort((a, b) => b.from - a.from).reduce((whole, edit) => whole.slice(0, edit.from) + edit.text + whole.slice(edit.to), text);
}

const currentOf = ({ calibration, touchscreen }: RobotConfig): CurrentCalibration => ({
  ...calibration,
  touchMatrix: touchscreen?.calibration ?? uncalibratedPanel,
});

/**
 * A unit's calibration in `<folder>/robots/<robotName>.yaml`, and the history of its changes in `<robotName>.history/` beside it, one
 * dated file a change.
 */
export class CalibrationRecords {
  private readonly file: string;
  private readonly historyFolder: string;

  constructor(folder: string, robotName: string) {
    this.file = join(folder, 'robots', `${robotName}.yaml`);
    this.historyFolder = join(folder, 'robots', `${robotName}.history`);
  }

  get robotFile(): string {
    return this.file;
  }

  /** The values as the file has them now. `CONFIG_INVALID` when it is not a good robot file. */
  current(): CurrentCalibration {
    return currentOf(this.check(readFileSync(this.file, 'utf8')));
  }

  /** Oldest first. */
  history(): CalibrationEntry[] {
    if (!existsSync(this.historyFolder)) return [];
    return readdirSync(this.historyFolder)
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => {
        const entry = entrySchema.safeParse(parseYaml(readFileSync(join(this.historyFolder, name), 'utf8')));
        if (!entry.success) throw new LetanError('CONFIG_INVALID', `${join(this.historyFolder, name)}: ${z.prettifyError(entry.error)}`);
        return entry.data;
      });
  }

  /**
   * Writes the values and remembers what was there before. `CALIBRATION_IMPLAUSIBLE` when one is out of its range: then nothing is
   * written. The history comes first: a change that cannot be undone must not happen.
   */
  apply(change: CalibrationChange, nowMs: number): CalibrationEntry {
    return this.write(change, nowMs);
  }

  /** The change that {@link undo} would take back; null when nothing is left to undo. */
  undoable(): CalibrationEntry | null {
    const history = this.history();
    const undone = new Set(history.flatMap(({ undoes }) => undoes ?? []));
    return history.findLast((entry) => entry.undoes === undefined && !undone.has(entry.at)) ?? null;
  }

  /** Takes back the latest change that still stands. `CALIBRATION_CHANGED` when a value was edited since, unless `force`. */
  undo(nowMs: number, { force = false } = {}): CalibrationEntry {
    const entry = this.undoable();
    if (!entry) throw new LetanError('CALIBRATION_CHANGED', `${this.file} has no change left to undo`);
    const current = this.current();
    const edited = namesOf(entry.after).filter(
      (name) => ![entry.after, entry.before].some((known) => isSameValue(current[name], known[name])),
    );
    if (edited.length > 0 && !force) {
      throw new LetanError(
        'CALIBRATION_CHANGED',
        `${edited.join(', ')} in ${this.file} was edited since ${entry.at}; --force overwrites it`,
      );
    }
    return this.write({ by: 'undo', values: entry.before, measured: [] }, nowMs, entry.at);
  }

  private write({ by, values, measured }: CalibrationChange, nowMs: number, undoes?: string): CalibrationEntry {
    const text = readFileSync(this.file, 'utf8');
    const current = currentOf(this.check(text));
    const bad = calibrationShape.safeParse(values);
    if (!bad.success) throw new LetanError('CALIBRATION_IMPLAUSIBLE', z.prettifyError(bad.error));
    const next = withValues(text, values, this.file);
    this.check(next);
    const before = Object.fromEntries(namesOf(values).map((name) => [name, current[name]]));
    const at = new Date(nowMs).toISOString();
    const entry = entrySchema.parse({ at, by, before, after: values, measured, ...(undoes ? { undoes } : {}) });
    mkdirSync(this.historyFolder, { recursive: true });
    syncFolder(dirname(this.historyFolder));
    replaceFile(join(this.historyFolder, `${at.replaceAll(':', '-')}-${by}.yaml`), stringify(entry));
    replaceFile(this.file, next);
    return entry;
  }

  private check(text: string): RobotConfig {
    const result = robotSchema.safeParse(parseYaml(text));
    if (result.success) return result.data;
    throw new LetanError('CONFIG_INVALID', `${this.file}: ${z.prettifyError(result.error)}`);
  }
}
