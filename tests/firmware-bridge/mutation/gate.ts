import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { refutes } from '../../../firmware-bridge/firmware/proof/prove.ts';
import { type Mutant, macroMutantsOf, mutantsOf } from './mutants.ts';
import { Workspace } from './workspace.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const room = 'firmware-bridge/firmware/';
const safety = `${room}safety`;
const limits = `${safety}/generated/limits.h`;

/** A survivor that changes nothing anybody can see, and why. Matched by text, so that it moves with its line. */
const equivalentsSchema = z.array(
  z.strictObject({ file: z.string(), where: z.string(), text: z.string(), change: z.string(), reason: z.string().min(20) }),
);
export type Equivalent = z.infer<typeof equivalentsSchema>[number];

export interface Candidate {
  file: string;
  mutant: Mutant;
  /** Files whose meaning it changes. */
  affected: readonly string[];
}

export interface GateResult {
  mutants: number;
  killed: number;
  /** Did not compile: no mutants at all. */
  invalid: number;
  /** Listed as equivalent. */
  equivalent: number;
  survivors: Candidate[];
  /** Listed as equivalent, but killed or no longer there. */
  stale: Equivalent[];
}

export const equivalents = (): Equivalent[] =>
  equivalentsSchema.parse(JSON.parse(readFileSync(new URL('equivalent.json', import.meta.url), 'utf8')));

function candidates(workspace: Workspace, only: string | undefined): Candidate[] {
  const files = readdirSync(`${root}${safety}`)
    .filter((file) => /\.[ch]$/.test(file) && (only === undefined || file.startsWith(only)))
    .map((file) => `${safety}/${file}`);
  const own = files.flatMap((file) => mutantsOf(readFileSync(root + file, 'utf8')).map((mutant) => ({ file, mutant, affected: [file] })));
  if (only !== undefined && !'limits.h'.startsWith(only)) return own;
  const constants = macroMutantsOf(readFileSync(root + limits, 'utf8')).map((mutant) => ({
    file: limits,
    mutant,
    affected: workspace.mentions(mutant.macro),
  }));
  return [...own, ...constants];
}

const isListed = ({ file, mutant }: Candidate, { file: at, where, text, change }: Equivalent): boolean =>
  file === `${safety}/${at}` && mutant.where === where && mutant.text === text && mutant.change === change;

export interface GateOptions {
  /** Only files that begin with this. */
  only?: string;
  onProgress?: (done: number, of: number) => void;
}

/** Tries every mutant of safety/ against the C tests, then the survivors against the proof. */
export async function mutationGate({ only, onProgress }: GateOptions = {}): Promise<GateResult> {
  const workspaces = Array.from({ length: Math.min(4, availableParallelism()) }, () => new Workspace());
  try {
    await Promise.all(workspaces.map((workspace) => workspace.prepare()));
    const [first] = workspaces;
    const all = first ? candidates(first, only) : [];
    const listed = equivalents().filter(({ file }) => only === undefined || file.startsWith(only));
    const result: GateResult = { mutants: 0, killed: 0, invalid: 0, equivalent: 0, survivors: [], stale: [] };
    const seen = new Set<Equivalent>();
    let next = 0;
    const judge = async (workspace: Workspace): Promise<void> => {
      for (let candidate = all[next++]; candidate; candidate = all[next++]) {
        const { file, mutant, affected } = candidate;
        const verdict = await workspace.try(file, mutant.source, affected);
        const current = candidate;
        const equivalent = listed.find((entry) => isListed(current, entry));
        if (verdict === 'invalid') result.invalid += 1;
        else if (verdict === 'killed') result.killed += 1;
        else if (equivalent) seen.add(equivalent);
        else if (await workspace.with(file, mutant.source, (folder) => refutes(folder, file.replace(room, '')))) result.killed += 1;
        else result.survivors.push(current);
        onProgress?.(next, all.length);
      }
    };
    await Promise.all(workspaces.map(judge));
    result.equivalent = seen.size;
    result.mutants = all.length - result.invalid;
    result.stale = listed.filter((entry) => !seen.has(entry));
    return result;
  } finally {
    for (const workspace of workspaces) workspace.remove();
  }
}
