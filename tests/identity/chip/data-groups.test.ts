import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { citizenData, readDg1, readDg13, readPortrait } from '../../../src/identity/chip/data-groups.ts';
import { tlv } from '../../../src/identity/chip/der.ts';
import { Shredder } from '../../../src/identity/chip/shredder.ts';
import { bytes, hex } from './hex.ts';

const utf8 = (text: string) => tlv(0x0c, Buffer.from(text));
const printable = (text: string) => tlv(0x13, Buffer.from(text));
const number = (value: number) => tlv(0x02, Uint8Array.of(value));
const field = (index: number, ...value: Uint8Array[]) => tlv(0x30, number(index), ...value);
const dg13 = (...fields: Uint8Array[]) => tlv(0x6d, tlv(0x30, number(1), bytes('060628D14E010008'), tlv(0x31, ...fields)));

const zone = 'IDVNM1900123457079190012345<<79001158F3001156VNM<<<<<<<<<<<2NGUYEN<<THI<MAU<<<<<<<<<<<<<<<';
const dg1 = (text = zone) => tlv(0x61, tlv(0x5f1f, Buffer.from(text, 'latin1')));
const fromZone = {
  idNumber: '079190012345',
  fullName: 'NGUYEN THI MAU',
  birthDate: '1990-01-15',
  sex: 'Nữ',
  nationality: 'VNM',
  expiryDate: '2030-01-15',
} as const;

describe('DG1', () => {
  it('is read as a zone of three lines', () => {
    expect(readDg1(dg1(), 2026)).toEqual(fromZone);
  });

  it('takes the last digit of the first line as it comes', () => {
    for (const digit of '0123456789<') expect(readDg1(dg1(`${zone.slice(0, 29)}${digit}${zone.slice(30)}`), 2026)).toEqual(fromZone);
  });

  it('guesses the century of a birth so that nobody is born in the future', () => {
    const born = (year: string) => readDg1(dg1(`${zone.slice(0, 30)}${year}0115${zone.slice(36)}`), 2026)?.birthDate;
    expect([born('26'), born('27'), born('00'), born('99')]).toEqual(['2026-01-15', '1927-01-15', '2000-01-15', '1999-01-15']);
  });

  it('leaves out dates that the zone does not tell', () => {
    expect(readDg1(dg1(`${zone.slice(0, 30)}90<<<<${zone.slice(36)}`), 2026)?.birthDate).toBe('');
  });

  it.each([
    ['a passport', 'P<VNM'.padEnd(88, '<')],
    ['small letters', zone.toLowerCase()],
    ['nothing', ''],
  ])('is refused for %s', (_, text) => {
    expect(readDg1(dg1(text), 2026)).toBeNull();
  });
});

describe('DG13', () => {
  const whole = dg13(
    field(1, printable('079190012345')),
    field(2, utf8('Nguyễn Thị Mẫu'.normalize('NFD'))),
    field(3, printable('15/01/1990')),
    field(4, utf8('Nữ'.normalize('NFD'))),
    field(5, utf8('Việt Nam')),
    field(6, utf8('PLANTED-6')),
    field(7, utf8('PLANTED-7')),
    field(8, utf8('Xã Mẫu')),
    field(9, utf8('1 Đường A')),
    field(10, utf8('PLANTED-10')),
    field(11, printable('02/08/2024')),
    field(12, utf8('Không thời hạn')),
    field(13, tlv(0x30, utf8('PLANTED-13')), tlv(0x30, utf8('PLANTED-13'))),
    bytes('300302010E'),
    field(15, printable('024001234')),
    field(16, printable('PLANTED-16')),
  );

  it('is read without what nobody needs', () => {
    const data = readDg13(whole);
    expect(data).toEqual({
      idNumber: '079190012345',
      oldIdNumber: '024001234',
      fullName: 'Nguyễn Thị Mẫu'.normalize('NFC'),
      birthDate: '1990-01-15',
      sex: 'Nữ',
      nationality: 'Việt Nam',
      placeOfOrigin: 'Xã Mẫu',
      placeOfResidence: '1 Đường A',
      issuedDate: '2024-08-02',
      expiryDate: 'Không thời hạn'.normalize('NFC'),
    });
    expect(JSON.stringify(data)).not.toContain('PLANTED');
  });

  it('may lack any field, and bring them in any order', () => {
    expect(readDg13(dg13(field(9, utf8('A')), field(2, utf8('B'))))).toMatchObject({ placeOfResidence: 'A', fullName: 'B', idNumber: '' });
    expect(readDg13(dg13(field(2)))).toMatchObject({ fullName: '' });
    expect(readDg13(dg13(field(2, tlv(0x04, bytes('41')))))).toMatchObject({ fullName: '' });
  });

  it.each([
    ['30/02/2030', '30/02/2030'],
    ['15-01-2030', '15-01-2030'],
    ['29/02/2028', '2028-02-29'],
    ['A\u0000B\nC\u2028D', 'A B C D'],
    [`${'x'.repeat(600)}`, 'x'.repeat(500)],
  ])('keeps the words of an expiry: %j', (text, expected) => {
    expect(readDg13(dg13(field(12, utf8(text))))?.expiryDate).toBe(expected);
  });

  it('takes no bytes for text that are none', () => {
    expect(readDg13(dg13(field(2, tlv(0x0c, bytes('41FF42')))))?.fullName).toBe('');
  });

  it('is null where it is something else', () => {
    for (const file of [bytes(''), bytes('6D00'), tlv(0x6d, tlv(0x30, number(1))), dg1(), dg13()]) expect(readDg13(file)).toBeNull();
  });

  it('fills its gaps from DG1, and never the other way round', () => {
    const data = readDg13(dg13(field(2, utf8('Nguyễn Thị Mẫu'))));
    expect(citizenData(fromZone, data)).toMatchObject({ ...fromZone, fullName: 'Nguyễn Thị Mẫu'.normalize('NFC') });
    expect(citizenData(fromZone, null)).toMatchObject({ ...fromZone, placeOfResidence: '' });
    expect(citizenData({ ...fromZone, idNumber: '' }, null)).toBeNull();
    expect(citizenData({ ...fromZone, idNumber: '' }, data)).toBeNull();
  });
});

describe('DG2', () => {
  const image = bytes('FFD8FFE000104A464946');
  /** ISO 19794-5: record header, facial information with `points` feature points, image information, image. */
  const record = (picture: Uint8Array, points = 0) => {
    const block = Buffer.alloc(20 + 8 * points + 12);
    block.writeUInt32BE(block.length + picture.length, 0);
    block.writeUInt16BE(points, 4);
    const header = Buffer.concat([bytes('46414300 30313000'), Buffer.alloc(4), bytes('0001')]);
    header.writeUInt32BE(14 + block.length + picture.length, 8);
    return Buffer.concat([header, block, picture]);
  };
  const dg2 = (data: Uint8Array, tag = 0x5f2e) =>
    tlv(0x75, tlv(0x7f61, number(1), tlv(0x7f60, tlv(0xa1, bytes('810102')), tlv(tag, data))));

  it.each([
    ['JPEG', 'FFD8FFE000104A464946', 'image/jpeg'],
    ['JP2', '0000000C6A5020200D0A870A', 'image/jp2'],
    ['a JPEG 2000 code stream', 'FF4FFF51002F0000', 'image/jp2'],
  ])('gives %s', (_, picture, mediaType) => {
    for (const points of [0, 2, 5]) {
      const portrait = readPortrait(dg2(record(bytes(picture), points)));
      expect([portrait?.mediaType, hex(portrait?.bytes ?? null)]).toEqual([mediaType, picture]);
    }
    expect(readPortrait(dg2(record(bytes(picture)), 0x7f2e))?.mediaType).toBe(mediaType);
  });

  it('gives a copy, which stays when the file is overwritten', () => {
    const file = dg2(record(image));
    const portrait = readPortrait(file);
    const shredder = new Shredder();
    shredder.keep(file);
    shredder.shred();
    expect([hex(portrait?.bytes ?? null), file.every((byte) => byte === 0)]).toEqual([hex(image), true]);
  });

  it('gives nothing of another kind, and never throws', () => {
    for (const file of [
      bytes(''),
      dg2(bytes('')),
      dg2(bytes('46414300')),
      dg2(record(bytes('89504E47'))),
      dg2(record(image, 60_000).subarray(0, 60)),
    ]) {
      expect(readPortrait(file)).toBeNull();
    }
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (noise) => readPortrait(dg2(Buffer.concat([bytes('4641430030313000'), noise]))) === null,
      ),
    );
  });
});

it('no file makes a reader throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(0x61, 0x6d, 0x75), (noise, tag) => {
      const file = tlv(tag, noise);
      readDg1(file, 2026);
      readDg13(file);
      readPortrait(file);
    }),
  );
});
