import type { ShownPerson } from '../kiosk/view.ts';
import type { ChipRecord } from './chip/chip.ts';
import type { Vault, VaultRecord } from './vault.ts';

const masked = (idNumber: string) => `•••• •••• ${idNumber.slice(-4)}`;

/** A data URL that the page can draw; browsers know no JPEG 2000, the form that many chips hold. */
function drawable({ portrait }: ChipRecord): string | null {
  if (portrait?.mediaType !== 'image/jpeg') return null;
  return `data:image/jpeg;base64,${Buffer.from(portrait.bytes).toString('base64')}`;
}

function shown(record: VaultRecord): ShownPerson | null {
  if (record.kind === 'text') return null;
  const { chip } = record;
  const said = chip?.data ?? (record.kind === 'card' ? record.card : null);
  if (said === null) return null;
  const { fullName, idNumber, birthDate } = said;
  return {
    ...{ fullName, maskedIdNumber: masked(idNumber), birthDate },
    chip: chip ? { verdict: chip.verdict, portrait: drawable(chip) } : null,
  };
}

/** What the confirm screen may show of the given records: the number masked but for its last four digits. */
export function shownPeople(vault: Vault, recordIds: readonly string[]): ShownPerson[] {
  return recordIds.flatMap((recordId) => {
    const record = vault.get(recordId);
    return (record && shown(record)) ?? [];
  });
}
