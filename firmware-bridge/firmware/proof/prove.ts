/**
 * Runs the proofs: `npx tsx firmware-bridge/firmware/proof/prove.ts [--about <file>] [--firmware <folder>] [name …]`.
 *
 * - `--about safety/water.c` runs only the proofs that concern that file.
 * - `--firmware <folder>` proves another copy of the firmware with this folder's harnesses.
 *
 * Ends with 0 when all hold, 10 when one is refuted, 1 when a proof could not be run (the copy does not compile, CBMC is missing).
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CbmcMissing, findCbmc } from './cbmc.ts';
import { type Fault, memorySafety, nameOf, type Proof } from './proof.ts';
import { proofs } from './proofs.ts';

const proofFolder = fileURLToPath(new URL('.', import.meta.url));
const firmwareFolder = join(proofFolder, '..');
/** The longest proof takes seconds; a mutant that makes one run for minutes is not decided. */
const limitMs = 300_000;

/** int of 16 bits as on the AVR; pointers of 32, so that CBMC can tell objects apart (see README). */
const machine = ['--LP32', '-DPROOF_INT_BITS_16', '--unwinding-assertions'];
const allChecks = [
  ...['--bounds-check', '--pointer-check', '--pointer-overflow-check', '--signed-overflow-check', '--conversion-check'],
  ...['--div-by-zero-check', '--undefined-shift-check', '--no-malloc-may-fail'],
];
/** Enough for a fault that breaks a PROVE, and twice as fast. */
const noChecks = ['--no-standard-checks'];

/** A run of CBMC that ended without a verdict; the message holds its output. */
export class ProofError extends Error {
  constructor(proof: Proof, output: string) {
    super(`${nameOf(proof)} could not be run:\n${output.trim()}`);
    this.name = 'ProofError';
  }
}

export interface Verdict {
  checks: number;
  /** What does not hold: text of PROVE, or `memory and arithmetic`; with the place. Empty when all is proved. */
  refuted: { property: string; where: string }[];
  ms: number;
}

function run(program: string, args: readonly string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: limitMs });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  });
}

const results = /^\[(\S+)\] (line \d+) (.*): (SUCCESS|FAILURE|UNKNOWN)$/gm;

/** Asks CBMC about one proof. Throws ProofError when there is no verdict. */
export async function prove(proof: Proof, firmware: string = firmwareFolder, checks: readonly string[] = allChecks): Promise<Verdict> {
  const started = performance.now();
  const files = [join(proofFolder, proof.harness), ...proof.sources.map((file) => join(firmware, file))];
  const includes = ['-I', join(proofFolder, 'include'), '-I', proofFolder, '-I', firmware];
  const { status, output } = await run(findCbmc(), [
    ...machine,
    ...checks,
    ...includes,
    ...['--unwind', String(proof.unwind), '--function', proof.entry, ...files],
  ]);
  if (status !== 0 && status !== 10) throw new ProofError(proof, output);
  const found = [...output.matchAll(results)];
  if (found.length === 0) throw new ProofError(proof, output);
  const refuted = found
    .filter(([, , , , result]) => result !== 'SUCCESS')
    .map(([, id = '', line = '', text = '']) => ({
      property: /\.assertion\.\d+$/.test(id) ? text : memorySafety,
      where: `${id} ${line} ${text}`,
    }));
  if ((status === 0) !== (refuted.length === 0)) throw new ProofError(proof, output);
  return { checks: found.length, refuted, ms: performance.now() - started };
}

/** Asks about a copy of the firmware with a fault in it. Throws RangeError when the fault's text is not where it should be. */
export async function proveWithFault(proof: Proof, fault: Fault): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'letan-proof-'));
  try {
    for (const room of ['safety', 'link']) cpSync(join(firmwareFolder, room), join(folder, room), { recursive: true });
    const file = join(folder, fault.file);
    const parts = readFileSync(file, 'utf8').split(fault.find);
    if (parts.length !== 2) throw new RangeError(`${fault.file} holds ${parts.length - 1} times: ${fault.find}`);
    writeFileSync(file, parts.join(fault.replace));
    return await prove(proof, folder, fault.refutes.includes(memorySafety) ? allChecks : noChecks);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * For the mutation gate: whether a proof that concerns `file` (from the firmware's folder) is refuted by that copy of the firmware.
 * A proof that cannot be run there, or takes too long, refutes nothing.
 */
export async function refutes(firmware: string, file: string): Promise<boolean> {
  for (const proof of proofs) {
    if (![...proof.sources, ...proof.includes].includes(file)) continue;
    try {
      if ((await prove(proof, firmware)).refuted.length > 0) return true;
    } catch (error) {
      if (!(error instanceof ProofError)) throw error;
    }
  }
  return false;
}

async function main(): Promise<number> {
  const options = { about: { type: 'string' }, firmware: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const about = values.about;
  const asked = proofs.filter((proof) => {
    if (about !== undefined && ![...proof.sources, ...proof.includes].includes(about)) return false;
    return positionals.length === 0 || positionals.some((name) => nameOf(proof).startsWith(name));
  });
  let refuted = 0;
  for (const proof of asked) {
    const verdict = await prove(proof, values.firmware ?? firmwareFolder);
    const figures = `${verdict.checks} checks, ${(verdict.ms / 1000).toFixed(1)} s`;
    console.log(`${verdict.refuted.length === 0 ? 'proved ' : 'REFUTED'} ${nameOf(proof)} (${figures})`);
    for (const { where } of verdict.refuted) console.log(`        ${where}`);
    refuted += verdict.refuted.length;
    if (refuted > 0 && values.firmware !== undefined) break;
  }
  return refuted > 0 ? 10 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof ProofError || error instanceof CbmcMissing)) throw error;
    console.error(`letan: ${error.message}`);
    process.exitCode = 1;
  }
}
