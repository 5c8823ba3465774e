import type { CardPerson } from './person.ts';

/** ICAO 9303-3, 4.9: weights 7, 3, 1; digits as they are, A = 10 to Z = 35, < = 0. */
export function checkDigit(text: string): string {
  const values = [...text].map((letter) => (letter === '<' ? 0 : Number.parseInt(letter, 36)));
  return String(values.reduce((sum, value, index) => sum + value * ([7, 3, 1][index % 3] ?? 0), 0) % 10);
}

const withCheck = (text: string) => text + checkDigit(text);

/** `1990-01-15` -> `900115`. Cards without expiry carry 991231 here: what real ones have is not known. */
const shortDate = (date: string) => (/^\d{4}-\d{2}-\d{2}$/.test(date) ? date.replaceAll('-', '').slice(2) : '991231');

/** Without diacritics, in capitals; surname first. */
function mrzName(fullName: string): string {
  const plain = fullName.normalize('NFD').replace(/\p{M}/gu, '').replace(/[Đđ]/g, 'D').toUpperCase();
  const [surname = '', ...given] = plain.split(/\s+/);
  return `${surname}<<${given.join('<')}`;
}

/** What BAC keys and PACE's MRZ password are made of: the last nine digits of the number, birth, expiry, each with its check digit. */
export const mrzInformation = ({ idNumber, birthDate, expiryDate }: CardPerson): string =>
  withCheck(idNumber.slice(-9)) + withCheck(shortDate(birthDate)) + withCheck(shortDate(expiryDate));

/** Three lines of thirty characters, TD1 (ICAO 9303-5, 4.2.2), without breaks. */
export function mrzLines(person: CardPerson): string {
  const number = withCheck(person.idNumber.slice(-9));
  const birth = withCheck(shortDate(person.birthDate));
  const expiry = withCheck(shortDate(person.expiryDate));
  const optional = `${person.idNumber}<<${checkDigit(person.idNumber)}`;
  const sex = person.sex === 'Nam' ? 'M' : 'F';
  const optional2 = '<'.repeat(11);
  const composite = checkDigit(number + optional + birth + expiry + optional2);
  const first = `IDVNM${number}${optional}`;
  const second = `${birth}${sex}${expiry}VNM${optional2}${composite}`;
  return first + second + mrzName(person.fullName).slice(0, 30).padEnd(30, '<');
}
