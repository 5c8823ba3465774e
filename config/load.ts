import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { LetanError } from '../src/core/errors.ts';
import { logoFault, type Papers, receiptTemplateSchema, ticketTemplateSchema } from './papers.ts';
import { type RobotConfig, robotSchema, type SiteConfig, siteSchema } from './schema.ts';

/** One fault of a configuration file: where it is and what is allowed there. */
export interface ConfigFault {
  file: string;
  line: number;
  path: string;
  message: string;
}

/** All faults at once; `message` has one line for each. */
export class ConfigError extends LetanError {
  readonly faults: ConfigFault[];
  constructor(faults: ConfigFault[]) {
    const lines = faults.map((fault) => `${fault.file}:${fault.line}  ${fault.path || '(top)'}: ${fault.message}`);
    super('CONFIG_INVALID', `${faults.length} fault${faults.length === 1 ? '' : 's'} in the configuration\n${lines.join('\n')}`);
    this.faults = faults;
  }
}

type Parsed<T> = { value: T; text: string; document: Document; at: (path: PropertyKey[]) => number };

/** What is allowed at the place of an issue, in words. */
function allowed(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `allowed here: ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'unrecognized_keys':
      return `unknown ${issue.keys.length === 1 ? 'key' : 'keys'} ${issue.keys.join(', ')}`;
    case 'invalid_type':
      return issue.input === undefined ? `missing; a ${issue.expected} is needed` : `must be a ${issue.expected}`;
    default:
      return issue.message;
  }
}

/** The line of the deepest node that exists on `path`; an unknown key's own line. */
function lineOf(document: Document, counter: LineCounter, path: PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (node && typeof node === 'object' && 'range' in node && Array.isArray(node.range))
      return counter.linePos(Number(node.range[0])).line;
  }
  return 1;
}

/** Line of the key itself where a mapping has one that should not be there. */
function lineOfKey(text: string, key: string, fallback: number): number {
  const index = text
    .split('\n')
    .findIndex((line) => line.trimStart().startsWith(`${key}:`) || line.includes(`{ ${key}:`) || line.includes(`, ${key}:`));
  return index < 0 ? fallback : index + 1;
}

function parseFile<T>(file: string, label: string, schema: z.ZodType<T>, faults: ConfigFault[]): Parsed<T> | null {
  if (!existsSync(file)) {
    faults.push({ file: label, line: 1, path: '', message: 'no such file' });
    return null;
  }
  const text = readFileSync(file, 'utf8');
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  for (const error of document.errors)
    faults.push({ file: label, line: error.linePos?.[0].line ?? 1, path: '', message: error.message.split('\n')[0] ?? error.message });
  if (document.errors.length > 0) return null;
  const result = schema.safeParse(document.toJS(), { reportInput: true });
  if (result.success) return { value: result.data, text, document, at: (path) => lineOf(document, counter, path) };
  for (const issue of result.error.issues) {
    const line = lineOf(document, counter, issue.path);
    const at = issue.code === 'unrecognized_keys' ? lineOfKey(text, issue.keys[0] ?? '', line) : line;
    faults.push({ file: label, line: at, path: issue.path.map(String).join('.'), message: allowed(issue) });
  }
  return null;
}

/** Faults that one field alone cannot show. */
function crossCheck(site: Parsed<SiteConfig>, robot: Parsed<RobotConfig>, siteFile: string, robotFile: string): ConfigFault[] {
  const places = Object.keys(site.value.places);
  const faults: ConfigFault[] = [];
  const needPlace = (name: string, path: (string | number)[]) => {
    if (!places.includes(name))
      faults.push({
        file: siteFile,
        line: site.at(path),
        path: path.join('.'),
        message: `no place "${name}"; places are: ${places.join(', ')}`,
      });
  };
  needPlace(site.value.home, ['home']);
  site.value.patrol.forEach((name, index) => {
    needPlace(name, ['patrol', index]);
  });
  const { marginMm, resumeMm } = robot.value.calibration;
  if (resumeMm <= marginMm) {
    const path = ['calibration', 'resumeMm'];
    faults.push({
      file: robotFile,
      line: robot.at(path),
      path: path.join('.'),
      message: `must be more than marginMm (${marginMm}), or the robot would flap between stop and go`,
    });
  }
  return faults;
}

export interface LoadedConfig {
  /** Digest of the robot's, the site's and its papers' files as they are: 64 hexadecimal digits of SHA-256. */
  version: string;
  robot: RobotConfig;
  site: SiteConfig;
  papers: Papers;
}

/** The site's papers and the bytes they were read from. */
function parsePapers(folder: string, site: Parsed<SiteConfig>, siteLabel: string, faults: ConfigFault[]) {
  const inPapers = (name: string) => join(folder, 'papers', name);
  const label = (file: string) => relative(process.cwd(), file) || file;
  const [ticketFile, receiptFile] = [inPapers(site.value.papers.ticket), inPapers(site.value.papers.receipt)];
  const ticket = parseFile(ticketFile, label(ticketFile), ticketTemplateSchema, faults);
  const receipt = parseFile(receiptFile, label(receiptFile), receiptTemplateSchema, faults);
  const logoFile = site.value.logo === undefined ? null : inPapers(site.value.logo);
  const logo = logoFile !== null && existsSync(logoFile) ? readFileSync(logoFile) : null;
  const fault = logoFile === null ? null : logo === null ? 'no such file' : logoFault(logo);
  if (fault !== null && logoFile !== null)
    faults.push({ file: siteLabel, line: site.at(['logo']), path: 'logo', message: `${label(logoFile)} ${fault}` });
  if (!ticket || !receipt) return null;
  return { papers: { ticket: ticket.value, receipt: receipt.value, logoFile }, read: [ticket.text, receipt.text, logo ?? ''] };
}

/**
 * Reads `<folder>/robots/<robotName>.yaml` and its site. Throws {@link ConfigError} naming every fault with file, line, path
 * and what is allowed there; nothing is silently replaced.
 */
export function loadConfig(folder: string, robotName: string): LoadedConfig {
  const faults: ConfigFault[] = [];
  const label = (file: string) => relative(process.cwd(), file) || file;
  const robotFile = join(folder, 'robots', `${robotName}.yaml`);
  const robot = parseFile(robotFile, label(robotFile), robotSchema, faults);
  const known = existsSync(join(folder, 'robots'))
    ? readdirSync(join(folder, 'robots')).flatMap((name) => /^(.+)\.yaml$/.exec(name)?.[1] ?? [])
    : [];
  if (!robot && !existsSync(robotFile))
    throw new ConfigError([
      { file: label(robotFile), line: 1, path: '', message: `no such file; robots are: ${known.join(', ') || 'none'}` },
    ]);
  const siteFile = robot ? join(folder, 'sites', `${robot.value.site}.yaml`) : null;
  const site = siteFile ? parseFile(siteFile, label(siteFile), siteSchema, faults) : null;
  if (robot && site && siteFile) faults.push(...crossCheck(site, robot, label(siteFile), label(robotFile)));
  const printed = site && siteFile ? parsePapers(folder, site, label(siteFile), faults) : null;
  if (faults.length > 0 || !robot || !site || !printed) throw new ConfigError(faults);
  const digest = createHash('sha256').update(robot.text);
  for (const part of [site.text, ...printed.read]) digest.update('\0').update(part);
  return { version: digest.digest('hex'), robot: robot.value, site: site.value, papers: printed.papers };
}

/** Reads `<folder>/sites/<siteName>.yaml` alone. Throws {@link ConfigError} like {@link loadConfig}. */
export function loadSite(folder: string, siteName: string): SiteConfig {
  return loadFile(join(folder, 'sites', `${siteName}.yaml`), siteSchema);
}

/** Reads one YAML file as `schema` states it. Throws {@link ConfigError} like {@link loadConfig}. */
export function loadFile<T>(file: string, schema: z.ZodType<T>): T {
  const faults: ConfigFault[] = [];
  const parsed = parseFile(file, relative(process.cwd(), file) || file, schema, faults);
  if (!parsed) throw new ConfigError(faults);
  return parsed.value;
}
