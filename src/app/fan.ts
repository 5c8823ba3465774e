import type { Cancel, Clock } from '../core/clock.ts';

/** A Raspberry Pi slows down from 80 °C on (its documentation); its own cooler runs in earnest from 60 °C on. */
const onAboveC = 60;
const offBelowC = 50;
/** The heat of a computer changes over some 10 s. */
const lookEveryMs = 5000;

export interface FanOptions {
  clock: Clock;
  /** Degrees Celsius; null: nobody knows. */
  readHeatC: () => Promise<number | null>;
  setFan(on: boolean): void;
}

/** Runs the fan while the computer is hot, and while nobody knows how hot it is. Returns what ends that and leaves the fan as it is. */
export function tendFan({ clock, readHeatC, setFan }: FanOptions): Cancel {
  let on = false;
  let looking = false;
  const judge = (heatC: number | null) => {
    const next = heatC === null || heatC > onAboveC || (on && heatC >= offBelowC);
    if (next !== on) setFan(next);
    on = next;
  };
  const look = () => {
    if (looking) return;
    looking = true;
    const seen = (heatC: number | null) => {
      looking = false;
      judge(heatC);
    };
    readHeatC().then(seen, () => seen(null));
  };
  look();
  return clock.every(lookEveryMs, look);
}
