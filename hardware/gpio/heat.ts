import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Temperature of the hottest part of the computer that has a sensor, in degrees Celsius; null where none can be read. */
export async function readHeatC(root = '/sys/class/thermal'): Promise<number | null> {
  const entries = await readdir(root).catch(() => []);
  const zones = entries.filter((entry) => entry.startsWith('thermal_zone'));
  const heats = await Promise.all(zones.map((zone) => readZoneC(join(root, zone, 'temp'))));
  const known = heats.filter((heat) => heat !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

/** A zone holds thousandths of a degree; one whose sensor sleeps refuses to be read. */
async function readZoneC(file: string): Promise<number | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^-?\d+\s*$/.test(text) ? Number(text) / 1000 : null;
}
