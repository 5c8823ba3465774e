import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { parseCardQr } from '../../src/identity/card-qr.ts';
import { classifyScan } from '../../src/identity/scanned-code.ts';
import { shownPeople } from '../../src/identity/shown-person.ts';
import { Vault } from '../../src/identity/vault.ts';

const newVault = () => new Vault(createIds(new SimulatedClock(), new SeededRandom(1)));
const kindOf = (text: string) => classifyScan(text, newVault()).kind;
const card = (fields: Partial<Record<'id' | 'old' | 'name' | 'born' | 'sex' | 'address' | 'issued', string>> = {}) =>
  [
    fields.id ?? '079190012345',
    fields.old ?? '',
    fields.name ?? 'Nguyễn Thị Mẫu',
    fields.born ?? '15011990',
    fields.sex ?? 'Nữ',
    fields.address ?? '1 Đường A, Phường B, TP. Hồ Chí Minh',
    fields.issued ?? '02082024',
  ].join('|');

describe('a citizen card', () => {
  it('is taken with any number of twelve digits, whatever its prefix, century or year', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 }).map((list) => list.join(''));
    fc.assert(fc.property(digits, fc.constantFrom('', '||||'), (id, tail) => kindOf(card({ id }) + tail) === 'card'));
  });

  it('is taken with every birth date of the calendar, and with no other', () => {
    const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(days, (day) => {
        const iso = day.toISOString().slice(0, 10);
        const born = iso.split('-').reverse().join('');
        expect(parseCardQr(card({ born }))?.birthDate).toBe(iso);
      }),
    );
    expect(['31021990', '00011990', '29022023', '1990'].map((born) => kindOf(card({ born })))).toEqual(Array(4).fill('cardDamaged'));
  });

  it('may have no date of issue', () => {
    expect(parseCardQr(card({ issued: '' }))?.issuedDate).toBe('');
  });

  it('shows nothing of fields 8 to 11, and keeps nothing of them', () => {
    const vault = newVault();
    const code = classifyScan(`${card()}|PLANTED-8|PLANTED-9|PLANTED-10|PLANTED-11`, vault);
    if (code.kind !== 'card') throw new Error('it is a card');
    expect(JSON.stringify([vault.get(code.recordId), shownPeople(vault, [code.recordId])])).not.toContain('PLANTED');
  });

  it('is damaged where its fields are cut off inside, never half taken', () => {
    const whole = card();
    for (let length = 1; length < whole.length; length++) {
      const kind = kindOf(whole.slice(0, length));
      expect(['unknown', 'cardDamaged', 'card']).toContain(kind);
      // Without the date of issue the rest is whole.
      if (kind === 'card') expect(whole.slice(0, length).split('|')[6]).toBe('');
    }
  });
});

describe('a health-insurance card', () => {
  const name = Buffer.from('Nguyễn Thị Mẫu').toString('hex');

  it.each([
    ['with letters', `GD4797912345678|${name}|15/01/1990|2|${name}|79 - 024|01/01/2021|-|01/01/2021|79079|-|4|01/01/2026|abc|$`],
    ['with ten digits alone', `7912345678|${name}|15/01/1990|2|${name}|79 - 024|01/01/2025`],
    ['with eleven fields', `7912345678|${name}|15/01/1990|2|-|-|-|-|-|-|$`],
  ])('%s is one', (_, text) => {
    expect(kindOf(text)).toBe('healthInsurance');
  });

  it('is not seen in a citizen card whose old number reads as hex', () => {
    expect(kindOf(card({ old: '414243444546' }))).toBe('card');
    expect(kindOf(card({ old: '024001234' }))).toBe('card');
  });
});

describe('what is neither', () => {
  it.each(['VNEID1:abcdef0123456789', '00020101021138570010A000000727', 'MECARD:N:Mau;;', '|||||||', '||||||||||', '🙂', '\u0000'])(
    '%j is unknown',
    (text) => {
      expect(kindOf(text)).toBe('unknown');
    },
  );

  it('never throws on noise made of bars, digits and letters', () => {
    const noise = fc.string({ unit: fc.constantFrom('|', '0', '1', '9', 'a', 'F', 'ữ', ' ', '\u0301'), maxLength: 80 });
    fc.assert(
      fc.property(noise, (text) => ['card', 'cardDamaged', 'healthInsurance', 'unknown', 'booking'].includes(kindOf(text))),
      { numRuns: 1000 },
    );
  });
});
