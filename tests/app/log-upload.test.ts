import { expect, it } from 'vitest';
import { partsOf } from '../../src/app/log-upload.ts';
import { logPartSchema, maxPayloadBytes } from '../../src/queue/contract.ts';

const head = {
  version: 1,
  ward: 'cua-nam',
  messageId: '01KE6M4Z5P8Q3R7S9T1V2W4X6Y',
  sentAt: '2026-01-05T08:00:00+07:00',
  robotId: 'robot-1',
  uploadId: '01KE6M4Z5P8Q3R7S9T1V2W4X6Y',
};

it.each([
  ['nothing', []],
  ['short lines', Array.from({ length: 4321 }, (_, index) => `line ${index}`)],
  ['lines of quotes and Hangul, which grow', Array.from({ length: 300 }, (_, index) => `${index} ${'"한'.repeat(900)}`)],
  ['one line too long', ['x'.repeat(100_000)]],
])('%s come in parts that the contract takes, whole and in order', (_name, lines) => {
  const parts = partsOf(lines);
  expect(parts.length).toBeGreaterThan(0);
  expect(parts.flat()).toEqual(lines.map((line) => line.slice(0, 2000)));
  parts.forEach((part, index) => {
    const message = { ...head, part: index + 1, parts: parts.length, lines: part };
    expect(logPartSchema.safeParse(message).success).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(maxPayloadBytes);
  });
});
