import type { AccessKey } from './chip.ts';

/** The MRZ's key fields, each with its check digit (9303-11, 4.3.2); ASCII. */
export function mrzInformation(key: Extract<AccessKey, { kind: 'mrz' }>): Buffer {
  const fields = [key.documentNumber.padEnd(9, '<'), key.birthDate, key.expiryDate];
  return Buffer.from(fields.map((field) => `${field}${checkDigit(field)}`).join(''), 'ascii');
}

/** Check digit of 9303-3, 4.9: weights 7, 3, 1; letters count from 10, the filler 0. */
export function checkDigit(field: string): number {
  const weights = [7, 3, 1];
  const sum = [...field].reduce((total, letter, at) => total + numberOf(letter) * (weights[at % 3] ?? 0), 0);
  return sum % 10;
}

function numberOf(letter: string): number {
  return letter === '<' ? 0 : Number.parseInt(letter, 36) || 0;
}
