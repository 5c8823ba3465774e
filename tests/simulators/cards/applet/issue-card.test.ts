import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkDigit, mrzLines } from '../../../../simulators/cards/applet/mrz.ts';
import { inventedPeople } from '../../../../simulators/cards/applet/person.ts';
import { TestIssuer } from '../../../../simulators/cards/applet/test-issuer.ts';
import { SeededRandom } from '../../../../src/core/random.ts';
import { parseCardQr } from '../../../../src/identity/card-qr.ts';
import { issue, portrait, random } from '../desk.ts';

describe('the MRZ', () => {
  it('is the example that an independent parser accepted', () => {
    expect(mrzLines(inventedPeople.sample)).toBe(
      'IDVNM1900123457079190012345<<79001158F3001156VNM<<<<<<<<<<<2NGUYEN<<THI<MAU<<<<<<<<<<<<<<<',
    );
  });

  it('fills three lines for every name, without diacritics', () => {
    for (const fullName of ['Đỗ Ấu', 'Nguyễn Hoàng Phương Khánh Linh Bảo Ngọc Quỳnh', 'Ân']) {
      expect(mrzLines({ ...inventedPeople.trial, fullName })).toMatch(/^[A-Z0-9<]{90}$/);
    }
    expect(mrzLines({ ...inventedPeople.trial, fullName: 'Đỗ Ấu' }).slice(60)).toBe(`DO<<AU${'<'.repeat(24)}`);
  });

  // ICAO 9303-3, 4.9, examples 1 and 2.
  it.each([
    ['520727', '3'],
    ['AB2134<<<', '5'],
  ])('check digit of %s', (text, digit) => expect(checkDigit(text)).toBe(digit));
});

describe('the QR code', () => {
  it('has eleven fields in 2024, seven in 2021, and empty ones stay', () => {
    expect(issue({ portrait: null }).qrText).toBe(
      '079190012345||Nguyễn Thị Mẫu|15011990|Nữ|1 Đường A, Phường B, TP. Hồ Chí Minh|02082024||||',
    );
    const older = issue({ portrait: null, variant: '2021', person: inventedPeople.trial }).qrText;
    expect(older).toBe('001058054321|012345678|Trần Đặng Thử|30111958|Nam|Tổ 9, Phường Thử Nghiệm, Hà Nội|20122021');
  });

  it('is read by the robot, decomposed letters too', () => {
    const { qrText } = issue({ portrait: null, options: { letters: 'NFD' } });
    expect(qrText).not.toBe(qrText.normalize('NFC'));
    expect(parseCardQr(qrText)).toMatchObject({ idNumber: '079190012345', fullName: 'Nguyễn Thị Mẫu', issuedDate: '2024-08-02' });
  });
});

describe('the issuer', () => {
  it.each([
    ['brainpoolP256r1', 'explicit'],
    ['brainpoolP256r1', 'named'],
    ['P-256', 'explicit'],
    ['rsa', 'named'],
    ['rsa-pss', 'named'],
  ] as const)('%s, curves %s: an authority that issued its signer, for OpenSSL too', (scheme, curves) => {
    const issuer = new TestIssuer({ random, scheme, curves, valid: { from: '2024-05-06T07:08:09Z', until: '2034-05-06T07:08:09Z' } });
    const [authority, signer] = [new X509Certificate(issuer.cscaCertificate), new X509Certificate(issuer.signerCertificate)];
    expect([authority.ca, authority.verify(authority.publicKey)]).toEqual([true, true]);
    expect([signer.ca, signer.checkIssued(authority), signer.verify(authority.publicKey)]).toEqual([false, true, true]);
    expect(new Date(authority.validFrom).toISOString()).toBe('2024-05-06T07:08:09.000Z');
    expect(new X509Certificate(new TestIssuer({ random, scheme, curves }).signerCertificate).verify(authority.publicKey)).toBe(false);
  });
});

describe('EF.SOD', () => {
  const groups = new Map([1, 13, 2].map((number) => [number, Uint8Array.from([0x60 + number, 1, number])]));
  /** What OpenSSL finds signed inside; throws when it finds the signature wrong. Explicit curves it refuses in a chain (since 1.1.1h). */
  function openSslContent(issuer: TestIssuer, sod: Uint8Array, ...options: string[]): string {
    const folder = mkdtempSync(join(tmpdir(), 'letan-sod-'));
    const file = (name: string) => join(folder, name);
    try {
      // Tag 77 and two bytes of length behind 82 stand before the CMS structure.
      writeFileSync(file('sod'), sod.subarray(4));
      writeFileSync(file('csca'), new X509Certificate(issuer.cscaCertificate).toString());
      const trust = ['-CAfile', file('csca'), '-purpose', 'any', '-binary', '-out', file('content')];
      execFileSync('openssl', ['cms', '-verify', '-inform', 'DER', '-in', file('sod'), ...trust, ...options], { stdio: 'pipe' });
      return readFileSync(file('content')).toString('hex');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it.each([
    ['brainpoolP256r1', 'named', []],
    ['brainpoolP256r1', 'explicit', ['-noverify']],
    ['P-256', 'named', []],
    ['rsa', 'named', []],
    ['rsa-pss', 'named', []],
  ] as const)('%s, curves %s: OpenSSL finds it signed by the authority, with the hashes of the groups', (scheme, curves, options) => {
    const issuer = new TestIssuer({ random, scheme, curves });
    const sod = issuer.sign(groups);
    const content = openSslContent(issuer, sod, ...options);
    const hashes = [...groups]
      .sort(([a], [b]) => a - b)
      .map(([number, bytes]) => {
        const hash = createHash('sha256').update(bytes).digest('hex');
        return `302502010${number.toString(16)}0420${hash}`;
      });
    expect(content).toContain(hashes.join(''));
    const spoiled = sod.map((byte, index) => (index === sod.length - 1 ? byte ^ 1 : byte));
    expect(() => openSslContent(issuer, spoiled, ...options)).toThrow();
    if (options.length === 0) expect(() => openSslContent(new TestIssuer({ random, scheme, curves }), sod)).toThrow();
  });
});

it('the same randomness issues the same card', () => {
  const made = (seed: number) => {
    const drawn = new SeededRandom(seed);
    const issuer = new TestIssuer({ random: drawn });
    const card = issue({ issuer, random: drawn, portrait, options: { activeAuthentication: 'P-256' } });
    card.powerOn();
    const answers = ['0022C1A40F800A04007F00070202040202830102', '10860000027C0000'].map((command) =>
      Buffer.from(card.process(Buffer.from(command, 'hex'))).toString('hex'),
    );
    return [...answers, Buffer.from(card.uid).toString('hex'), Buffer.from(issuer.cscaCertificate).toString('hex')];
  };
  expect(made(1)).toEqual(made(1));
  expect(made(1)).not.toEqual(made(2));
});
