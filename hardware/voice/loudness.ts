/** How loud the robot speaks over the day. Percent of full scale, 0-100; 0 is silent. */
export interface Loudness {
  volumePercent: number;
  /** Ward's time, `HH:MM`; `to` is no longer in it, and an entry may pass midnight. Later entries win. */
  quieter: readonly { from: string; to: string; volumePercent: number }[];
}

/** Vietnam keeps UTC+07:00 all year. */
const wardOffsetMinutes = 7 * 60;
const minutesPerDay = 24 * 60;

/** Percent at a moment in ms since the Unix epoch. Pure. */
export function volumeAt({ volumePercent, quieter }: Loudness, epochMs: number): number {
  const sinceEpoch = Math.floor(epochMs / 60_000) + wardOffsetMinutes;
  const now = ((sinceEpoch % minutesPerDay) + minutesPerDay) % minutesPerDay;
  const entry = quieter.findLast(({ from, to }) => {
    const [start, end] = [minuteOfDay(from), minuteOfDay(to)];
    return start <= end ? start <= now && now < end : start <= now || now < end;
  });
  return entry?.volumePercent ?? volumePercent;
}

function minuteOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
