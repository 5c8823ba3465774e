import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/core/random.ts';
import { lay, read } from './laid-card.ts';
import { ScriptedCard } from './scripted-card.ts';

describe('a card that is not what it says', () => {
  it('that answers noise ends in an outcome', async () => {
    const noise = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(fc.array(noise, { minLength: 1, maxLength: 20 }), async (answers) => {
        const reading = await read(new ScriptedCard((_, index) => answers[index % answers.length] ?? new Uint8Array(0)), {
          portrait: true,
        });
        expect(reading.kind).toBe('failed');
      }),
      { numRuns: 300 },
    );
  });

  it('that says yes to everything ends in an outcome', async () => {
    for (const answer of ['9000', '6100', '6C00', '00009000', '77049000', '308000009000', '7783FFFFFFFF9000']) {
      const reading = await read(new ScriptedCard(() => Buffer.from(answer, 'hex')), { portrait: true });
      expect(reading).toMatchObject({ kind: 'failed' });
      expect(reading.cost.apdus).toBeLessThanOrEqual(1000);
    }
  });

  it('whose answers are changed on the way is never taken for genuine with other data', async () => {
    const sound = await read(lay());
    if (sound.kind !== 'read') throw new Error('the card reads well unless it is disturbed');
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.cost.apdus - 1), fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, where, flip) => {
        const tamper = (answer: Uint8Array, index: number) =>
          index === at ? Buffer.from(answer).map((byte, offset) => (offset === where % answer.length ? byte ^ flip : byte)) : answer;
        const reading = await read(lay({ tamper }), { random: new SeededRandom(where) });
        if (reading.kind === 'read' && reading.verdict === 'genuine') expect(reading.data).toEqual(sound.data);
      }),
      { numRuns: 40 },
    );
  });

  it('whose answers are cut off ends in an outcome', async () => {
    const { cost } = await read(lay());
    for (let at = 0; at < cost.apdus; at++) {
      const tamper = (answer: Uint8Array, index: number) => (index === at ? answer.subarray(0, answer.length >> 1) : answer);
      const reading = await read(lay({ tamper }));
      // EF.CardAccess is read another way then; a proof cut off is no proof.
      if (at === 0) expect(reading).toMatchObject({ kind: 'read', verdict: 'genuine' });
      else if (reading.kind === 'read') expect(reading.verdict).toBe('notAChipOfItsOwn');
    }
  });
});
