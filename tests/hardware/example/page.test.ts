import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { robotSchema } from '../../../config/schema.ts';
import { errorKinds } from '../../../src/core/errors.ts';
import { peopleCounterSchema } from './people-counter.config.ts';

/** The page and the example that follows it must not drift apart. */
const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('hardware/README.md', root), 'utf8');
const here = readdirSync(new URL('.', import.meta.url));

const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, heading = '']) => heading);
const yamlBlocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']): unknown => parse(block));
const named = [...page.matchAll(/`([^`\s]+)`/g)].map(([, word = '']) => word);

describe('how to add a peripheral', () => {
  it('every step is numbered and names a file of the example', () => {
    const steps = headings.map((heading) => /^(\d+)\. [A-Z][^`]+: `(people-counter[a-z.]*\.ts)`$/.exec(heading));
    expect(steps.map((step) => Number(step?.[1]))).toEqual(headings.map((_, index) => index + 1));
    for (const step of steps) expect(here).toContain(step?.[2]);
  });

  it('every file of the example belongs to a step', () => {
    const own = here.filter((file) => file.startsWith('people-counter'));
    expect(own.length).toBeGreaterThan(5);
    for (const file of own) expect(headings.filter((heading) => heading.endsWith(`\`${file}\``))).toHaveLength(1);
  });

  it('files and codes that it names exist', () => {
    const paths = named.filter((word) => /^(src|hardware|simulators|tests|config)\/[^<]*$/.test(word));
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths) expect(existsSync(new URL(path, root)), path).toBe(true);
    const rooms = named.filter((word) => /^[a-z-]+\/$/.test(word));
    for (const room of rooms) expect(existsSync(new URL(`hardware/${room}`, root)), room).toBe(true);
    const codes = named.filter((word) => /^[A-Z]+_[A-Z_]+$/.test(word));
    expect(codes).toContain('DEVICE_FAULTY');
    for (const code of codes) expect(Object.keys(errorKinds)).toContain(code);
  });

  it('is one page', () => expect(page.split('\n').length).toBeLessThan(120));
});

describe('the configuration it shows', () => {
  const shape = robotSchema.partial();

  it('is one that the robot takes', () => {
    const result = shape.safeParse(yamlBlocks[0]);
    expect(result.error?.issues ?? []).toEqual([]);
    expect(shape.safeParse({ printer: { path: 'x', profile: 'no such' } }).success).toBe(false);
  });

  it('names every key that the table promises', () => {
    const keys = [...page.matchAll(/\| `([a-zA-Z]+)` \|$/gm)].map(([, key = '']) => key);
    expect(keys.length).toBeGreaterThan(5);
    expect(new Set(Object.keys(Object(yamlBlocks[0])))).toEqual(new Set(keys));
  });

  it('is one that the example takes', () => {
    expect(peopleCounterSchema.parse(Object(yamlBlocks[1]).peopleCounter)).toMatchObject({ baudRate: 9600 });
  });
});
