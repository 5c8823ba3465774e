import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const folder = fileURLToPath(new URL('../../../src/queue/contract/schemas/', import.meta.url));

/** The JSON Schemas as they lie in the repository, compiled by a validator that knows nothing of zod. */
export function compiledSchemas(): Map<string, ValidateFunction> {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false });
  formats.default(ajv);
  return new Map(
    readdirSync(folder).map((file): [string, ValidateFunction] => [
      file.replace('.schema.json', ''),
      ajv.compile(JSON.parse(readFileSync(folder + file, 'utf8'))),
    ]),
  );
}
