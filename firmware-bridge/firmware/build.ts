/**
 * Builds the firmware's release: `npx tsx firmware-bridge/firmware/build.ts` writes release/; with `--check` it builds elsewhere and
 * exits with 1 unless hex and manifest are byte for byte the ones in release/. A program beyond its budgets (budget.ts) is no release.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dictionaryHash, protocolVersion } from '../protocol/generated/messages.ts';
import { deepestStack, excess, type Need } from './budget.ts';

const firmwareFolder = fileURLToPath(new URL('.', import.meta.url));
const releaseFolder = join(firmwareFolder, 'release');
const hexName = 'letan-mega2560.hex';
const manifestName = 'manifest.json';

/** Rooms in link order; files inside sorted by code unit, so that every machine hands the linker the same list. */
const rooms = ['board', 'link', 'link/generated', 'safety'];
const part = ['-mmcu=atmega2560', '-DF_CPU=16000000UL', '-O2', '-flto', '-fno-guess-branch-probability', '-frandom-seed=letan'];
const strict = ['-Wall', '-Wextra', '-Wshadow', '-Wconversion', '-Werror'];
/** GNU C for what only board/ needs: inline assembly; safety/ and link/ are compiled as C11 by every test on the host. */
const flags = ['-std=gnu11', ...part, `-I${join(firmwareFolder, 'board')}`, '-ffunction-sections', '-fdata-sections', '-Wl,--gc-sections'];

const sources = rooms.flatMap((room) =>
  readdirSync(join(firmwareFolder, room))
    .filter((file) => file.endsWith('.c'))
    .sort()
    .map((file) => join(firmwareFolder, room, file)),
);

/** Runs a tool in `folder`, which takes whatever it leaves lying about. */
function run(tool: string, folder: string, args: readonly string[]): string {
  return execFileSync(tool, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, TMPDIR: folder } });
}

function firmwareVersion(): string {
  const header = readFileSync(join(firmwareFolder, 'link/version.h'), 'utf8');
  return ['MAJOR', 'MINOR', 'PATCH'].map((word) => new RegExp(`FIRMWARE_${word} (\\d+)`).exec(header)?.[1] ?? '?').join('.');
}

/** CRC-16/CCITT-FALSE, as link/codec.h. */
function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}

/** The program as flash holds it, its CRC behind it (self_test_flash_damaged). */
function imageOf(elf: string, folder: string): Buffer {
  run('avr-objcopy', folder, ['-O', 'binary', '-R', '.eeprom', elf, 'program.bin']);
  const program = readFileSync(join(folder, 'program.bin'));
  const crc = Buffer.alloc(2);
  crc.writeUInt16LE(crc16(program));
  return Buffer.concat([program, crc]);
}

function hexOf(image: Buffer, folder: string): string {
  writeFileSync(join(folder, 'image.bin'), image);
  run('avr-objcopy', folder, ['-I', 'binary', '-O', 'ihex', 'image.bin', hexName]);
  return readFileSync(join(folder, hexName), 'utf8');
}

/** Bytes of RAM that the linker gives out. */
function staticBytes(elf: string, folder: string): number {
  const sections = run('avr-size', folder, ['-A', elf]);
  return ['data', 'bss', 'noinit'].reduce(
    (sum, name) => sum + Number(new RegExp(`^\\.${name}\\s+(\\d+)`, 'm').exec(sections)?.[1] ?? 0),
    0,
  );
}

/** Frame sizes of the linked program. The same program once more: the compiler reports frames only beside warnings on assembly. */
function stackUsage(folder: string): string {
  run('avr-gcc', folder, [...flags, '-w', '-fstack-usage', ...sources, '-o', 'measured.elf']);
  const reports = readdirSync(folder).filter((file) => file.endsWith('.ltrans.su'));
  return reports.map((file) => readFileSync(join(folder, file), 'utf8')).join('');
}

function needOf(elf: string, image: Buffer, folder: string): Need {
  const usage = stackUsage(folder);
  const measured = imageOf('measured.elf', folder);
  if (!measured.equals(image)) throw new Error('the program whose stack was measured is another one');
  const stack = deepestStack(run('avr-objdump', folder, ['-d', elf]), usage);
  return { flashBytes: image.length, staticBytes: staticBytes(elf, folder), ...stack };
}

export interface Release {
  hex: string;
  manifest: string;
  need: Need;
}

/** Compiles the program in a folder of its own. Throws what the compiler says. */
export function build(): Release {
  const folder = mkdtempSync(join(tmpdir(), 'letan-firmware-'));
  try {
    const elf = 'letan.elf';
    run('avr-gcc', folder, [...flags, ...strict, ...sources, '-o', elf]);
    const image = imageOf(elf, folder);
    const hex = hexOf(image, folder);
    const manifest = {
      version: firmwareVersion(),
      protocolVersion: `${protocolVersion.major}.${protocolVersion.minor}`,
      dictionaryHash: dictionaryHash.toString(16).padStart(8, '0'),
      board: 'atmega2560',
      deviceSignature: '1E9801',
      compiler: run('avr-gcc', folder, ['--version']).split('\n', 1)[0] ?? '',
      file: hexName,
      bytes: image.length,
      sha256: createHash('sha256').update(hex).digest('hex'),
    };
    return { hex, manifest: `${JSON.stringify(manifest, null, 2)}\n`, need: needOf(elf, image, folder) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const differs = (file: string, text: string): boolean => {
  const path = join(releaseFolder, file);
  return !existsSync(path) || readFileSync(path, 'utf8') !== text;
};

function main(): void {
  const { hex, manifest, need } = build();
  console.log(`flash ${need.flashBytes}, static RAM ${need.staticBytes}, stack ${need.stackBytes} (${need.deepestPath.join(' > ')})`);
  const faults = excess(need);
  const files: [string, string][] = [
    [hexName, hex],
    [manifestName, manifest],
  ];
  if (process.argv.includes('--check')) {
    for (const [file, text] of files) if (differs(file, text)) faults.push(`release/${file} is not what the sources make`);
  } else if (faults.length === 0) {
    mkdirSync(releaseFolder, { recursive: true });
    for (const [file, text] of files) writeFileSync(join(releaseFolder, file), text);
  }
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
