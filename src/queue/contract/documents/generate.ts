/**
 * Makes asyncapi.yaml, the JSON Schemas and the tables and examples of CONTRACT.md out of the contract.
 * `npx tsx src/queue/contract/documents/generate.ts` writes; with `--check` it names what differs and exits with 1.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asyncapiDocument } from './asyncapi.ts';
import { fillPage } from './page.ts';
import { schemaDocuments } from './schemas.ts';

const queue = fileURLToPath(new URL('../..', import.meta.url));
const schemas = join(queue, 'contract/schemas');
const page = join(queue, 'CONTRACT.md');
const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : null);

const made = schemaDocuments();
const products: Record<string, string> = {
  [join(queue, 'contract/asyncapi.yaml')]: asyncapiDocument(),
  [page]: fillPage(read(page) ?? ''),
  ...Object.fromEntries(Object.entries(made).map(([file, text]) => [join(schemas, file), text])),
};
const stale = Object.entries(products).filter(([path, text]) => read(path) !== text);
/** Schemas of messages that are no more. */
const left = existsSync(schemas) ? readdirSync(schemas).filter((file) => made[file] === undefined) : [];
const shown = (path: string) => relative(process.cwd(), path);

if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${shown(path)} is not what generate.ts makes`);
  for (const file of left) console.error(`${shown(join(schemas, file))} belongs to no message`);
  process.exitCode = stale.length + left.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${shown(path)}`);
  }
  for (const file of left) rmSync(join(schemas, file));
}
