import { describe, expect, it } from 'vitest';
import { inventedPeople, plantedEthnicity, plantedReligion } from '../../../simulators/cards/applet/person.ts';
import { TestIssuer } from '../../../simulators/cards/applet/test-issuer.ts';
import type { CardVariant } from '../../../simulators/cards/applet/variants.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import type { ChipReading } from '../../../src/identity/chip/chip.ts';
import { anchorsOf, issuer, lay, portrait, read } from './laid-card.ts';

/** The sample's key fields, as a scanned MRZ has them. */
const mrzOfSample = { kind: 'mrz', documentNumber: '190012345', birthDate: '900115', expiryDate: '300115' } as const;
const allPassed = {
  hashes: 'passed',
  signature: 'passed',
  issuer: 'passed',
  activeAuthentication: 'passed',
  chipAuthentication: 'passed',
};
const outcome = (reading: ChipReading) => (reading.kind === 'read' ? reading.verdict : reading.failure);

describe('a sound card', () => {
  it('tells who it belongs to, and was checked wholly', async () => {
    const reading = await read(lay());
    expect(reading).toMatchObject({
      kind: 'read',
      verdict: 'genuine',
      checks: { access: 'pace', ...allPassed },
      portrait: null,
      data: {
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
      },
    });
  });

  it('is intact without an anchor, and never genuine', async () => {
    const reading = await read(lay(), { csca: null });
    expect(reading).toMatchObject({ verdict: 'intact', checks: { ...allPassed, issuer: 'notDone' } });
  });

  it('opens with the MRZ: by PACE, or by BAC where the chip has no PACE or none for the MRZ', async () => {
    const key = mrzOfSample;
    expect(await read(lay({ variant: '2024' }), { key })).toMatchObject({ checks: { access: 'pace' }, verdict: 'genuine' });
    expect(await read(lay({ variant: 'bacOnly' }), { key })).toMatchObject({ checks: { access: 'bac' }, verdict: 'genuine' });
    const numberAlone = lay({ variant: '2021', tamper: (answer, at) => (at === 1 ? Buffer.from('6A88', 'hex') : answer) });
    expect(await read(numberAlone, { key })).toMatchObject({ checks: { access: 'bac' }, verdict: 'genuine' });
  });

  it('keeps the words of a card without expiry, and composes letters', async () => {
    const card = lay({ person: { ...inventedPeople.trial, idNumber: '079058012345' }, options: { letters: 'NFD' } });
    const reading = await read(card);
    expect(reading).toMatchObject({ data: { expiryDate: 'Không thời hạn', fullName: 'Trần Đặng Thử', oldIdNumber: '012345678' } });
    expect(JSON.stringify(reading)).toBe(JSON.stringify(reading).normalize('NFC'));
  });

  it('gives the portrait only if it is wanted', async () => {
    const reading = await read(lay(), { portrait: true });
    expect(reading).toMatchObject({ portrait: { mediaType: 'image/jpeg' }, verdict: 'genuine' });
    expect(reading.kind === 'read' && Buffer.from(reading.portrait?.bytes ?? []).equals(portrait.bytes)).toBe(true);
    const without = await read(lay({ portrait: null }), { portrait: true });
    expect(without).toMatchObject({ portrait: null, verdict: 'genuine' });
  });

  it('tells its stages in order', async () => {
    const stages: string[] = [];
    await read(lay(), { portrait: true, onStage: (stage) => stages.push(stage) });
    expect(stages).toEqual(['opening', 'reading', 'portrait', 'checking']);
    stages.length = 0;
    await read(lay(), { onStage: (stage) => stages.push(stage) });
    expect(stages).toEqual(['opening', 'reading', 'checking']);
  });

  it.each(['rsa1024', 'rsa2048', 'P-256', 'brainpoolP256r1', 'none'] as const)('proves itself with %s', async (activeAuthentication) => {
    const expected = activeAuthentication === 'none' ? 'absent' : 'passed';
    const reading = await read(lay({ options: { activeAuthentication } }));
    expect(reading).toMatchObject({ verdict: 'genuine', checks: { activeAuthentication: expected, chipAuthentication: 'passed' } });
  });

  it.each(['rsa', 'rsa-pss', 'P-256', 'brainpoolP256r1'] as const)('is signed with %s', async (scheme) => {
    const other = new TestIssuer({ random: new SeededRandom(8), scheme, curves: 'named' });
    expect(await read(lay({ issuer: other }), { csca: anchorsOf(issuer, other) })).toMatchObject({ verdict: 'genuine' });
  });
});

describe('an unsound card', () => {
  const cases: [string, CardVariant, object, string][] = [
    ['a changed DG13', 'wrongSod', { hashes: 'failed', signature: 'passed' }, 'forged'],
    ['a changed name in DG1', { kind: 'wrongSod', spoiled: 1 }, { hashes: 'failed' }, 'forged'],
    ['a changed signature', { kind: 'wrongSod', spoiled: 'signature' }, { signature: 'failed' }, 'forged'],
    ['keys of its own', { kind: 'wrongSod', spoiled: 'keys' }, { hashes: 'failed', chipAuthentication: 'passed' }, 'forged'],
    ['a copy with other keys', 'cloned', { hashes: 'passed', signature: 'passed', chipAuthentication: 'failed' }, 'notAChipOfItsOwn'],
    [
      'a copy that refuses',
      { kind: 'cloned', copied: 'refuses' },
      { signature: 'passed', chipAuthentication: 'failed' },
      'notAChipOfItsOwn',
    ],
    ['a copy that hides its keys', { kind: 'cloned', copied: 'hides' }, { activeAuthentication: 'failed' }, 'notAChipOfItsOwn'],
  ];
  it.each(cases)('%s', async (_, variant, checks, verdict) => {
    expect(await read(lay({ variant }))).toMatchObject({ kind: 'read', data: { idNumber: '079190012345' }, checks, verdict });
  });

  it('a chip that leaves the session when it has to prove itself', async () => {
    const { cost } = await read(lay());
    for (const at of [cost.apdus - 3, cost.apdus - 2, cost.apdus - 1]) {
      const tamper = (answer: Uint8Array, index: number) => (index >= at ? Buffer.from('6D00', 'hex') : answer);
      expect(await read(lay({ tamper }))).toMatchObject({ checks: { chipAuthentication: 'failed' }, verdict: 'notAChipOfItsOwn' });
    }
    const alone = { chipAuthentication: 'none' } as const;
    const last = (await read(lay({ options: alone }))).cost.apdus - 1;
    const tamper = (answer: Uint8Array, index: number) => (index === last ? Buffer.from('6D00', 'hex') : answer);
    const reading = await read(lay({ tamper, options: alone }));
    expect(reading).toMatchObject({
      checks: { activeAuthentication: 'failed', chipAuthentication: 'absent' },
      verdict: 'notAChipOfItsOwn',
    });
  });

  it('a changed portrait shows only where the portrait is read', async () => {
    const variant = { kind: 'wrongSod', spoiled: 2 } as const;
    expect(outcome(await read(lay({ variant }), { portrait: true }))).toBe('forged');
    expect(outcome(await read(lay({ variant })))).toBe('genuine');
  });

  it('an authority that only bears a trusted name', async () => {
    const stranger = new TestIssuer({ random: new SeededRandom(11) });
    expect(await read(lay({ issuer: stranger }))).toMatchObject({ checks: { signature: 'passed', issuer: 'failed' }, verdict: 'forged' });
  });

  it('an authority that the folder does not know makes no forgery: the folder may not be complete', async () => {
    const other = new TestIssuer({ random: new SeededRandom(12), name: 'Another CSCA' });
    expect(await read(lay({ issuer: other }))).toMatchObject({ checks: { signature: 'passed', issuer: 'notDone' }, verdict: 'intact' });
  });

  it.each([
    ['over', '2015-01-01T00:00:00Z', '2025-12-31T00:00:00Z'],
    ['to come', '2026-01-06T00:00:00Z', '2040-01-01T00:00:00Z'],
  ])('an issuer whose time is %s does not anchor, and makes no forgery', async (_, from, until) => {
    const past = new TestIssuer({ random: new SeededRandom(13), valid: { from, until } });
    expect(await read(lay({ issuer: past }), { csca: anchorsOf(past) })).toMatchObject({
      checks: { issuer: 'notDone' },
      verdict: 'intact',
    });
  });

  it('a chip without any key of its own proves nothing', async () => {
    const reading = await read(lay({ options: { activeAuthentication: 'none', chipAuthentication: 'none' } }));
    expect(reading).toMatchObject({
      checks: { activeAuthentication: 'absent', chipAuthentication: 'absent' },
      verdict: 'notAChipOfItsOwn',
    });
  });
});

describe('a read that ends early', () => {
  it('says that the key is wrong', async () => {
    expect(outcome(await read(lay(), { key: { kind: 'can', can: '012346' } }))).toBe('wrongAccessKey');
    expect(outcome(await read(lay({ variant: '2021' }), { key: { ...mrzOfSample, expiryDate: '300116' } }))).toBe('wrongAccessKey');
    expect(outcome(await read(lay({ options: { canTries: 1 } }), { key: { kind: 'can', can: '999999' } }))).toBe('wrongAccessKey');
  });

  it('says so where a number cannot open the chip at all', async () => {
    expect(outcome(await read(lay({ variant: 'bacOnly' })))).toBe('wrongAccessKey');
  });

  it('is told from a card that is none of ours', async () => {
    const { ScriptedCard } = await import('./scripted-card.ts');
    for (const status of ['6A82', '6D00', '6E00']) {
      expect(outcome(await read(new ScriptedCard(() => Buffer.from(status, 'hex'))))).toBe('notACitizenCard');
    }
  });

  it('is an outcome at every exchange, and counts what was carried', async () => {
    const whole = await read(lay({ options: { activeAuthentication: 'P-256' } }));
    for (let after = 1; after < whole.cost.apdus; after++) {
      const reading = await read(lay({ variant: { kind: 'tornAway', afterCommands: after }, options: { activeAuthentication: 'P-256' } }));
      expect(reading).toMatchObject({ kind: 'failed', failure: 'cardRemoved', cost: { apdus: after + 1 } });
    }
  });
});

describe('what a read costs', () => {
  it('asks for nothing that it does not need', async () => {
    const card = lay();
    const reading = await read(card);
    // EF.CardAccess; password, four steps; application; six times EF.SOD; DG14 twice, DG1, DG13 three times, DG15 twice; two, one proof.
    expect(card.commands).toHaveLength(reading.cost.apdus);
    const first = card.commands.map((command) => command.slice(2, 8));
    expect(first.slice(0, 7)).toEqual(['B09C00', '22C1A4', '860000', '860000', '860000', '860000', 'A4040C']);
    const opened = first.filter((command) => /^B0[89]/.test(command)).slice(1);
    expect(opened).toEqual(['B09D00', 'B08E00', 'B08100', 'B08D00', 'B08F00']);
    expect(first.slice(-3)).toEqual(['2241A4', '860000', '880000']);
    expect(reading.cost.sentBytes).toBe(card.commands.reduce((sum, command) => sum + command.length / 2, 0));
  });

  it('takes long units where reader and card can', async () => {
    const [short, long] = [lay(), lay({ longest: { commandBytes: 4096, responseBytes: 4096 } })];
    const [one, other] = [await read(short, { portrait: true }), await read(long, { portrait: true })];
    expect(other).toMatchObject({ verdict: 'genuine', portrait: { mediaType: 'image/jpeg' } });
    expect(other.cost.apdus).toBeLessThan(one.cost.apdus / 3);
    expect(Math.max(...long.commands.map((command) => command.length))).toBeGreaterThan(40);
  });

  it('stays with short units where the card does not tell its lengths', async () => {
    const card = lay({ longest: { commandBytes: 4096, responseBytes: 4096 }, options: { extendedBytes: 0 } });
    expect(outcome(await read(card))).toBe('genuine');
    expect(card.commands.filter((command) => command.startsWith('00B081'))).toHaveLength(1);
  });
});

describe('privacy', () => {
  it('never takes ethnicity and religion out of the card', async () => {
    const reading = JSON.stringify(await read(lay(), { portrait: true }));
    expect(reading).not.toContain(plantedEthnicity);
    expect(reading).not.toContain(plantedReligion);
  });
});
