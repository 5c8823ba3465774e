import type { VaultRecord } from '../identity/vault.ts';
import type { SealedPerson } from '../queue/contract/sealed.ts';

/**
 * What the officer gets of one person: what her card's code says and, where the chip was read, what the chip says and what was
 * checked. Never the portrait. Null where only a number is known.
 */
export function personOf(record: VaultRecord): SealedPerson | null {
  if (record.kind === 'text') return null;
  const { chip } = record;
  if (record.kind === 'card') return chip ? { ...record.card, chip: sealedChip(chip) } : record.card;
  if (!chip) return null;
  const { idNumber, oldIdNumber, fullName, birthDate, sex, issuedDate, placeOfResidence } = chip.data;
  return { idNumber, oldIdNumber, fullName, birthDate, sex, issuedDate, address: placeOfResidence, chip: sealedChip(chip) };
}

type Chip = NonNullable<Extract<VaultRecord, { kind: 'number' }>['chip']>;

function sealedChip({ data, checks, verdict }: Chip): NonNullable<SealedPerson['chip']> {
  if (verdict === 'forged') throw new TypeError('a forged chip is never kept');
  return { data, checks, verdict };
}
