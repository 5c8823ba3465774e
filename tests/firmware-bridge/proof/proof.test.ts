import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { findCbmc } from '../../../firmware-bridge/firmware/proof/cbmc.ts';
import { memorySafety, nameOf } from '../../../firmware-bridge/firmware/proof/proof.ts';
import { proofs } from '../../../firmware-bridge/firmware/proof/proofs.ts';
import { prove, proveWithFault } from '../../../firmware-bridge/firmware/proof/prove.ts';

const folder = new URL('../../../firmware-bridge/firmware/proof/', import.meta.url);

/** Texts of PROVE in a harness. */
const propertiesOf = (harness: string): string[] =>
  [...readFileSync(new URL(harness, folder), 'utf8').matchAll(/PROVE\([^;]*?"([^"]+)"\)/gs)].map(([, text = '']) => text);

beforeAll(() => {
  findCbmc();
}, 300_000);

describe.concurrent.each(proofs.map((proof) => ({ name: nameOf(proof), proof })))('$name', ({ proof }) => {
  test('is proved', { timeout: 300_000 }, async () => {
    const verdict = await prove(proof);
    expect(verdict.refuted).toEqual([]);
    expect(verdict.checks).toBeGreaterThan(0);
  });

  test.each(proof.faults)('finds the fault $file: $find -> $replace', { timeout: 300_000 }, async (fault) => {
    const verdict = await proveWithFault(proof, fault);
    expect(verdict.refuted.map(({ property }) => property)).toEqual(expect.arrayContaining([...fault.refutes]));
  });
});

describe('every property can fail', () => {
  const harnesses = [...new Set(proofs.map(({ harness }) => harness))];

  test.each(harnesses)('%s', (harness) => {
    const refutable = new Set(
      proofs.filter((proof) => proof.harness === harness).flatMap((proof) => proof.faults.flatMap((fault) => fault.refutes)),
    );
    const stated = new Set(propertiesOf(harness));
    expect(stated.size).toBeGreaterThan(0);
    expect([...stated].filter((property) => !refutable.has(property))).toEqual([]);
    expect([...refutable].filter((property) => property !== memorySafety && !stated.has(property))).toEqual([]);
  });
});
