import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Bench, type BenchResult, isMet } from './bench.ts';

const here = new URL('.', import.meta.url);
const ending = '.bench.ts';
const names = () =>
  readdirSync(here)
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();

const usage = () => `npm run bench -- <name> [--json] [--minutes <n>] [--frames <n>] [--cycles <n>] [--hex <file>]

  Measures and prints a table. With --json the last line is one JSON object. Ends with 0 whether goals are met or not.
  --minutes (tick), --frames (link) and --cycles (hotplug) make it shorter than its goal asks; --hex (stop, tick, link) takes
  another firmware.
  Benches: ${names().join(', ')}
`;

function isBench(value: unknown): value is Bench {
  return typeof value === 'object' && value !== null && 'name' in value && 'run' in value && typeof value.run === 'function';
}

async function load(name: string): Promise<Bench> {
  const module: unknown = await import(new URL(`${name}${ending}`, here).href);
  const bench = typeof module === 'object' && module !== null && 'default' in module ? module.default : module;
  if (!isBench(bench)) throw new TypeError(`${name}${ending} exports no bench`);
  return bench;
}

/** Three significant digits are what a measurement on a shared machine carries. */
const rounded = (value: number) => (Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3)));

function table(name: string, { conditions, figures }: BenchResult): string {
  const rows = figures.map((figure) => {
    const met = isMet(figure);
    const goal = figure.goal ? `${figure.goal.op} ${figure.goal.value}` : '';
    return [figure.name, String(rounded(figure.value)), figure.unit, goal, met === null ? '' : met ? 'met' : 'MISSED'];
  });
  const all = [['figure', 'value', 'unit', 'goal', ''], ...rows];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const told = Object.entries(conditions).map(([key, value]) => `  ${key}: ${value}`);
  return [name, ...told, '', ...lines, ''].join('\n');
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      minutes: { type: 'string' },
      frames: { type: 'string' },
      cycles: { type: 'string' },
      hex: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [name] = positionals;
  if (values.help) {
    process.stdout.write(usage());
    return 0;
  }
  if (name === undefined || !names().includes(name)) {
    process.stderr.write(`${name === undefined ? 'No bench named.' : `Unknown bench "${name}".`}\n${usage()}`);
    return 2;
  }
  const bench = await load(name);
  const amount = (text: string | undefined) => (Number(text) > 0 ? Number(text) : null);
  const { minutes, frames, cycles, hex = null } = values;
  const result = await bench.run({ minutes: amount(minutes), frames: amount(frames), cycles: amount(cycles), hex });
  const conditions = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, ...result.conditions };
  process.stdout.write(table(bench.name, { ...result, conditions }));
  if (values.json) {
    const figures = result.figures.map((figure) => ({ ...figure, value: rounded(figure.value), met: isMet(figure) }));
    process.stdout.write(`${JSON.stringify({ bench: bench.name, conditions, figures })}\n`);
  }
  return 0;
}

// Benches may leave sockets or workers behind; the figures are out, so end here.
process.exit(await main());
