import type { ShownPerson } from '../kiosk/view.ts';
import type { Vault } from './vault.ts';

/** What the confirm screen may show of the given records: the number masked but for its last four digits. */
export function shownPeople(vault: Vault, recordIds: readonly string[]): ShownPerson[] {
  return recordIds.flatMap((recordId) => {
    const record = vault.get(recordId);
    if (record?.kind !== 'card') return [];
    const { fullName, idNumber, birthDate } = record.card;
    return [{ fullName, maskedIdNumber: `•••• •••• ${idNumber.slice(-4)}`, birthDate }];
  });
}
