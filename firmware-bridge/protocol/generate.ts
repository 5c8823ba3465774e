/**
 * Turns messages.ts, pins.ts, limits.ts and safety-functions.ts into the firmware's C, the host's TypeScript, PROTOCOL.md, SAFETY.md and
 * golden frames.
 * `npx tsx firmware-bridge/protocol/generate.ts` writes; with `--check` it names what differs and exits with 1.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cHeader, cSource } from './generate/c.ts';
import { protocolDocument } from './generate/document.ts';
import { limitsHeader } from './generate/limits.ts';
import { pinsHeader } from './generate/pins.ts';
import { safetyDocument } from './generate/safety.ts';
import { goldenFrames } from './generate/samples.ts';
import { typescriptCodec } from './generate/typescript.ts';

const bridge = fileURLToPath(new URL('..', import.meta.url));

const products: Record<string, () => string> = {
  'firmware/link/generated/messages.h': cHeader,
  'firmware/link/generated/messages.c': cSource,
  'firmware/board/generated/pins.h': pinsHeader,
  'firmware/safety/generated/limits.h': limitsHeader,
  'protocol/generated/messages.ts': typescriptCodec,
  'protocol/generated/golden.json': goldenFrames,
  'protocol/PROTOCOL.md': protocolDocument,
  'SAFETY.md': safetyDocument,
};

const stale = Object.entries(products).flatMap(([file, make]) => {
  const path = join(bridge, file);
  const text = make();
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return [];
  return [{ path, text }];
});

if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${relative(process.cwd(), path)} is not what generate.ts makes`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const { path, text } of stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${relative(process.cwd(), path)}`);
  }
}
