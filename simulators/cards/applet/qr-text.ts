import type { Letters } from './data-groups.ts';
import type { CardPerson } from './person.ts';

/** `1990-01-15` -> `15011990`. */
const joined = (date: string) => date.replace(/^(\d{4})-(\d{2})-(\d{2})$/, '$3$2$1');

/** The QR code on the card: seven fields on that of 2021, four more, empty here, on that of 2024. */
export function qrText(person: CardPerson, fields: 7 | 11, letters: Letters): string {
  const { idNumber, oldIdNumber, fullName, birthDate, sex, placeOfResidence, issuedDate } = person;
  const seven = [idNumber, oldIdNumber, fullName, joined(birthDate), sex, placeOfResidence, joined(issuedDate)].join('|');
  return (fields === 7 ? seven : `${seven}||||`).normalize(letters);
}
