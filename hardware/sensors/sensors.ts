import type { DeviceStatus } from '../../src/core/device.ts';
import type { Signal } from '../../src/core/signal.ts';

/** What a sensor measures, in units. */
export type Reading =
  | { kind: 'temperature'; celsius: number }
  | { kind: 'level'; percent: number }
  | { kind: 'levelSwitch'; low: boolean }
  | { kind: 'door'; open: boolean };

/** Capability of a sensor on a free pin of the control board. */
export interface Sensor {
  /** From the unit's configuration. */
  readonly name: string;
  /** Null while nothing trustworthy is known: no board, a broken wire. */
  readonly reading: Reading | null;
  /** `degraded`: it works and measured something to act on; `faulty`: it cannot be believed; `offline`: no board. */
  readonly status: DeviceStatus;
  /** Reading or status changed noticeably. */
  readonly changed: Signal<void>;
}

/** For a technician: `41.5 °C`, `73 %`, `open`. */
export function readingText(reading: Reading | null): string {
  switch (reading?.kind) {
    case undefined:
      return 'no reading';
    case 'temperature':
      return `${reading.celsius.toFixed(1)} °C`;
    case 'level':
      return `${Math.round(reading.percent)} %`;
    case 'levelSwitch':
      return reading.low ? 'low' : 'enough';
    case 'door':
      return reading.open ? 'open' : 'closed';
  }
}
