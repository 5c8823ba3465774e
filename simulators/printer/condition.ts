/** What the sensors of the simulated printer see. */
export interface Condition {
  paperEnd: boolean;
  nearEnd: boolean;
  coverOpen: boolean;
  cutterError: boolean;
  switchedOffline: boolean;
  overheated: boolean;
}

export const healthy: Condition = {
  paperEnd: false,
  nearEnd: false,
  coverOpen: false,
  cutterError: false,
  switchedOffline: false,
  overheated: false,
};

export const isOffline = ({ paperEnd, coverOpen, cutterError, switchedOffline, overheated }: Condition): boolean =>
  paperEnd || coverOpen || cutterError || switchedOffline || overheated;

const flags = (base: number, ...pairs: [boolean, number][]) => pairs.reduce((sum, [on, mask]) => (on ? sum | mask : sum), base);

/** Answer to DLE EOT n. */
export function statusByte(condition: Condition, n: number): number {
  const { paperEnd, nearEnd, coverOpen, cutterError, overheated } = condition;
  if (n === 1) return flags(0x12, [isOffline(condition), 0x08]);
  if (n === 2) return flags(0x12, [coverOpen, 0x04], [paperEnd, 0x20], [cutterError || overheated, 0x40]);
  if (n === 3) return flags(0x12, [cutterError, 0x08], [overheated, 0x40]);
  return flags(0x12, [nearEnd, 0x0c], [paperEnd, 0x60]);
}

/** Automatic status back. */
export function automaticStatus(condition: Condition): number[] {
  const { coverOpen, cutterError, overheated } = condition;
  return [
    flags(0x10, [isOffline(condition), 0x08], [coverOpen, 0x20]),
    flags(0, [cutterError, 0x08], [overheated, 0x40]),
    paperStatus(condition),
    0x0f,
  ];
}

/** Answer to GS r 1, and the paper byte of the automatic status. */
export const paperStatus = ({ nearEnd, paperEnd }: Condition): number => flags(0, [nearEnd, 0x03], [paperEnd, 0x0c]);
