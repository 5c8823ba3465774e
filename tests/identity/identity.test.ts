import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { compactDecrypt, exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { parseCardQr } from '../../src/identity/card-qr.ts';
import { classifyScan } from '../../src/identity/scanned-code.ts';
import { createSealer } from '../../src/identity/sealing.ts';
import { shownPeople } from '../../src/identity/shown-person.ts';
import { Vault } from '../../src/identity/vault.ts';

const newVault = () => new Vault(createIds(new SimulatedClock(), new SeededRandom(1)));
const card2021 = '079190012345|024001234|Nguyễn Thị Mẫu|15011990|Nữ|1 Đường A, Phường B, TP. Hồ Chí Minh|02082021';
const card2024 = '001099000001||Trần Văn Thử|01022099|Nam|2 Phố C, Hà Nội|02082024||||';

describe('card QR', () => {
  it('reads the seven-field card of 2021', () => {
    expect(parseCardQr(card2021)).toEqual({
      idNumber: '079190012345',
      oldIdNumber: '024001234',
      fullName: 'Nguyễn Thị Mẫu',
      birthDate: '1990-01-15',
      sex: 'Nữ',
      address: '1 Đường A, Phường B, TP. Hồ Chí Minh',
      issuedDate: '2021-08-02',
    });
  });

  it('reads the eleven-field card of 2024 with an empty old number', () => {
    expect(parseCardQr(card2024)?.fullName).toBe('Trần Văn Thử');
    expect(parseCardQr(card2024)?.oldIdNumber).toBe('');
  });

  it('composes decomposed letters', () => {
    expect(parseCardQr(card2021.normalize('NFD'))?.fullName).toBe('Nguyễn Thị Mẫu'.normalize('NFC'));
  });

  it.each([
    ['a short number', card2021.replace('079190012345', '07919001234')],
    ['an impossible birth date', card2021.replace('15011990', '45131990')],
    ['a missing name', card2021.replace('Nguyễn Thị Mẫu', '')],
  ])('refuses %s', (_, text) => {
    expect(parseCardQr(text)).toBeNull();
  });

  it('never throws, whatever the scanner sends', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => classifyScan(text, newVault()).kind.length > 0));
  });
});

describe('scanned codes', () => {
  it.each([
    [card2021, 'card'],
    [card2024, 'card'],
    ['0791|x|y|z|a|b|c', 'cardDamaged'],
    ['LT-BOOK-0001', 'booking'],
    ['GD4797912345678|4e677579e1bb856e|15/01/1990|2', 'healthInsurance'],
    ['https://example.invalid/', 'unknown'],
    ['', 'unknown'],
  ])('%s is %s', (text, kind) => {
    expect(classifyScan(text, newVault()).kind).toBe(kind);
  });
});

it('reads no card where nobody consented to it', () => {
  expect(classifyScan(card2021, null)).toEqual({ kind: 'unknown' });
  expect(classifyScan('LT-BOOK-0001', null)).toEqual({ kind: 'booking', bookingCode: 'LT-BOOK-0001' });
});

describe('vault', () => {
  it('shows a masked number and forgets everything on erasure', () => {
    const vault = newVault();
    const code = classifyScan(card2021, vault);
    if (code.kind !== 'card') throw new Error('not a card');
    const shown = shownPeople(vault, [code.recordId]);
    expect(shown).toEqual([{ fullName: 'Nguyễn Thị Mẫu', maskedIdNumber: '•••• •••• 2345', birthDate: '1990-01-15', chip: null }]);
    vault.erase();
    expect(vault.size).toBe(0);
    expect(shownPeople(vault, [code.recordId])).toEqual([]);
  });

  it('is bounded: the oldest record goes', () => {
    const vault = newVault();
    const first = vault.put({ kind: 'text', text: 'first' });
    for (let i = 0; i < 8; i++) vault.put({ kind: 'text', text: `${i}` });
    expect(vault.size).toBe(8);
    expect(vault.get(first)).toBeNull();
  });
});

describe('sealing', () => {
  it('is opened by the private key alone', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
    const jwe = await createSealer(await exportJWK(publicKey)).seal({ people: ['Nguyễn Thị Mẫu'] });
    expect(jwe).not.toContain('Nguy');
    const { plaintext } = await compactDecrypt(jwe, privateKey);
    expect(JSON.parse(new TextDecoder().decode(plaintext))).toEqual({ people: ['Nguyễn Thị Mẫu'] });
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    await expect(compactDecrypt(jwe, stranger)).rejects.toThrow();
  });
});
