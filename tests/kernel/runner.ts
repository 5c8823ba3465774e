import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleGuest } from './bundle.ts';
import { findKernel } from './find-kernel.ts';
import { readResults, type SuiteResult } from './report.ts';
import { needs, type SuiteName, suites } from './suites.ts';

/** `where`: for people. `output`: everything the suites and the kernel said. */
export type KernelRun = { ran: true; where: string; results: SuiteResult[]; output: string } | { ran: false; reason: string };

const memoryBytes = 768 * 1024 * 1024;
/** Quiet, the whole takes 10 to 20 s; shared machines are ten times slower. */
const runTimeoutMs = 300_000;

interface Ended {
  output: string;
  timedOut: boolean;
}

/** Runs a program to its end in a process group of its own, all of which ends with it. */
function runGroup(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    let timedOut = false;
    const hear = (data: Buffer) => {
      output += data.toString();
    };
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // All of the group has ended already.
      }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, runTimeoutMs);
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', () => {
      clearTimeout(timer);
      end();
      resolve({ output, timedOut });
    });
  });
}

/** What this machine's own kernel lacks for the suites; empty: nothing, and it may be used. */
function lackingHere(): string[] {
  return Object.entries(needs).flatMap(([path, purpose]) => {
    try {
      accessSync(path, constants.W_OK);
      return [];
    } catch {
      return [`${path}: ${purpose}`];
    }
  });
}

/** A folder for the kernel's memory: files there must be executable and have the room. */
function memoryFolder(): string {
  const shm = '/dev/shm';
  const mount = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .find((line) => line.split(' ')[1] === shm);
  if (!mount || /\bnoexec\b/.test(mount)) return tmpdir();
  const { bavail, bsize } = statfsSync(shm);
  return bavail * bsize > memoryBytes ? shm : tmpdir();
}

async function runHere(folder: string, names: readonly SuiteName[]): Promise<KernelRun> {
  let output = '';
  for (const name of names) {
    const ended = await runGroup(process.execPath, [join(folder, 'suites', `${name}.suite.js`)], process.env);
    output += ended.output;
  }
  return { ran: true, where: "this machine's kernel", results: readResults(output, names), output };
}

async function runInGuest(kernel: string, folder: string, names: readonly SuiteName[]): Promise<KernelRun> {
  const args = [
    `mem=${memoryBytes}`,
    'rootfstype=hostfs',
    'rootflags=/',
    'ro',
    `init=${join(folder, 'init.sh')}`,
    `uml_dir=${folder}/`,
    'quiet',
    'con=null',
    'con0=null,fd:1',
    // As Raspberry Pi kernels number their chips: the old way and, since 6.6, from 512 on.
    'gpio_mockup.gpio_mockup_ranges=0,54,512,570',
  ];
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: memoryFolder() };
  const { output, timedOut } = await runGroup(kernel, args, env).catch((error: Error) => ({
    output: error.message,
    timedOut: false,
  }));
  // Before process 1 nothing of ours has run: this machine does not let such a kernel run, by its rights or its processor.
  if (!output.includes('GUEST-UP'))
    return { ran: false, reason: `${kernel} does not start here: ${output.trim().slice(-400) || 'it says nothing'}` };
  const results = readResults(output, names);
  if (timedOut) return { ran: true, where: 'User-Mode Linux', results, output: `${output}\nended after ${runTimeoutMs} ms` };
  return { ran: true, where: 'User-Mode Linux', results, output };
}

/** Runs the suites on this machine's kernel where it has everything, else on a User-Mode-Linux kernel, all in one boot. */
export async function runSuites(names: readonly SuiteName[] = suites): Promise<KernelRun> {
  const lacking = lackingHere();
  const kernel = findKernel();
  if (lacking.length > 0 && 'missing' in kernel)
    return { ran: false, reason: `this machine's kernel lacks ${lacking[0]}; ${kernel.missing}` };
  const folder = mkdtempSync(join(tmpdir(), 'letan-kernel-'));
  try {
    await bundleGuest(folder, names);
    return 'missing' in kernel || lacking.length === 0 ? await runHere(folder, names) : await runInGuest(kernel.file, folder, names);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
