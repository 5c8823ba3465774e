import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../config/load.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letan-config-'));
  for (const room of ['robots', 'sites', 'papers']) cpSync(join('config', room), join(folder, room), { recursive: true });
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
    expect(faultsOf()[0]).toContain('printer.profile: allowed here: epson-80mm, epson-58mm, clone-80mm, clone-58mm');
    edit('robots/simulated.yaml', 'profile: dot-matrix', 'profile: clone-58mm, onUnknown: again');
    expect(faultsOf()[0]).toContain('printer.onUnknown: allowed here: void, reprintOnce');
  });

  describe('the QR scanner', () => {
    const scanner = (text: string) => edit('robots/simulated.yaml', 'qrScanner: { path: run/dev/qr-scanner }', `qrScanner: ${text}`);
    const loaded = () => loadConfig(folder, 'simulated').robot.qrScanner;

    it('is on a line unless said otherwise', () => {
      expect(loaded()).toEqual({ path: 'run/dev/qr-scanner', baudRate: 115200 });
      scanner('{ kind: serial, path: /dev/ttyACM0, baudRate: 9600 }');
      expect(loaded()).toEqual({ kind: 'serial', path: '/dev/ttyACM0', baudRate: 9600 });
    });

    it('may be in HID POS mode, any one or a certain one', () => {
      scanner("{ kind: hid, vendorId: 0c2e, productId: '0901' }");
      expect(loaded()).toEqual({ kind: 'hid', vendorId: '0c2e', productId: '0901' });
    });

    it.each([
      ['{ kind: usb }', 'kind must be one of: serial, hid'],
      ['{ kind: hid, path: /dev/hidraw0 }', 'qrScanner: unknown key path'],
      ['{ kind: hid, vendorId: 05e0 }', 'qrScanner.vendorId: four hexadecimal digits in quotes'],
      ['{ baudRate: 9600 }', 'qrScanner.path: missing; a string is needed'],
    ])('%s is refused in words', (text, message) => {
      scanner(text);
      expect(faultsOf()[0]).toContain(message);
    });
  });

  it('a touch calibration has six numbers', () => {
    edit('robots/simulated.yaml', 'qrScanner:', 'touchscreen: { calibration: [1, 0, 0, 0, 1] }\nqrScanner:');
    expect(faultsOf()).toEqual([expect.stringContaining('touchscreen.calibration: six numbers')]);
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

describe('papers', () => {
  const lineOf = (file: string, part: string) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .findIndex((text) => text.includes(part)) + 1;

  it('are loaded with the site, and are part of the version', () => {
    const before = loadConfig(folder, 'simulated');
    expect(before.papers.logoFile).toBe(join(folder, 'papers', 'lotus.png'));
    expect(before.papers.ticket.lines).toContainEqual(expect.objectContaining({ kind: 'text', text: '{number}', size: 'huge' }));
    edit('papers/receipt.yaml', 'heightMm: 1', 'heightMm: 4');
    expect(loadConfig(folder, 'simulated').version).not.toBe(before.version);
  });

  it('a site names its own', () => {
    cpSync(join(folder, 'papers/ticket.yaml'), join(folder, 'papers/short.yaml'));
    edit('papers/short.yaml', 'en: QUEUE TICKET', 'en: NUMBER');
    edit('sites/cua-nam.yaml', 'home: home', 'home: home\npapers: { ticket: short.yaml }');
    expect(loadConfig(folder, 'simulated').papers.ticket.lines).toContainEqual(
      expect.objectContaining({ text: expect.objectContaining({ en: 'NUMBER' }) }),
    );
  });

  it.each([
    [
      "text: '{time}  {date}'",
      "text: '{tmie}  {date}'",
      /^ticket\.yaml:(\d+) lines\.\d+\.text: unknown \{tmie\}; known here: ward, .*number/,
    ],
    ["ko: '우선: {priority}'", "ko: '우선: {prio}'", /^ticket\.yaml:(\d+) lines\.\d+\.text\.ko: unknown \{prio\}/],
    ['- { kind: rule }', '- { kind: ruler }', /^ticket\.yaml:(\d+) lines\.3(\.kind)?: kind must be one of: text, qr, rule/],
    [
      'when: [chain]',
      'when: [several]',
      /^ticket\.yaml:(\d+) lines\.\d+\.when\.0: allowed here: foreign, online, offline, single, chain, priority/,
    ],
    ['size: huge', 'size: small', /^ticket\.yaml:(\d+) lines: needs a large or huge line with \{number\}/],
    ["data: '{ticketId}'", "data: '{ward}'", /^ticket\.yaml:(\d+) lines\.\d+\.data: unknown \{ward\}; known here: number, ticketId/],
    ['heightMm: 2 }', 'heightMm: 200 }', /^ticket\.yaml:(\d+) lines\.\d+\.heightMm: must be at most 50/],
    ["text: '{position}. {service}'", "text: '{ahead}. {nobody}'", /^ticket\.yaml:(\d+) lines\.\d+\.lines\.1\.text: unknown \{nobody\}/],
  ])('%s -> %s is refused with its line', (from, to, fault) => {
    edit('papers/ticket.yaml', from, to);
    const faults = faultsOf();
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
    const named = Number(fault.exec(faults[0] ?? '')?.[1]);
    if (to !== 'size: small') expect(Math.abs(named - lineOf('papers/ticket.yaml', to))).toBeLessThanOrEqual(1);
  });

  it('names a missing template, and a logo that is none', () => {
    edit('sites/cua-nam.yaml', 'logo: lotus.png', 'logo: logo.png\npapers: { receipt: nothing.yaml }');
    writeFileSync(join(folder, 'papers/logo.png'), 'GIF89a');
    expect(faultsOf()).toEqual([
      expect.stringContaining('nothing.yaml:1 : no such file'),
      expect.stringMatching(/^cua-nam\.yaml:\d+ logo: .*logo\.png is no PNG file$/),
    ]);
  });
});
