/**
 * What the program needs of the part, and how much it may need: flash, static RAM, and the deepest stack that any path of calls with
 * an interrupt on top can reach. Frames come from `-fstack-usage`, calls from the disassembly of the linked program, so inlining and
 * libgcc are as they are.
 */
export const budgets = { flashBytes: 32 * 1024, staticBytes: 3 * 1024, stackBytes: 2 * 1024 } as const;

export type Need = { [Name in keyof typeof budgets]: number } & {
  /** Functions from `main` down to the deepest, then the interrupt. */
  deepestPath: readonly string[];
};

interface Routine {
  frameBytes: number;
  calls: Set<string>;
  callsIndirectly: boolean;
}

/** Return address of a call with a 22-bit program counter. */
const returnBytes = 3;
const isVector = (name: string): boolean => name.startsWith('__vector_');
/** LTO renames what was static in a file. */
const plain = (name: string): string => name.replace(/\.lto_priv\.\d+$/, '');

/** `file:line:column:name<TAB>bytes<TAB>static`, return address included. Throws on a frame whose size the compiler does not know. */
function framesOf(stackUsage: string): Map<string, number> {
  const frames = new Map<string, number>();
  for (const line of stackUsage.split('\n').filter(Boolean)) {
    const [place = '', bytes, kind] = line.split('\t');
    const name = place.split(':').at(-1) ?? '';
    if (kind !== 'static') throw new Error(`the stack of ${name} is not bounded (${kind})`);
    frames.set(name, Math.max(frames.get(name) ?? 0, Number(bytes)));
  }
  return frames;
}

interface Block {
  name: string;
  lines: readonly string[];
}

/** The disassembly cut at its symbols. */
function blocksOf(disassembly: string): Block[] {
  return disassembly.split(/\n\n+/).flatMap((text) => {
    const [head = '', ...lines] = text.trim().split('\n');
    const name = /^[0-9a-f]+ <(.+)>:$/.exec(head)?.[1];
    return name ? [{ name, lines }] : [];
  });
}

const targetsOf = (lines: readonly string[], instruction: string): string[] =>
  lines.flatMap((line) => new RegExp(`\\t(?:${instruction})\\t.*<([^>+]+)>`).exec(line)?.[1] ?? []);

/**
 * The C library's assembly jumps between its labels, back and forth: labels that jump to or fall into each other are one routine, and
 * its frame is at most all that they push.
 */
function joinAssembly(blocks: readonly Block[]): Map<string, readonly string[]> {
  const names = new Set(blocks.map(({ name }) => name));
  const joined = new Map(blocks.map(({ name, lines }) => [name, { names: [name], lines }]));
  blocks.forEach(({ name, lines }, index) => {
    const follower = /\t(?:reti?|e?ijmp|r?jmp)(?:\t|$)/.test(lines.at(-1) ?? '') ? undefined : blocks[index + 1]?.name;
    for (const other of [...targetsOf(lines, 'r?jmp|br\\w\\w'), ...(follower ? [follower] : [])]) {
      const [mine, theirs] = [joined.get(name), joined.get(other)];
      if (!names.has(other) || !mine || !theirs || mine === theirs) continue;
      const both = { names: [...mine.names, ...theirs.names], lines: [...mine.lines, ...theirs.lines] };
      for (const member of both.names) joined.set(member, both);
    }
  });
  return new Map([...joined].map(([name, group]) => [name, group.lines]));
}

function routinesOf(disassembly: string, frames: ReadonlyMap<string, number>): Map<string, Routine> {
  const blocks = blocksOf(disassembly);
  const assembly = joinAssembly(blocks.filter(({ name }) => !frames.has(plain(name))));
  const routines = new Map<string, Routine>();
  for (const { name, lines } of blocks) {
    const joined = assembly.get(name) ?? lines;
    const within = (target: string): boolean => assembly.get(target) === joined;
    const calls = targetsOf(joined, 'r?call');
    const jumps = targetsOf(joined, 'r?jmp').filter((target) => target !== name);
    // A routine of the library that calls a label of its own comes back from there.
    const own = calls.some(within) ? returnBytes : 0;
    routines.set(name, {
      frameBytes: frames.get(plain(name)) ?? returnBytes + own + joined.filter((line) => /\tpush\t/.test(line)).length,
      calls: new Set([...calls, ...jumps].filter((target) => !within(target))),
      callsIndirectly: joined.some((line) => /\te?icall/.test(line)),
    });
  }
  return routines;
}

/** What an indirect call may reach: every function that nobody calls by name. Interrupts and the entry are called by the part. */
function pointedTo(routines: ReadonlyMap<string, Routine>, frames: ReadonlyMap<string, number>): string[] {
  const called = new Set([...routines.values()].flatMap((routine) => [...routine.calls]));
  return [...routines.keys()].filter((name) => frames.has(plain(name)) && !called.has(name) && !isVector(name) && name !== 'main');
}

interface Depth {
  bytes: number;
  path: readonly string[];
}

/** Stack of a function and of everything below it. Throws on recursion. */
function depthIn(routines: ReadonlyMap<string, Routine>, pointers: readonly string[]): (name: string) => Depth {
  const known = new Map<string, Depth>();
  const under = new Set<string>();
  const depth = (name: string): Depth => {
    const before = known.get(name);
    if (before) return before;
    const routine = routines.get(name);
    if (!routine) return { bytes: returnBytes, path: [name] };
    if (under.has(name)) throw new Error(`${name} calls itself: its stack has no bound`);
    under.add(name);
    const below = [...routine.calls, ...(routine.callsIndirectly ? pointers : [])].map(depth);
    const deepest = below.reduce<Depth>((most, next) => (next.bytes > most.bytes ? next : most), { bytes: 0, path: [] });
    under.delete(name);
    const found = { bytes: routine.frameBytes + deepest.bytes, path: [name, ...deepest.path] };
    known.set(name, found);
    return found;
  };
  return depth;
}

/** The deepest stack: main's deepest path and the deepest interrupt on top; interrupts do not interrupt each other. */
export function deepestStack(disassembly: string, stackUsage: string): Pick<Need, 'stackBytes' | 'deepestPath'> {
  const frames = framesOf(stackUsage);
  const routines = routinesOf(disassembly, frames);
  if (!routines.has('main')) throw new Error('the disassembly has no main');
  const depth = depthIn(routines, pointedTo(routines, frames));
  const program = depth('main');
  const interrupts = [...routines.keys()].filter(isVector).map(depth);
  const interrupt = interrupts.reduce<Depth>((most, next) => (next.bytes > most.bytes ? next : most), { bytes: 0, path: [] });
  return { stackBytes: program.bytes + interrupt.bytes, deepestPath: [...program.path, ...interrupt.path] };
}

/** What is over its budget, in words; empty when all is well. */
export function excess(need: Need): string[] {
  const { flashBytes, staticBytes, stackBytes } = budgets;
  const limits: readonly [string, number, number][] = [
    ['flash', need.flashBytes, flashBytes],
    ['static RAM', need.staticBytes, staticBytes],
    ['stack', need.stackBytes, stackBytes],
  ];
  return limits.filter(([, is, may]) => is > may).map(([name, is, may]) => `${name}: ${is} bytes, ${may} allowed`);
}
