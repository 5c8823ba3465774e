import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readHeatC } from '../../../hardware/gpio/heat.ts';

const root = mkdtempSync(join(tmpdir(), 'letan-heat-'));
afterAll(() => rmSync(root, { recursive: true }));

function addZone(name: string, text: string): void {
  mkdirSync(join(root, name));
  writeFileSync(join(root, name, 'temp'), text);
}

it('is that of the hottest zone; others and what is no number do not count', async () => {
  expect(await readHeatC(join(root, 'absent'))).toBeNull();
  addZone('cooling_device0', '99000\n');
  addZone('thermal_zone0', '\n');
  expect(await readHeatC(root)).toBeNull();
  addZone('thermal_zone1', '-1500\n');
  expect(await readHeatC(root)).toBe(-1.5);
  addZone('thermal_zone2', '61250\n');
  expect(await readHeatC(root)).toBe(61.25);
});
