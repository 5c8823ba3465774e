import type { Manner } from './virtual-card.ts';

/**
 * What a forger changed after signing: a letter of the name in DG1, the last byte of DG2, DG13 or of the signature; or he put `keys`
 * of his own into DG14 and DG15, so that the chip proves itself.
 */
export type Spoiled = 1 | 2 | 13 | 'signature' | 'keys';

/**
 * How a copy without the private keys answers. `pretends`: with keys of its own. `refuses`: it does not know the protocols. `hides`:
 * it leaves DG14 and DG15 out, which EF.SOD still names.
 */
export type CopyManner = 'pretends' | 'refuses' | 'hides';

export type CardVariant =
  /** Citizen card with chip of 2021: seven QR fields; opens by PACE, or by BAC with the MRZ. */
  | '2021'
  /** Identity card of 2024: eleven QR fields; PACE alone. */
  | '2024'
  /** An early chip without PACE. */
  | 'bacOnly'
  /** DG13 was changed after signing. */
  | 'wrongSod'
  /** Data copied, no private keys. */
  | 'cloned'
  /** Takes its time with every command. */
  | 'slow'
  | { kind: 'tornAway'; afterCommands: number }
  | { kind: 'wrongSod'; spoiled: Spoiled }
  | { kind: 'cloned'; copied: CopyManner };

/** Leaves the field after so many answered commands. */
export const tornAway = (afterCommands: number): CardVariant => ({ kind: 'tornAway', afterCommands });

export interface Traits {
  qrFields: 7 | 11;
  pace: boolean;
  bac: boolean;
  spoiled: Spoiled | null;
  copied: CopyManner | null;
}

const plain: Traits = { qrFields: 11, pace: true, bac: false, spoiled: null, copied: null };

export function traitsOf(variant: CardVariant): Traits {
  if (typeof variant === 'object') {
    switch (variant.kind) {
      case 'tornAway':
        return plain;
      case 'wrongSod':
        return { ...plain, spoiled: variant.spoiled };
      case 'cloned':
        return { ...plain, copied: variant.copied };
    }
  }
  switch (variant) {
    case '2021':
      return { ...plain, qrFields: 7, bac: true };
    case 'bacOnly':
      return { ...plain, qrFields: 7, pace: false, bac: true };
    case 'wrongSod':
      return { ...plain, spoiled: 13 };
    case 'cloned':
      return { ...plain, copied: 'pretends' };
    case '2024':
    case 'slow':
      return plain;
  }
}

/** Chips of this kind take some 40 ms to read, and tenths of seconds for elliptic curves; twice that here. */
const slowMs: ReadonlyMap<number, number> = new Map([
  [0xa4, 60],
  [0xb0, 80],
  [0xb1, 80],
  [0x22, 60],
  [0x82, 300],
  [0x84, 60],
  [0x86, 500],
  [0x88, 800],
]);

export function mannerOf(variant: CardVariant): Omit<Manner, 'qrText'> {
  if (variant === 'slow') return { processingMs: slowMs };
  return typeof variant === 'object' && variant.kind === 'tornAway' ? { tornAwayAfter: variant.afterCommands } : {};
}
