import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionFromAnswers, type PrinterMessage, StatusReader } from '../../../hardware/printer/status.ts';

const healthy = {
  offline: false,
  coverOpen: false,
  feeding: false,
  cutterError: false,
  unrecoverableError: false,
  selfRecoveringError: false,
  paperNearEnd: false,
  paperEnd: false,
};
const read = (...values: number[]) => new StatusReader('epson').push(Uint8Array.from(values));

describe('automatic status back', () => {
  it.each([
    ['all well', [0x10, 0x00, 0x00, 0x0f], {}],
    ['offline, cover open', [0x38, 0x00, 0x00, 0x00], { offline: true, coverOpen: true }],
    ['feeding', [0x50, 0x00, 0x00, 0x00], { feeding: true }],
    ['cutter', [0x18, 0x08, 0x00, 0x00], { offline: true, cutterError: true }],
    ['unrecoverable', [0x18, 0x20, 0x00, 0x00], { offline: true, unrecoverableError: true }],
    ['too hot', [0x18, 0x40, 0x00, 0x00], { offline: true, selfRecoveringError: true }],
    ['near end', [0x10, 0x00, 0x03, 0x00], { paperNearEnd: true }],
    ['end', [0x18, 0x00, 0x0f, 0x00], { offline: true, paperNearEnd: true, paperEnd: true }],
  ])('%s', (_, values, expected) => {
    expect(read(...values)).toEqual([{ kind: 'automaticStatus', condition: { ...healthy, ...expected } }]);
  });

  it('XON and XOFF may stand anywhere', () => {
    expect(read(0x11, 0x10, 0x13, 0x00, 0x11, 0x00, 0x0f)).toEqual([{ kind: 'automaticStatus', condition: healthy }]);
    expect(read(0x37, 0x22, 0x13, 0x41, 0x42, 0x11, 0x43, 0x44, 0x00)).toEqual([{ kind: 'confirmed', processId: 'ABCD' }]);
  });
});

describe('answers', () => {
  it('reads the four answers', () => {
    expect(conditionFromAnswers([0x12, 0x12, 0x12, 0x12])).toEqual(healthy);
    expect(conditionFromAnswers([0x1a, 0x16, 0x12, 0x12])).toEqual({ ...healthy, offline: true, coverOpen: true });
    expect(conditionFromAnswers([0x1a, 0x32, 0x12, 0x7e])).toEqual({ ...healthy, offline: true, paperNearEnd: true, paperEnd: true });
    expect(conditionFromAnswers([0x1a, 0x52, 0x1a, 0x12])).toEqual({ ...healthy, offline: true, cutterError: true });
    expect(conditionFromAnswers([0x12, 0x12, 0x12, 0x1e])).toEqual({ ...healthy, paperNearEnd: true });
  });
  it('reads the blocks', () => {
    expect(read(0x37, 0x25, 0x00, 0x5f, 0x31, 0x00)).toEqual([{ kind: 'bufferCleared' }, { kind: 'otherBlock' }]);
  });
});

describe('resynchronising', () => {
  it('a torn confirmation does not swallow the next one', () => {
    const reader = new StatusReader('epson');
    const messages = reader.push(Uint8Array.from([0x37, 0x22, 0x41, 0x37, 0x22, 0x41, 0x42, 0x43, 0x44, 0x00]));
    expect(messages).toContainEqual({ kind: 'confirmed', processId: 'ABCD' });
    expect(reader.rejectedBytes).toBe(3);
  });

  it('a torn status does not swallow the next message', () => {
    expect(read(0x10, 0x00, 0x37, 0x25, 0x00)).toEqual([{ kind: 'bufferCleared' }]);
  });

  const frames: { bytes: number[]; message: PrinterMessage }[] = [
    { bytes: [0x10, 0x00, 0x00, 0x0f], message: { kind: 'automaticStatus', condition: healthy } },
    { bytes: [0x37, 0x22, 0x54, 0x30, 0x30, 0x31, 0x00], message: { kind: 'confirmed', processId: 'T001' } },
    { bytes: [0x37, 0x25, 0x00], message: { kind: 'bufferCleared' } },
    { bytes: [0x1a], message: { kind: 'statusByte', value: 0x1a } },
  ];

  it('any sequence of frames in any pieces reads the same', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...frames), { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
        (sequence, cuts) => {
          const bytes = sequence.flatMap((frame) => frame.bytes);
          const reader = new StatusReader('epson');
          const messages: PrinterMessage[] = [];
          for (let at = 0, n = 0; at < bytes.length; n += 1) {
            const length = cuts[n % cuts.length] ?? 1;
            messages.push(...reader.push(Uint8Array.from(bytes.slice(at, at + length))));
            at += length;
          }
          expect(messages).toEqual(sequence.map((frame) => frame.message));
          expect(reader.rejectedBytes).toBe(0);
        },
      ),
    );
  });

  it('after any garbage, the second of two frames is always understood, and no byte is lost from the count', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (garbage) => {
        const reader = new StatusReader('epson');
        reader.push(garbage);
        // A block cannot be longer than 80 bytes, so 80 bytes that fit nothing end whatever the garbage began.
        reader.push(new Uint8Array(80).fill(0xff));
        expect(reader.push(Uint8Array.from([0x37, 0x22, 0x54, 0x30, 0x30, 0x31, 0x00]))).toEqual([
          { kind: 'confirmed', processId: 'T001' },
        ]);
      }),
    );
  });
});
