import { concat, ofHex, ofNumber, ofText } from './bytes.ts';
import { integer, oid, printableString, sequence, setOf, utf8String } from './der.ts';
import { mrzLines } from './mrz.ts';
import { type CardPerson, plantedEthnicity, plantedReligion } from './person.ts';
import type { DrawnPortrait } from './portrait.ts';
import { tlv } from './tlv.ts';

/** Outer tags of the data groups written here (ICAO 9303-10, table 38). */
const tags = { com: 0x60, dg1: 0x61, dg2: 0x75, dg3: 0x63, dg13: 0x6d } as const;

/** EF.COM: LDS 1.7, Unicode 4.0.0, and the outer tags of what the chip holds. */
export const comFile = (present: readonly number[]) =>
  tlv(tags.com, tlv(0x5f01, ofText('0107')), tlv(0x5f36, ofText('040000')), tlv(0x5c, Uint8Array.from(present)));

/** The machine-readable zone. */
export const mrzGroup = (person: CardPerson) => tlv(tags.dg1, tlv(0x5f1f, ofText(mrzLines(person))));

const jpeg = 0;
const jpeg2000 = 1;

/** One facial record of ISO 19794-5:2005, clause 5. */
function facialRecord({ bytes, widthPx, heightPx, points }: DrawnPortrait, sex: CardPerson['sex']): Uint8Array {
  const features = points.map(({ x, y }, index) =>
    concat(Uint8Array.of(1, 0xc1 + index), ofNumber(Math.round(x), 2), ofNumber(Math.round(y), 2), ofNumber(0, 2)),
  );
  const gender = sex === 'Nam' ? 1 : 2;
  const type = bytes[0] === 0xff && bytes[1] === 0xd8 ? jpeg : jpeg2000;
  const imageInformation = concat(
    Uint8Array.of(1, type),
    ofNumber(widthPx, 2),
    ofNumber(heightPx, 2),
    // sRGB; source: static photograph by a digital camera; device and quality not told.
    Uint8Array.of(1, 2, 0, 0, 0, 0),
  );
  const detail = concat(Uint8Array.of(gender, 0, 0), new Uint8Array(3 + 2 + 3 + 3), ...features, imageInformation, bytes);
  const block = concat(ofNumber(4 + 2 + detail.length, 4), ofNumber(points.length, 2), detail);
  return concat(ofText('FAC\0'), ofText('010\0'), ofNumber(14 + block.length, 4), ofNumber(1, 2), block);
}

/** The portrait in the biometric templates of ICAO 9303-10, 4.7.2. */
export function portraitGroup(portrait: DrawnPortrait, sex: CardPerson['sex']): Uint8Array {
  const header = tlv(0xa1, ofHex('800201018101028702010188020008'));
  return tlv(tags.dg2, tlv(0x7f61, integer(1), tlv(0x7f60, header, tlv(0x5f2e, facialRecord(portrait, sex)))));
}

/** Fingerprints: nobody reads them, and none are here. */
export const fingerprintGroup = () => tlv(tags.dg3, tlv(0x7f61, integer(0)));

/** `1990-01-15` -> `15/01/1990`; words stay. */
const slashed = (date: string) => date.replace(/^(\d{4})-(\d{2})-(\d{2})$/, '$3/$2/$1');

export type Letters = 'NFC' | 'NFD';

/** What the card is printed with, field by field (cccd.md). Empty residence, marks, old number and spouse are fields without a value. */
export function printedDataGroup(person: CardPerson, letters: Letters): Uint8Array {
  const text = (words: string) => utf8String(words.normalize(letters));
  const digits = (words: string) => printableString(words);
  const field = (number: number, ...values: Uint8Array[]) => sequence(integer(number), ...values);
  const optional = (number: number, words: string, write: (words: string) => Uint8Array) =>
    words === '' ? field(number) : field(number, write(words));
  const fields = [
    field(1, digits(person.idNumber)),
    field(2, text(person.fullName)),
    field(3, digits(slashed(person.birthDate))),
    field(4, text(person.sex)),
    field(5, text('Việt Nam')),
    field(6, text(plantedEthnicity)),
    field(7, text(plantedReligion)),
    optional(8, person.placeOfOrigin, text),
    optional(9, person.placeOfResidence, text),
    optional(10, person.marks, text),
    field(11, digits(slashed(person.issuedDate))),
    field(12, text(slashed(person.expiryDate))),
    field(13, sequence(text(person.father)), sequence(text(person.mother))),
    optional(14, person.spouse, text),
    optional(15, person.oldIdNumber, digits),
    field(16, digits('00'.repeat(16))),
  ];
  return tlv(tags.dg13, sequence(integer(1), oid('1.0.10646.1.0.8'), setOf(...fields)));
}
