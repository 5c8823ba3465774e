import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PresentCard } from '../../../hardware/card-reader/card-reader.ts';
import { inventedPeople, plantedEthnicity, plantedReligion } from '../../../simulators/cards/applet/person.ts';
import { TestIssuer } from '../../../simulators/cards/applet/test-issuer.ts';
import { tornAway } from '../../../simulators/cards/applet/variants.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import type { AccessKey, ChipReading } from '../../../src/identity/chip/chip.ts';
import { readChip } from '../../../src/identity/chip/read-chip.ts';
import { extendedApdus, issue, issuer, lay, portrait, random, shortApdus } from './desk.ts';

const can: AccessKey = { kind: 'can', can: '012345' };
const mrz: AccessKey = { kind: 'mrz', documentNumber: '190012345', birthDate: '900115', expiryDate: '300115' };
const now = Date.parse('2026-11-23T08:00:00Z');

function read(card: PresentCard, key = can, anchor: TestIssuer | null = issuer, withPortrait = true): Promise<ChipReading> {
  const csca = anchor && { certificates: [new X509Certificate(anchor.cscaCertificate)] };
  return readChip(card, { key, portrait: withPortrait, csca, clock: new SimulatedClock(now), random });
}

/** The reading, which must be one. */
async function readWell(card: PresentCard, key = can, anchor: TestIssuer | null = issuer) {
  const reading = await read(card, key, anchor);
  if (reading.kind === 'failed') throw new Error(`the chip was not read: ${reading.failure}`);
  return reading;
}

const allPassed = {
  access: 'pace',
  hashes: 'passed',
  signature: 'passed',
  issuer: 'passed',
  activeAuthentication: 'passed',
  chipAuthentication: 'passed',
};

describe('a whole read of a genuine card', () => {
  it('gives everything the card says, and finds it genuine', async () => {
    const { data, checks, verdict, portrait: picture } = await readWell(lay(issue()));
    expect(data).toEqual({
      idNumber: '079190012345',
      oldIdNumber: '',
      fullName: 'Nguyễn Thị Mẫu',
      birthDate: '1990-01-15',
      sex: 'Nữ',
      nationality: 'Việt Nam',
      placeOfOrigin: 'Xã Mẫu, Huyện Thử, Tỉnh Không Có',
      placeOfResidence: '1 Đường A, Phường B, TP. Hồ Chí Minh',
      issuedDate: '2024-08-02',
      expiryDate: '2030-01-15',
    });
    expect(checks).toEqual(allPassed);
    expect(verdict).toBe('genuine');
    expect(picture?.mediaType).toBe('image/jpeg');
    expect(Buffer.from(picture?.bytes ?? []).equals(portrait.bytes)).toBe(true);
  });

  it('without an authority at hand says intact, and with another one of the same name forged', async () => {
    const alone = await readWell(lay(issue()), can, null);
    expect([alone.checks.issuer, alone.verdict]).toEqual(['notDone', 'intact']);
    const foreign = await readWell(lay(issue()), can, new TestIssuer({ random }));
    expect([foreign.checks.issuer, foreign.verdict]).toEqual(['failed', 'forged']);
  });

  it.each([
    ['brainpoolP256r1', 'explicit'],
    ['brainpoolP256r1', 'named'],
    ['P-256', 'explicit'],
    ['P-256', 'named'],
    ['rsa', 'named'],
    ['rsa-pss', 'named'],
  ] as const)('signed with %s, curves %s', async (scheme, curves) => {
    const signer = new TestIssuer({ random, scheme, curves });
    const { verdict } = await readWell(lay(issue({ issuer: signer })), can, signer);
    expect(verdict).toBe('genuine');
  });

  it.each(['rsa1024', 'rsa2048', 'brainpoolP256r1', 'P-256'] as const)(
    'with %s for active authentication',
    async (activeAuthentication) => {
      for (const longest of [shortApdus, extendedApdus]) {
        const { checks } = await readWell(lay(issue({ options: { activeAuthentication } }), longest));
        expect(checks).toEqual(allPassed);
      }
    },
  );

  it('with a chip authentication key on P-256', async () => {
    const { checks } = await readWell(lay(issue({ options: { chipAuthentication: 'P-256' } })));
    expect(checks).toEqual(allPassed);
  });

  it('when the reader knows extended APDUs and the card does not, and the other way round', async () => {
    const { verdict } = await readWell(lay(issue({ options: { extendedBytes: 0 } }), extendedApdus));
    expect(verdict).toBe('genuine');
    const { cost } = await readWell(lay(issue(), extendedApdus));
    const short = await readWell(lay(issue(), shortApdus));
    expect(cost.apdus).toBeLessThan(short.cost.apdus / 2);
  });

  it('without DG14, DG15, or both, says what there was to check', async () => {
    const none = await readWell(lay(issue({ options: { activeAuthentication: 'none', chipAuthentication: 'none' } })));
    expect(none.checks).toEqual({ ...allPassed, activeAuthentication: 'absent', chipAuthentication: 'absent' });
    const activeOnly = await readWell(lay(issue({ options: { chipAuthentication: 'none' } })));
    expect(activeOnly.checks).toEqual({ ...allPassed, chipAuthentication: 'absent' });
    const agreementOnly = await readWell(lay(issue({ options: { activeAuthentication: 'none' } })));
    expect(agreementOnly.checks).toEqual({ ...allPassed, activeAuthentication: 'absent' });
  });

  it('composes names that the chip has decomposed, and keeps words in place of a date', async () => {
    const card = issue({ person: inventedPeople.trial, variant: '2021', options: { letters: 'NFD' } });
    const { data } = await readWell(lay(card), { kind: 'can', can: '054321' });
    expect(data.fullName).toBe('Trần Đặng Thử'.normalize('NFC'));
    expect(data.expiryDate).toBe('Không thời hạn'.normalize('NFC'));
    expect(data.oldIdNumber).toBe('012345678');
    expect(data.birthDate).toBe('1958-11-30');
  });

  it('without a portrait on the chip, and without one asked for', async () => {
    expect((await readWell(lay(issue({ portrait: null })))).portrait).toBeNull();
    const reading = await read(lay(issue()), can, issuer, false);
    expect(reading.kind === 'read' ? [reading.portrait, reading.verdict] : reading).toEqual([null, 'genuine']);
  });

  it('names a JPEG 2000 portrait by what it is', async () => {
    const bytes = Uint8Array.from(Buffer.from('0000000c6a5020200d0a870a0000001466747970', 'hex'));
    const { portrait: picture } = await readWell(lay(issue({ portrait: { ...portrait, bytes, points: [] } })));
    expect(picture).toEqual({ mediaType: 'image/jp2', bytes });
  });

  it('opens by the MRZ: by BAC where there is no PACE', async () => {
    expect((await readWell(lay(issue({ variant: 'bacOnly' })), mrz)).checks).toEqual({ ...allPassed, access: 'bac' });
    expect((await readWell(lay(issue({ variant: '2021' })), mrz)).verdict).toBe('genuine');
    expect((await readWell(lay(issue({ variant: '2024' })), mrz)).checks).toEqual(allPassed);
  });

  it('lets nothing of ethnicity and religion out', async () => {
    const told = JSON.stringify(await readWell(lay(issue())));
    expect(told).not.toContain(plantedEthnicity);
    expect(told).not.toContain(plantedReligion);
  });

  it('reads a slow card, and a card once more after it was opened', async () => {
    const card = issue({ variant: 'slow' });
    expect((await readWell(lay(card))).verdict).toBe('genuine');
    const present = lay(card);
    expect((await readWell(present)).verdict).toBe('genuine');
  });
});

describe('cards that are not what they say', () => {
  it.each([1, 2, 13] as const)('DG%i changed after signing', async (spoiled) => {
    const { checks, verdict } = await readWell(lay(issue({ variant: { kind: 'wrongSod', spoiled } })));
    expect(checks).toEqual({ ...allPassed, hashes: 'failed' });
    expect(verdict).toBe('forged');
  });

  it('a signature that does not fit', async () => {
    const { checks, verdict } = await readWell(lay(issue({ variant: { kind: 'wrongSod', spoiled: 'signature' } })));
    expect([checks.hashes, checks.signature, verdict]).toEqual(['passed', 'failed', 'forged']);
  });

  it('keys of the forger in DG14 and DG15: the chip proves itself, the hashes do not', async () => {
    const { checks, verdict } = await readWell(lay(issue({ variant: { kind: 'wrongSod', spoiled: 'keys' } })));
    expect(checks).toEqual({ ...allPassed, hashes: 'failed' });
    expect(verdict).toBe('forged');
  });

  it.each(['pretends', 'refuses', 'hides'] as const)('a copy that %s', async (copied) => {
    for (const activeAuthentication of ['rsa1024', 'brainpoolP256r1'] as const) {
      const { checks, verdict } = await readWell(lay(issue({ variant: { kind: 'cloned', copied }, options: { activeAuthentication } })));
      expect([checks.hashes, checks.signature, checks.issuer]).toEqual(['passed', 'passed', 'passed']);
      expect(checks.chipAuthentication).toBe('failed');
      expect(checks.activeAuthentication).not.toBe('passed');
      expect(verdict).toBe('notAChipOfItsOwn');
    }
  });

  it('a copy of a card that has active authentication alone', async () => {
    const card = issue({ variant: 'cloned', options: { chipAuthentication: 'none' } });
    const { checks, verdict } = await readWell(lay(card));
    expect([checks.activeAuthentication, checks.chipAuthentication, verdict]).toEqual(['failed', 'absent', 'notAChipOfItsOwn']);
  });
});

describe('reads that end without data', () => {
  it('names a wrong CAN and a wrong MRZ', async () => {
    const wrongCan: AccessKey = { kind: 'can', can: '999999' };
    const wrongMrz = { ...mrz, birthDate: '900116' };
    expect(await read(lay(issue()), wrongCan)).toMatchObject({ kind: 'failed', failure: 'wrongAccessKey' });
    expect(await read(lay(issue({ options: { canTries: 3 } })), wrongCan)).toMatchObject({ kind: 'failed', failure: 'wrongAccessKey' });
    expect(await read(lay(issue()), wrongMrz)).toMatchObject({ kind: 'failed', failure: 'wrongAccessKey' });
    expect(await read(lay(issue({ variant: 'bacOnly' })), wrongMrz)).toMatchObject({ kind: 'failed', failure: 'wrongAccessKey' });
  });

  it.each([
    ['2024, short APDUs', '2024', can, shortApdus],
    ['bacOnly, short APDUs', 'bacOnly', mrz, shortApdus],
    ['2024, extended APDUs', '2024', can, extendedApdus],
  ] as const)('a card torn away at every command: %s', async (_, variant, key, longest) => {
    const small = { ...portrait, bytes: portrait.bytes.slice(0, 600) };
    const card = issue({ variant, portrait: longest === shortApdus ? small : portrait });
    const { cost } = await readWell(lay(card, longest), key);
    expect(cost.apdus).toBeGreaterThan(15);
    for (let commands = 0; commands < cost.apdus; commands++) {
      card.tearAwayAfter(commands);
      expect(await read(lay(card, longest), key), `after ${commands}`).toMatchObject({ kind: 'failed', failure: 'cardRemoved' });
    }
    card.tearAwayAfter(null);
    expect((await readWell(lay(card, longest), key)).verdict).toBe('genuine');
  });

  it('a card issued to leave', async () => {
    expect(await read(lay(issue({ variant: tornAway(5) })))).toMatchObject({ kind: 'failed', failure: 'cardRemoved' });
  });
});
