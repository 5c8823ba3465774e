import { expect, it } from 'vitest';
import { Mega2560 } from '../../../simulators/mega2560/mega2560.ts';

/** Flash addresses are in bytes; programs are AVR opcodes written out, so that nothing but the part is needed to read them. */
const bootAt = 0x3e000;
const ldi = (register: number, value: number) => 0xe000 | ((value & 0xf0) << 4) | ((register - 16) << 4) | (value & 0xf);
const out = (address: number, register: number) => 0xb800 | ((address & 0x30) << 5) | (register << 4) | (address & 0xf);
const movw = (to: number, from: number) => 0x0100 | ((to >> 1) << 4) | (from >> 1);
const spm = 0x95e8;
const nop = 0x0000;
const stay = 0xcfff;
const io = { SPMCSR: 0x37, RAMPZ: 0x3b, PORTB: 0x05, DDRB: 0x04 };
const order = { fill: 0x01, erase: 0x03, write: 0x05, enableRww: 0x11 };

/** Z and RAMPZ to `address`. */
const point = (address: number) => [ldi(16, address >> 16), out(io.RAMPZ, 16), ldi(30, address & 0xff), ldi(31, (address >> 8) & 0xff)];
const give = (what: number, between: number[] = []) => [ldi(17, what), out(io.SPMCSR, 17), ...between, spm];
/** Waits while SPMCSR.SPMEN is set: in r18, SPMCSR; sbrc r18,0; rjmp .-6 */
const wait = [0xb720 | (io.SPMCSR & 0xf), 0xfd20, 0xcffd];
/** r1:r0 to `value`. */
const value = (word: number) => [ldi(24, word & 0xff), ldi(25, word >> 8), movw(0, 24)];
const led = [ldi(19, 0x80), out(io.DDRB, 19), out(io.PORTB, 19)];

function machine(words: number[], at = bootAt): Mega2560 {
  const flash = new Uint8Array(0x40000).fill(0xff);
  flash.fill(0, 0x20100, 0x20200); // a page that is full of zeros
  flash.set(new Uint8Array(Uint16Array.from([...words, stay]).buffer), at);
  return new Mega2560({ flash, bootReset: at === bootAt, startUpMs: 0 });
}
const word = (mega: Mega2560, address: number) => {
  const flash = mega.readFlash();
  return (flash[address] ?? 0) | ((flash[address + 1] ?? 0) << 8);
};
const page = 0x20100;

it('the boot section erases and writes a page beyond 128 KB, 4.5 ms each, and sees when it is done', () => {
  const mega = machine([
    ...[...point(page), ...give(order.erase), ...wait],
    ...[...point(page + 6), ...value(0x1234), ...give(order.fill), ...point(page), ...give(order.write), ...wait, ...give(order.enableRww)],
    ...led,
  ]);
  mega.runFor(8.9);
  expect(mega.outputLevel('B', 7)).toBe(false);
  mega.runFor(0.2);
  expect(mega.outputLevel('B', 7)).toBe(true);
  expect([word(mega, page), word(mega, page + 6), word(mega, page + 0xfe)]).toEqual([0xffff, 0x1234, 0xffff]);
  expect([word(mega, page - 2), word(mega, page + 0x100)]).toEqual([0xffff, 0xffff]);
});

it('without erasing, writing only clears bits', () => {
  const mega = machine([
    ...point(0x400),
    ...value(0x00ff),
    ...give(order.fill),
    ...give(order.write),
    ...wait,
    ...value(0xff0f),
    ...give(order.fill),
    ...give(order.write),
  ]);
  mega.runFor(12);
  expect(word(mega, 0x400)).toBe(0x000f);
});

it('a program outside the boot section writes nothing', () => {
  const mega = machine([...point(page), ...give(order.erase), ...led], 0);
  mega.runFor(10);
  expect(mega.outputLevel('B', 7)).toBe(true);
  expect(word(mega, page)).toBe(0);
});

it('the boot section is never erased, its own lock bits forbid it', () => {
  const mega = machine([
    ...point(0x3ff00),
    ...value(0),
    ...give(order.fill),
    ...give(order.write),
    ...wait,
    ...point(bootAt),
    ...give(order.erase),
    ...wait,
    ...led,
  ]);
  mega.runFor(12);
  expect(mega.outputLevel('B', 7)).toBe(true);
  expect([word(mega, 0x3ff00), word(mega, bootAt)]).toEqual([0xffff, ldi(16, 0x03)]);
});

it.each([
  ['in time', 2, 0xffff],
  ['too late', 6, 0],
])('an order and its SPM %s', (_, nops, expected) => {
  const mega = machine([...point(page), ...give(order.erase, new Array<number>(nops).fill(nop))]);
  mega.runFor(10);
  expect(word(mega, page)).toBe(expected);
});

it('a reset in the middle of erasing leaves half of the page', () => {
  const mega = machine([...point(page), ...give(order.erase)]);
  mega.runFor(2);
  mega.reset('powerOn');
  expect([word(mega, page), word(mega, page + 0x80)]).toEqual([0xffff, 0]);
});
