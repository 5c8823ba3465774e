/**
 * Builds the firmware's release: `npx tsx firmware-bridge/firmware/build.ts` writes release/; with `--check` it builds elsewhere and
 * exits with 1 unless hex and manifest are byte for byte the ones in release/.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dictionaryHash, protocolVersion } from '../protocol/generated/messages.ts';

const firmwareFolder = fileURLToPath(new URL('.', import.meta.url));
const releaseFolder = join(firmwareFolder, 'release');
const hexName = 'letan-mega2560.hex';
const manifestName = 'manifest.json';

/** Rooms in link order; files inside sorted by code unit, so that every machine hands the linker the same list. */
const rooms = ['board', 'link', 'link/generated', 'safety'];
const flags = [
  ...[
    '-std=gnu11',
    '-mmcu=atmega2560',
    '-DF_CPU=16000000UL',
    '-Iboard',
    '-Os',
    '-flto',
    '-fno-guess-branch-probability',
    '-frandom-seed=letan',
  ],
  ...['-Wall', '-Wextra', '-Wshadow', '-Wconversion', '-Werror', '-ffunction-sections', '-fdata-sections', '-Wl,--gc-sections'],
];

const sources = rooms.flatMap((room) =>
  readdirSync(join(firmwareFolder, room))
    .filter((file) => file.endsWith('.c'))
    .sort()
    .map((file) => join(room, file)),
);

const run = (tool: string, args: readonly string[]): string => execFileSync(tool, args, { cwd: firmwareFolder, encoding: 'utf8' });

function firmwareVersion(): string {
  const header = readFileSync(join(firmwareFolder, 'link/version.h'), 'utf8');
  return ['MAJOR', 'MINOR', 'PATCH'].map((part) => new RegExp(`FIRMWARE_${part} (\\d+)`).exec(header)?.[1] ?? '?').join('.');
}

/** Bytes of flash an Intel HEX file fills. */
const imageBytes = (hex: string): number =>
  hex
    .split(/\r?\n/)
    .filter((line) => line.slice(7, 9) === '00')
    .reduce((sum, line) => sum + Number.parseInt(line.slice(1, 3), 16), 0);

interface Release {
  hex: string;
  manifest: string;
  sizes: string;
}

function build(): Release {
  const folder = mkdtempSync(join(tmpdir(), 'letan-firmware-'));
  try {
    const elf = join(folder, 'letan.elf');
    const hexFile = join(folder, hexName);
    run('avr-gcc', [...flags, ...sources, '-o', elf]);
    run('avr-objcopy', ['-O', 'ihex', '-R', '.eeprom', elf, hexFile]);
    const hex = readFileSync(hexFile, 'utf8');
    const manifest = {
      version: firmwareVersion(),
      protocolVersion: `${protocolVersion.major}.${protocolVersion.minor}`,
      dictionaryHash: dictionaryHash.toString(16).padStart(8, '0'),
      board: 'atmega2560',
      deviceSignature: '1E9801',
      compiler: run('avr-gcc', ['--version']).split('\n', 1)[0] ?? '',
      file: hexName,
      bytes: imageBytes(hex),
      sha256: createHash('sha256').update(hex).digest('hex'),
    };
    return { hex, manifest: `${JSON.stringify(manifest, null, 2)}\n`, sizes: run('avr-size', ['-C', '--mcu=atmega2560', elf]) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const differs = (file: string, text: string): boolean => {
  const path = join(releaseFolder, file);
  return !existsSync(path) || readFileSync(path, 'utf8') !== text;
};

const release = build();
const files: [string, string][] = [
  [hexName, release.hex],
  [manifestName, release.manifest],
];
if (process.argv.includes('--check')) {
  const stale = files.filter(([file, text]) => differs(file, text));
  for (const [file] of stale) console.error(`release/${file} is not what the sources make`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  mkdirSync(releaseFolder, { recursive: true });
  for (const [file, text] of files) writeFileSync(join(releaseFolder, file), text);
  console.log(release.sizes.trim());
}
