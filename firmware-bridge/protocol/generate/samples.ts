import { crc16, toSevenBit } from '../codec.ts';
import type { FieldDeclaration, MessageDeclaration } from '../messages.ts';
import { messages, notice, rangeOf } from './names.ts';

const widths = { u8: 1, u16: 2, u32: 4, i16: 2, i32: 4 } as const;
const hex = (bytes: readonly number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');

type Pick = (field: FieldDeclaration) => number;
const picks: Record<string, Pick> = {
  lowest: (field) => rangeOf(field).min,
  highest: (field) => rangeOf(field).max,
  between: (field) => {
    const { min, max } = rangeOf(field);
    return field.bits ? max & 0x55 : Math.floor(min + (max - min) * 0.382);
  },
};

function frame(message: MessageDeclaration, seq: number, values: readonly number[]): number[] {
  const fields = message.fields.flatMap((field, index) =>
    Array.from({ length: widths[field.type] }, (_, at) => Math.floor((values[index] ?? 0) / 2 ** (8 * at)) & 0xff),
  );
  const crc = crc16([message.id, seq, ...fields]);
  return [0xf0, message.id, ...toSevenBit([seq, ...fields, crc & 0xff, crc >> 8]), 0xf7];
}

/** Raw field values in declaration order and the frame they must become; written without the generated codecs. */
export function goldenFrames(): string {
  const frames = messages.flatMap((message, index) =>
    Object.entries(picks).map(([sample, pick], turn) => {
      const seq = (17 * index + 101 * turn) & 0xff;
      const values = message.fields.map(pick);
      return { message: message.name, from: message.from, sample, seq, values, frame: hex(frame(message, seq, values)) };
    }),
  );
  return `${JSON.stringify({ generated: notice, frames }, null, 1)}\n`;
}
