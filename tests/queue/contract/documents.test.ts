import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fillPage } from '../../../src/queue/contract/documents/page.ts';
import { schemaDocuments } from '../../../src/queue/contract/documents/schemas.ts';
import { channels } from '../../../src/queue/contract.ts';
import { compiledSchemas } from './schemas.ts';

const queue = fileURLToPath(new URL('../../../src/queue/', import.meta.url));
const page = readFileSync(`${queue}CONTRACT.md`, 'utf8');
const asyncapi: Record<string, Record<string, Record<string, unknown>>> = parse(readFileSync(`${queue}contract/asyncapi.yaml`, 'utf8'));

/** Every `$ref` of a document with the path it stands at. */
function refsIn(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): [string, string][] =>
    key === '$ref' && typeof inner === 'string' ? [[path, inner]] : refsIn(inner, `${path}/${key}`),
  );
}

function resolve(ref: string): unknown {
  return ref
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined), asyncapi);
}

describe('the documents', () => {
  it('are what the declarations make', () => {
    for (const [file, text] of Object.entries(schemaDocuments()))
      expect(readFileSync(`${queue}contract/schemas/${file}`, 'utf8')).toBe(text);
    expect(fillPage(page)).toBe(page);
  });

  it('are noticed when they differ', () => {
    const changed = page.replace('is the queue server there |', 'is somebody there |');
    expect(changed).not.toBe(page);
    expect(fillPage(changed)).toBe(page);
    expect(() => fillPage(page.replace('<!-- generated: topics -->', '<!-- generated: nothing -->'))).toThrow(RangeError);
  });
});

describe('asyncapi.yaml', () => {
  it('is AsyncAPI 3.0 whose references all lead somewhere', () => {
    expect(asyncapi.asyncapi).toBe('3.0.0');
    const refs = refsIn(asyncapi);
    expect(refs.length).toBeGreaterThan(100);
    const schemas = new Set([...compiledSchemas().keys()].map((name) => `./schemas/${name}.schema.json`));
    for (const [path, ref] of refs) {
      if (ref.startsWith('#/')) expect(resolve(ref), `${path} -> ${ref}`).toBeDefined();
      else expect(schemas, path).toContain(ref);
    }
  });

  it('has every topic with the parameters of its address', () => {
    expect(Object.values(asyncapi.channels ?? {}).map(({ address }) => address)).toEqual(
      Object.values(channels).map(({ address }) => address),
    );
    for (const { address, parameters } of Object.values(asyncapi.channels ?? {}))
      expect(Object.keys(Object(parameters)).sort()).toEqual([...String(address).matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort());
  });

  it('has an operation for every message, with the reply it awaits', () => {
    const operations = Object.entries(asyncapi.operations ?? {});
    expect(operations).toHaveLength(Object.keys(channels).length - 2);
    for (const [name, operation] of operations) {
      const asks = name.startsWith('commands-') || /^(hello|tickets-|checkins|feedback|petitions|registrations|leases)/.test(name);
      expect(operation.reply !== undefined, name).toBe(asks);
      expect(operation.action, name).toBe(/^(queueConnection|services|calls|updates|serving|commands-)/.test(name) ? 'send' : 'receive');
    }
  });
});
