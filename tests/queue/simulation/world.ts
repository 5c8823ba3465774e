import type { Broker } from './broker.ts';
import type { Dice } from './dice.ts';
import type { Happenings } from './happenings.ts';
import type { Observer } from './observer.ts';
import type { Plan } from './plan.ts';
import type { Variant } from './variants.ts';
import type { VirtualTime } from './virtual-time.ts';

export const ward = 'cua-nam';

/** What every part of a run shares. */
export interface World {
  time: VirtualTime;
  dice: Dice;
  happenings: Happenings;
  epochMs: number;
  broker: Broker;
  observer: Observer;
  plan: Plan;
  variant: Variant;
}
