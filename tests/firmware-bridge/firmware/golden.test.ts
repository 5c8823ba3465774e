import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import golden from '../../../firmware-bridge/protocol/generated/golden.json' with { type: 'json' };
import { firmwareSources, runC } from './c-program.ts';

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const bytes = (hex: string): string => (hex.match(/../g) ?? []).map((byte) => `0x${byte}`).join(', ');

/** A C block that encodes the raw values, compares, decodes, and encodes what was decoded. */
function block({ message, from, seq, values, frame }: (typeof golden.frames)[number], index: number): string {
  const literals = values.length > 0 ? values.map((value) => `${value}LL`).join(', ') : '0';
  return `{
  static const uint8_t wanted[] = {${bytes(frame)}};
  const ${pascal(message)}Message message = {${literals}};
  uint8_t frame[256];
  ${pascal(from)}Message decoded;
  const bool encoded = encode_${message}(&message, ${seq}, frame) == sizeof wanted && memcmp(frame, wanted, sizeof wanted) == 0;
  const bool accepted = decode_${from}_frame(wanted + 1, sizeof wanted - 2, &decoded) == FRAME_OK && decoded.seq == ${seq};
  const bool same = accepted && encode_${message}(&decoded.${message}, decoded.seq, frame) == sizeof wanted && memcmp(frame, wanted, sizeof wanted) == 0;
  printf("${index} %s\\n", encoded && same ? "ok" : "differs");
}`;
}

test('the C codec makes and reads every golden frame', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'letan-golden-'));
  try {
    const source = join(folder, 'golden.c');
    const blocks = golden.frames.map(block).join('\n');
    const includes = '#include <stdbool.h>\n#include <stdio.h>\n#include <string.h>\n#include "link/generated/messages.h"\n';
    writeFileSync(source, `${includes}int main(void) {\n${blocks}\nreturn 0;\n}\n`);
    const lines = runC([
      source,
      join(new URL('../../../firmware-bridge/firmware/link/codec.c', import.meta.url).pathname),
      ...firmwareSources('link/generated'),
    ])
      .trim()
      .split('\n');
    expect(lines).toEqual(golden.frames.map((_, index) => `${index} ok`));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
