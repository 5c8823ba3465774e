import type { CalibrationEntry, CalibrationName, CalibrationRecords, CalibrationValues } from '../../../config/calibration-records.ts';
import { isSameValue, namesOf } from '../../../config/calibration-records.ts';
import type { Clock } from '../../core/clock.ts';
import type { Proposal } from './bench.ts';
import type { Dialogue } from './dialogue.ts';

const units: Record<CalibrationName, string> = {
  pulsesPerMetreLeft: 'pulses/m',
  pulsesPerMetreRight: 'pulses/m',
  trackWidthMm: 'mm',
  speedCapMmS: 'mm/s',
  marginMm: 'mm',
  resumeMm: 'mm',
  decelerationMmS2: 'mm/s2',
  brakingMmS2: 'mm/s2',
  brakingDelayMs: 'ms',
  frontLeftOffsetMm: 'mm',
  frontRightOffsetMm: 'mm',
  flowPulsesPerLitre: 'pulses/L',
  valveClosingMs: 'ms',
  touchMatrix: '',
};

/** One line a value: what it was, what it becomes, and by how much. */
export function diffLines(before: CalibrationValues, after: CalibrationValues): string[] {
  return namesOf(after).map((name) => {
    const [was, is] = [before[name] ?? 0, after[name] ?? 0];
    const change = isSameValue(was, is) ? 'unchanged' : shareText(was, is);
    return `  ${name.padEnd(19)}  ${textOf(was)} -> ${textOf(is)} ${units[name]}${change && `  (${change})`}`.trimEnd();
  });
}

const textOf = (value: number | readonly number[]) => (typeof value === 'number' ? String(value) : value.join(' '));

/** Empty where a share tells nothing: of an offset, of a matrix. */
function shareText(was: number | readonly number[], is: number | readonly number[]): string {
  if (typeof was !== 'number' || typeof is !== 'number' || was <= 0 || is <= 0) return '';
  return `${is > was ? '+' : ''}${((is / was - 1) * 100).toFixed(2)} %`;
}

/** Shows what would change, asks, and writes. Resolves with what was written; null when nothing was. */
export async function offer(
  dialogue: Dialogue,
  records: CalibrationRecords,
  clock: Clock,
  { by, values, measured }: Proposal,
): Promise<CalibrationEntry | null> {
  const current = records.current();
  dialogue.tell(`Proposed for ${records.robotFile}:\n${diffLines(current, values).join('\n')}`);
  if (namesOf(values).every((name) => isSameValue(current[name], values[name]))) {
    dialogue.tell('Nothing changes.');
    return null;
  }
  if (!(await dialogue.confirm('write', 'Write these values?'))) {
    dialogue.tell('Nothing was written.');
    return null;
  }
  const entry = records.apply({ by, values, measured }, clock.nowMs());
  dialogue.tell('Written. `letan calibrate undo` takes it back.');
  return entry;
}

/** Every change, newest first, with its date and values. */
export function historyLines(history: readonly CalibrationEntry[]): string[] {
  if (history.length === 0) return ['No calibration was changed yet.'];
  const undone = new Set(history.flatMap(({ undoes }) => undoes ?? []));
  return [...history].reverse().flatMap((entry) => {
    const note = entry.undoes ? ` of ${entry.undoes}` : undone.has(entry.at) ? '  (undone)' : '';
    return [`${entry.at}  ${entry.by}${note}`, ...diffLines(entry.before, entry.after)];
  });
}
