import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeFrame, type HostMessage } from '../../../firmware-bridge/protocol/generated/messages.ts';
import { firmwareSources } from '../firmware/c-program.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const firmware = fileURLToPath(new URL('../../../firmware-bridge/firmware/', import.meta.url));
const hostPort = fileURLToPath(new URL('../firmware/c/', import.meta.url));
/** Inputs that once found something new, one a line in hexadecimal, kept so that every run begins where the last one ended. */
const corpusFile = join(here, 'corpus.txt');
const corpus = (): string[] => readFileSync(corpusFile, 'utf8').split('\n').filter(Boolean);

const configure: HostMessage = {
  name: 'configure',
  pulsesPerMetreLeft: 1910,
  pulsesPerMetreRight: 1910,
  speedCapMmS: 400,
  marginMm: 500,
  resumeMm: 700,
  decelerationMmS2: 800,
  brakingMmS2: 700,
  brakingDelayMs: 90,
  frontLeftOffsetMm: 0,
  frontRightOffsetMm: 0,
  valveClosing100us: 600,
};
/** Lets time pass with nothing pressed, and with the release button held. */
const wait = [0xfe, 0xf0];
const release = [0xfe, 0xf8, ...wait];

/** A conversation of each kind: from here the fuzzer reaches deep states at once. */
export function seeds(): Uint8Array[] {
  const told = (...messages: HostMessage[]): number[] =>
    messages.flatMap((message, seq) => [...encodeFrame({ name: 'heartbeat', hostTimeMs: seq }, seq), ...encodeFrame(message, seq)]);
  const start = [...told({ name: 'hello', protocolMajor: 2, protocolMinor: 0 }, configure), ...wait, ...release];
  const conversations = [
    [...start, ...told({ name: 'drive', leftMmS: 200, rightMmS: 200, validMs: 200 }), ...wait, ...told({ name: 'stop' })],
    [...start, ...told({ name: 'dispenseWater', dispenseId: 1, pulses: 100, capPulses: 120, capMs: 5000 }), ...wait],
    [...start, ...told({ name: 'dispenseSnack', dispenseId: 2 }, { name: 'queryDispense', dispenseId: 2 }), ...wait],
    // Firmata: mode, digital pin, port, PWM, reports, queries, sampling, reset.
    [
      0xf4, 46, 3, 0xe0, 46, 1, 0xf5, 30, 1, 0x91, 0x7f, 1, 0xd1, 1, 0xc4, 1, 0xf0, 0x6b, 0xf7, 0xf0, 0x6d, 46, 0xf7, 0xf0, 0x7a, 19, 0,
      0xf7, 0xff,
    ],
  ];
  return conversations.map((bytes) => Uint8Array.from(bytes));
}

export interface FuzzResult {
  /** Null: nothing was found. */
  finding: string | null;
  runs: number;
}

/** Adds inputs to the corpus, shortest first. */
function keep(inputs: readonly string[]): void {
  const all = [...new Set([...corpus(), ...inputs])].filter(Boolean);
  writeFileSync(corpusFile, `${all.sort((a, b) => a.length - b.length || a.localeCompare(b)).join('\n')}\n`);
}

/** What the target or a sanitizer says, without the fuzzer's own progress and without stack frames past the first ones. */
const findingOf = (output: string): string =>
  output
    .split('\n')
    .filter((line) => line !== '' && !/^#\d+\t|^INFO|^stat::|^ {4}#\d{2}|^Seed/.test(line))
    .slice(0, 40)
    .join('\n');

/** Compiles the target with libFuzzer and the sanitizers and runs it; `grow` keeps what is new in the corpus. */
export function fuzz(options: { runs: number; seed: number; broken?: boolean; grow?: boolean }): FuzzResult {
  const folder = mkdtempSync(join(tmpdir(), 'letan-fuzz-'));
  try {
    const program = join(folder, 'fuzz');
    const sources = [join(here, 'link.c'), ...firmwareSources('safety'), ...firmwareSources('link'), ...firmwareSources('link/generated')];
    const flags = ['-std=c11', '-g', '-O1', '-w', '-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all'];
    execFileSync('clang', [...flags, `-I${firmware}`, `-I${hostPort}`, ...(options.broken ? ['-DBROKEN'] : []), ...sources, '-o', program]);
    const seedFolder = join(folder, 'seeds');
    const found = join(folder, 'found');
    for (const made of [seedFolder, found]) mkdirSync(made);
    const known = [...seeds(), ...corpus().map((line) => Buffer.from(line, 'hex'))];
    for (const [index, bytes] of known.entries()) writeFileSync(join(seedFolder, `seed-${index}`), bytes);
    const args = [`-runs=${options.runs}`, `-seed=${options.seed}`, '-max_len=512', '-print_final_stats=1', `-artifact_prefix=${folder}/`];
    const run = spawnSync(program, [...args, found, seedFolder], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const runs = Number(/number_of_executed_units: (\d+)/.exec(run.stderr)?.[1] ?? 0);
    if (options.grow) keep(readdirSync(found).map((file) => readFileSync(join(found, file)).toString('hex')));
    if (run.status === 0) return { finding: null, runs };
    const crash = readdirSync(folder).find((file) => file.startsWith('crash-') || file.startsWith('timeout-'));
    const bytes = crash ? readFileSync(join(folder, crash)).toString('hex') : '';
    return { finding: `${findingOf(run.stderr)}\ninput: ${bytes}`, runs };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
