import { avrInstruction, CPU } from 'avr8js';
import { expect, it } from 'vitest';
import { execute } from '../../../simulators/mega2560/instructions.ts';
import { SeededRandom } from '../../../src/core/random.ts';

/** Half carry: avr8js 0.21.1 takes it from bit 0, the part from bit 3. Told apart in the second test. */
const halfCarry = 0x20;

/** Every opcode, each from two random states, must leave registers, memory, program counter and cycles as avr8js leaves them. */
it('executes every one of 65536 opcodes as avr8js does', () => {
  const random = new SeededRandom(2560);
  const byte = () => Math.floor(random.next() * 256);
  const program = new Uint16Array(0x20000);
  const ours = new CPU(program, 0x2100);
  const theirs = new CPU(program, 0x2100);
  const wrong = new Set<string>();
  for (let opcode = 0; opcode < 0x10000; opcode += 1) {
    for (let round = 0; round < 2; round += 1) {
      const pc = 0x1000 + byte();
      program[pc] = opcode;
      program[pc + 1] = 0x300 + byte();
      for (const cpu of [ours, theirs]) {
        cpu.pc = pc;
        cpu.cycles = 100;
      }
      const registers = Array.from({ length: 32 }, byte);
      registers[27] = registers[29] = registers[31] = 0x10; // X, Y and Z point into SRAM
      const rest: [number, number][] = [
        [95, byte()],
        [93, byte()],
        [94, 0x18],
        [0x5b, 0],
        [0x5c, 0],
        ...Array.from({ length: 8 }, (): [number, number] => [0x1000 + byte(), byte()]),
      ];
      for (const cpu of [ours, theirs]) {
        cpu.data.set(registers);
        for (const [address, value] of rest) cpu.data[address] = value;
      }
      execute(ours, opcode);
      avrInstruction(theirs);
      for (const cpu of [ours, theirs]) cpu.data[95] = (cpu.data[95] ?? 0) & ~halfCarry;
      const same = ours.pc === theirs.pc && ours.cycles === theirs.cycles && Buffer.compare(ours.data, theirs.data) === 0;
      if (!same) wrong.add(opcode.toString(16));
      ours.data.set(theirs.data);
    }
  }
  expect([...wrong]).toEqual([]);
}, 60_000);

it.each([
  ['add r16,r17', 0x0f01, 0, (d: number, r: number) => (d & 15) + (r & 15) > 15],
  ['adc r16,r17 with carry', 0x1f01, 1, (d: number, r: number) => (d & 15) + (r & 15) + 1 > 15],
  ['sub r16,r17', 0x1b01, 0, (d: number, r: number) => (d & 15) < (r & 15)],
  ['sbc r16,r17 with carry', 0x0b01, 1, (d: number, r: number) => (d & 15) < (r & 15) + 1],
  ['cp r16,r17', 0x1701, 0, (d: number, r: number) => (d & 15) < (r & 15)],
])('takes the half carry of %s from bit 3', (_, opcode, sreg, expected) => {
  const cpu = new CPU(Uint16Array.of(opcode, 0), 0x2100);
  for (let operands = 0; operands < 0x10000; operands += 7) {
    cpu.pc = 0;
    cpu.data[16] = operands & 0xff;
    cpu.data[17] = operands >> 8;
    cpu.data[95] = sreg;
    execute(cpu, opcode);
    expect((cpu.SREG & halfCarry) !== 0).toBe(expected(operands & 0xff, operands >> 8));
  }
});
