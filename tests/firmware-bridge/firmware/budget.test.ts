import { beforeAll, describe, expect, test } from 'vitest';
import { deepestStack, excess, type Need } from '../../../firmware-bridge/firmware/budget.ts';
import { build } from '../../../firmware-bridge/firmware/build.ts';
import { EmulatedBoard } from './emulated-board.ts';

/** `name: lines` as avr-objdump prints them. */
const disassembly = (routines: Record<string, readonly string[]>): string =>
  Object.entries(routines)
    .map(([name, lines]) => `00000100 <${name}>:\n${lines.map((line) => `     100:\t00 00       \t${line}`).join('\n')}`)
    .join('\n\n');
const frames = (bytes: Record<string, number>): string =>
  Object.entries(bytes)
    .map(([name, size]) => `main.c:1:1:${name}\t${size}\tstatic\n`)
    .join('');
const call = (name: string): string => `call\t0x200\t; 0x200 <${name}>`;

describe('the deepest stack', () => {
  test('follows the deeper of two calls and puts the deeper interrupt on top', () => {
    const text = disassembly({
      main: [call('near'), call('far'), 'rjmp\t.-2'],
      near: ['ret'],
      far: [call('farther.lto_priv.7'), 'ret'],
      'farther.lto_priv.7': ['ret'],
      __vector_1: ['reti'],
      __vector_2: [call('near'), 'reti'],
    });
    const usage = frames({ main: 10, near: 20, far: 8, farther: 16, __vector_1: 11, __vector_2: 7 });
    expect(deepestStack(text, usage)).toEqual({
      stackBytes: 10 + 8 + 16 + 7 + 20,
      deepestPath: ['main', 'far', 'farther.lto_priv.7', '__vector_2', 'near'],
    });
  });

  test('an indirect call may reach any function that nobody calls by name', () => {
    const text = disassembly({ main: ['eicall', call('named')], named: ['ret'], pointedAt: ['ret'] });
    expect(deepestStack(text, frames({ main: 5, named: 6, pointedAt: 50 })).stackBytes).toBe(55);
  });

  test('a jump to another function counts as a call', () => {
    const text = disassembly({ main: [call('first')], first: ['jmp\t0x200\t; 0x200 <second>'], second: ['ret'] });
    expect(deepestStack(text, frames({ main: 5, first: 6, second: 30 })).stackBytes).toBe(41);
  });

  test('routines of the library: what they push, whatever way they jump about', () => {
    const text = disassembly({
      main: [call('__divide')],
      __divide: ['push\tr16', 'push\tr17', 'rjmp\t.+2\t; 0x200 <__divide_loop>'],
      __divide_loop: ['push\tr18', 'brne\t.-2\t; 0x200 <__divide>', 'ret'],
    });
    expect(deepestStack(text, frames({ main: 5 })).stackBytes).toBe(5 + 3 + 3);
  });

  test('recursion and frames of unknown size have no bound', () => {
    const round = disassembly({ main: [call('left')], left: [call('right')], right: [call('left')] });
    expect(() => deepestStack(round, frames({ main: 5, left: 5, right: 5 }))).toThrow(/calls itself/);
    expect(() => deepestStack(disassembly({ main: ['ret'] }), 'main.c:1:1:main\t9\tdynamic\n')).toThrow(/not bounded/);
    expect(() => deepestStack(disassembly({ other: ['ret'] }), '')).toThrow(/no main/);
  });
});

test('a program beyond its budget is told so', () => {
  const need = { flashBytes: 32_768, staticBytes: 3072, stackBytes: 2048, deepestPath: [] };
  expect(excess(need)).toEqual([]);
  expect(excess({ ...need, flashBytes: 32_769 })).toEqual(['flash: 32769 bytes, 32768 allowed']);
  expect(excess({ ...need, staticBytes: 3073 })).toEqual(['static RAM: 3073 bytes, 3072 allowed']);
  expect(excess({ ...need, stackBytes: 2049 })).toEqual(['stack: 2049 bytes, 2048 allowed']);
});

describe('this firmware', () => {
  let need: Need;
  beforeAll(() => {
    need = build().need;
  }, 120_000);

  test('fits: 32 KB of flash, 3 KB of variables, 2 KB of stack', () => {
    expect(need.flashBytes).toBeLessThanOrEqual(32 * 1024);
    expect(need.staticBytes).toBeLessThanOrEqual(3 * 1024);
    expect(need.stackBytes).toBeLessThanOrEqual(2 * 1024);
    expect(need.deepestPath[0]).toBe('main');
  });

  test('its painted stack stays within the computed bound under full traffic', { timeout: 120_000 }, () => {
    const board = new EmulatedBoard().start();
    board.run(3000, () => {
      board.send({ name: 'drive', leftMmS: 250, rightMmS: 200, validMs: 100 });
      board.send({ name: 'queryDispense', dispenseId: 3 });
      board.mega.hostWrite(Uint8Array.from([0xf9, 0xf0, 0x6b, 0xf7, 0xf0, 0x69, 0xf7, 0xf4, 46, 3, 0xee, 0x10, 0x01, 0xd3, 1]));
    });
    const { stackFreeBytes, missedTicks, rejectedFrames } = board.last('state');
    const deepest = 2048 - stackFreeBytes;
    // Less than half of the bound would mean that the paint is not looked at.
    expect(deepest).toBeGreaterThan(need.stackBytes / 2);
    expect(deepest).toBeLessThanOrEqual(need.stackBytes);
    expect({ missedTicks, rejectedFrames }).toEqual({ missedTicks: 0, rejectedFrames: 0 });
  });
});
