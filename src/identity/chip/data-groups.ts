import type { ChipData, Portrait } from './chip.ts';
import { contentOf, find, partsOf, readTlv, smallInteger, type Tlv } from './der.ts';
import { calendarDay, isoOfVietnameseDate, readableText } from './text.ts';

/** What DG1 says: the machine-readable zone of a card in TD1 format, without diacritics. */
export interface Mrz {
  /** 12 digits, or empty. */
  idNumber: string;
  fullName: string;
  /** YYYY-MM-DD, or empty. */
  birthDate: string;
  sex: ChipData['sex'];
  nationality: string;
  /** YYYY-MM-DD, or empty. */
  expiryDate: string;
}

/** Characters of a TD1 zone: three lines of thirty (9303-5). */
const td1Characters = 90;

/** Reads DG1; null where it is no TD1 zone. `thisYear` tells the century of a birth. */
export function readDg1(file: Uint8Array, thisYear: number): Mrz | null {
  const zone = find(file, 0x61, 0x5f1f);
  if (zone?.length !== td1Characters) return null;
  const text = Buffer.from(zone).toString('latin1');
  if (!/^[A-Z0-9<]*$/.test(text)) return null;
  const [surname = '', given = ''] = text.slice(60).split('<<');
  const birth = text.slice(30, 36);
  const century = 2000 + Number(birth.slice(0, 2)) > thisYear ? '19' : '20';
  return {
    // Optional data of the first line: the whole number of the citizen.
    idNumber: /^\d{12}/.exec(text.slice(15, 30))?.[0] ?? '',
    fullName: `${surname} ${given}`.replaceAll('<', ' ').trim(),
    birthDate: mrzDate(century, birth),
    sex: text[37] === 'M' ? 'Nam' : text[37] === 'F' ? 'Nữ' : '',
    nationality: text.slice(45, 48).replaceAll('<', ''),
    expiryDate: mrzDate('20', text.slice(38, 44)),
  };
}

function mrzDate(century: string, yymmdd: string): string {
  return calendarDay(`${century}${yymmdd.slice(0, 2)}-${yymmdd.slice(2, 4)}-${yymmdd.slice(4, 6)}`) ?? '';
}

/** Fields of DG13 that are read, by their number. Ethnicity (6) and religion (7) are sensitive, and the rest is not needed. */
const fieldNumbers = {
  idNumber: 1,
  fullName: 2,
  birthDate: 3,
  sex: 4,
  nationality: 5,
  placeOfOrigin: 8,
  placeOfResidence: 9,
  issuedDate: 11,
  expiryDate: 12,
  oldIdNumber: 15,
} as const;

/**
 * Reads DG13, what the card says in Vietnamese: `SEQUENCE { version, encoding, SET { SEQUENCE { number, value } … } }`. Fields that are
 * missing or of another type come out empty; null where the structure is another one.
 */
export function readDg13(file: Uint8Array): ChipData | null {
  const [version, , set] = partsOf(readTlv(contentOf(readTlv(file), 0x6d) ?? new Uint8Array(0)), 0x30);
  const fields = partsOf(set, 0x31);
  if (smallInteger(version) === null || fields.length === 0) return null;
  const values = new Map<number, Tlv>();
  for (const field of fields) {
    const [number, value] = partsOf(field, 0x30);
    const index = smallInteger(number);
    if (index !== null && value) values.set(index, value);
  }
  const text = (name: keyof typeof fieldNumbers) => fieldText(values.get(fieldNumbers[name]));
  return {
    idNumber: text('idNumber'),
    oldIdNumber: text('oldIdNumber'),
    fullName: text('fullName'),
    birthDate: isoOfVietnameseDate(text('birthDate')) ?? '',
    sex: sexOf(text('sex')),
    nationality: text('nationality'),
    placeOfOrigin: text('placeOfOrigin'),
    placeOfResidence: text('placeOfResidence'),
    issuedDate: isoOfVietnameseDate(text('issuedDate')) ?? '',
    expiryDate: isoOfVietnameseDate(text('expiryDate')) ?? text('expiryDate'),
  };
}

/** UTF8String or PrintableString. */
function fieldText(value: Tlv | undefined): string {
  return readableText(contentOf(value, 0x0c) ?? contentOf(value, 0x13) ?? new Uint8Array(0));
}

function sexOf(text: string): ChipData['sex'] {
  return text === 'Nam' || text === 'Nữ' ? text : '';
}

/** DG13 where the card has it, its gaps filled from DG1. Null where neither tells a number of twelve digits. */
export function citizenData(mrz: Mrz, dg13: ChipData | null): ChipData | null {
  const { idNumber, fullName, birthDate, sex, nationality, expiryDate } = mrz;
  const empty = { oldIdNumber: '', placeOfOrigin: '', placeOfResidence: '', issuedDate: '' };
  if (!dg13) return idNumber === '' ? null : { ...empty, idNumber, fullName, birthDate, sex, nationality, expiryDate };
  const data: ChipData = {
    ...dg13,
    idNumber: dg13.idNumber || idNumber,
    fullName: dg13.fullName || fullName,
    birthDate: dg13.birthDate || birthDate,
    sex: dg13.sex || sex,
    nationality: dg13.nationality || nationality,
    expiryDate: dg13.expiryDate || expiryDate,
  };
  return /^\d{12}$/.test(data.idNumber) ? data : null;
}

/** Lengths of the parts of an ISO 19794-5 record before the image: record header, facial information, one feature point, image information. */
const recordHeaderBytes = 14;
const facialInformationBytes = 20;
const featurePointBytes = 8;
const imageInformationBytes = 12;

/** The portrait of DG2, copied out of its ISO 19794-5 record; null where there is none of a known kind. */
export function readPortrait(file: Uint8Array): Portrait | null {
  const template = find(file, 0x75, 0x7f61, 0x7f60);
  const record = template && (find(template, 0x5f2e) ?? find(template, 0x7f2e));
  if (!record || Buffer.from(record.subarray(0, 4)).toString('latin1') !== 'FAC\0' || record.length < recordHeaderBytes + 6) return null;
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const blockBytes = view.getUint32(recordHeaderBytes);
  const featurePoints = view.getUint16(recordHeaderBytes + 4);
  const start = recordHeaderBytes + facialInformationBytes + featurePoints * featurePointBytes + imageInformationBytes;
  // A copy: the file itself is overwritten after the read.
  const bytes = Uint8Array.from(record.subarray(start, recordHeaderBytes + blockBytes));
  const mediaType = mediaTypeOf(bytes);
  return mediaType && { mediaType, bytes };
}

/** By the first bytes, since records name their image type wrongly. JP2 boxes and bare JPEG 2000 code streams are both `image/jp2`. */
function mediaTypeOf(image: Uint8Array): Portrait['mediaType'] | null {
  const head = Buffer.from(image.subarray(0, 12)).toString('hex');
  if (head.startsWith('ffd8ff')) return 'image/jpeg';
  return head.startsWith('0000000c6a502020') || head.startsWith('ff4fff51') ? 'image/jp2' : null;
}
