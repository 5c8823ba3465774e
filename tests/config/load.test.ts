import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../config/load.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letan-config-'));
  for (const room of ['robots', 'sites']) cpSync(join('config', room), join(folder, room), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function edit(file: string, from: string, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`"${from}" is not in ${file}`);
  writeFileSync(path, text.replace(from, to));
}

function faultsOf(): string[] {
  try {
    loadConfig(folder, 'simulated');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((fault) => `${fault.file.split('/').at(-1)}:${fault.line} ${fault.path}: ${fault.message}`);
  }
  return [];
}

describe('configuration', () => {
  it('loads what is shipped', () => {
    const { robot, site } = loadConfig('config', 'simulated');
    expect(robot.calibration.speedCapMmS).toBe(400);
    expect(site.home).toBe('home');
  });

  it('names a value out of range with file, line, path and the bound', () => {
    edit('robots/simulated.yaml', 'speedCapMmS: 400', 'speedCapMmS: 4000');
    const line =
      readFileSync(join(folder, 'robots/simulated.yaml'), 'utf8')
        .split('\n')
        .findIndex((text) => text.includes('4000')) + 1;
    expect(faultsOf()).toEqual([`simulated.yaml:${line} calibration.speedCapMmS: must be at most 600`]);
  });

  it('names what is allowed for a choice', () => {
    edit('robots/simulated.yaml', 'profile: epson-80mm', 'profile: dot-matrix');
    expect(faultsOf()[0]).toContain('printer.profile: allowed here: epson-80mm, epson-58mm');
  });

  it('takes a public firmware key bare or as PEM, and names anything else', () => {
    const raw = 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=';
    const bare = raw.slice('MCowBQYDK2VwAyEA'.length);
    const key = (text: string) =>
      edit('robots/simulated.yaml', /^firmware:.*$/m.exec(readFileSync(join(folder, 'robots/simulated.yaml'), 'utf8'))?.[0] ?? '', text);
    key(`firmware: { keys: ['${bare}', "-----BEGIN PUBLIC KEY-----\\n${raw}\\n-----END PUBLIC KEY-----\\n"] }`);
    expect(loadConfig(folder, 'simulated').robot.firmware).toMatchObject({ trust: 'signed', keys: [bare, expect.stringContaining(raw)] });
    key("firmware: { keys: ['secret'] }");
    expect(faultsOf()).toEqual([expect.stringMatching(/firmware\.keys\.0: must be a public ed25519 key/)]);
    key('firmware: { trust: everybody }');
    expect(faultsOf()).toEqual([expect.stringContaining('firmware.trust: allowed here: signed, development')]);
  });

  it('names an unknown key on its own line, and a missing one', () => {
    edit('robots/simulated.yaml', 'name: Sen', 'nmae: Sen');
    const faults = faultsOf();
    expect(faults).toHaveLength(2);
    expect(faults.some((fault) => fault.startsWith('simulated.yaml:3 ') && fault.includes('unknown key nmae'))).toBe(true);
    expect(faults.some((fault) => fault.includes('name: missing'))).toBe(true);
  });

  it('names every fault at once, of both kinds of file', () => {
    edit('sites/cua-nam.yaml', 'patrol: [entrance, waitingArea]', 'patrol: [entrance, gardn]');
    edit('robots/simulated.yaml', 'resumeMm: 650', 'resumeMm: 400');
    const faults = faultsOf();
    expect(faults).toHaveLength(2);
    expect(faults[0]).toContain('no place "gardn"; places are: home, entrance, waitingArea');
    expect(faults[1]).toContain('must be more than marginMm (450)');
  });

  it('names the line of broken YAML', () => {
    edit('sites/cua-nam.yaml', 'patrol: [entrance, waitingArea]', 'patrol: [entrance, waitingArea');
    expect(faultsOf()[0]).toMatch(/^cua-nam\.yaml:\d+ /);
  });

  it('lists the robots there are when the named one is missing', () => {
    expect(() => loadConfig(folder, 'nobody')).toThrow(/robots are: simulated/);
  });
});
