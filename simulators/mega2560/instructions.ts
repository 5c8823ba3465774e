import { avrInstruction, type CPU } from 'avr8js';

/**
 * The instructions that compiled C spends its time in, chosen through one table look-up. avr8js tries its 100-odd patterns one after
 * the other; whatever is not here is left to it. A test compares each of these with avr8js, state by state.
 */

const sregAt = 95;
const stackAt = 93;
/** SREG bits. */
const C = 0x01;
const Z = 0x02;
const N = 0x04;
const V = 0x08;
const S = 0x10;
const H = 0x20;
const pcMask = 0x1ffff;

/** Kind of each instruction: small integers, so that the switch becomes a jump table. */
const kind = {
  other: 0,
  add: 1,
  adc: 2,
  sub: 3,
  sbc: 4,
  cp: 5,
  cpc: 6,
  and: 7,
  or: 8,
  eor: 9,
  mov: 10,
  cpi: 11,
  subi: 12,
  sbci: 13,
  andi: 14,
  ori: 15,
  ldi: 16,
  movw: 17,
  rjmp: 18,
  brbs: 19,
  brbc: 20,
  lds: 21,
  sts: 22,
  lddZ: 23,
  lddY: 24,
  stdZ: 25,
  stdY: 26,
  push: 27,
  pop: 28,
  in: 29,
  out: 30,
  ret: 31,
  call: 32,
  jmp: 33,
  lsr: 34,
  ror: 35,
  spm: 36,
  skip: 37,
  adiw: 38,
  sbiw: 39,
} as const;

/** `[mask, value]` of each opcode. */
const patterns = {
  add: [0xfc00, 0x0c00],
  adc: [0xfc00, 0x1c00],
  sub: [0xfc00, 0x1800],
  sbc: [0xfc00, 0x0800],
  cp: [0xfc00, 0x1400],
  cpc: [0xfc00, 0x0400],
  and: [0xfc00, 0x2000],
  or: [0xfc00, 0x2800],
  eor: [0xfc00, 0x2400],
  mov: [0xfc00, 0x2c00],
  cpi: [0xf000, 0x3000],
  subi: [0xf000, 0x5000],
  sbci: [0xf000, 0x4000],
  andi: [0xf000, 0x7000],
  ori: [0xf000, 0x6000],
  ldi: [0xf000, 0xe000],
  movw: [0xff00, 0x0100],
  rjmp: [0xf000, 0xc000],
  brbs: [0xfc00, 0xf000],
  brbc: [0xfc00, 0xf400],
  lds: [0xfe0f, 0x9000],
  sts: [0xfe0f, 0x9200],
  lddZ: [0xd208, 0x8000],
  lddY: [0xd208, 0x8008],
  stdZ: [0xd208, 0x8200],
  stdY: [0xd208, 0x8208],
  push: [0xfe0f, 0x920f],
  pop: [0xfe0f, 0x900f],
  in: [0xf800, 0xb000],
  out: [0xf800, 0xb800],
  ret: [0xffff, 0x9508],
  call: [0xfe0e, 0x940e],
  jmp: [0xfe0e, 0x940c],
  lsr: [0xfe0f, 0x9406],
  ror: [0xfe0f, 0x9407],
  spm: [0xffff, 0x95e8],
  skip: [0xfc08, 0xfc00],
  adiw: [0xff00, 0x9600],
  sbiw: [0xff00, 0x9700],
} as const satisfies Record<Exclude<keyof typeof kind, 'other'>, readonly [number, number]>;

/** Kind by opcode. */
const kinds = new Uint8Array(0x10000).fill(kind.other);
for (const name of Object.keys(patterns) as (keyof typeof patterns)[]) {
  const [mask, value] = patterns[name];
  for (let opcode = 0; opcode < kinds.length; opcode += 1) if ((opcode & mask) === value) kinds[opcode] = kind[name];
}

const at = (bytes: Uint8Array | Uint16Array, index: number): number => bytes[index] ?? 0;
const word = (data: Uint8Array, index: number): number => (data[index] ?? 0) | ((data[index + 1] ?? 0) << 8);

/** SREG after an 8-bit addition (all but I and T). */
function addFlags(sreg: number, d: number, r: number, sum: number): number {
  const result = sum & 0xff;
  const carries = (d & r) | ((d | r) & ~result);
  const negative = result & 0x80 ? N : 0;
  const overflow = (d ^ result) & (r ^ result) & 0x80 ? V : 0;
  const sign = (negative !== 0) !== (overflow !== 0) ? S : 0;
  return (sreg & 0xc0) | (result === 0 ? Z : 0) | negative | overflow | sign | (sum & 0x100 ? C : 0) | (carries & 8 ? H : 0);
}

/** SREG after an 8-bit subtraction; `keepZero`: with carry in, Z stays only if it was set. */
function subFlags(sreg: number, d: number, r: number, difference: number, keepZero: boolean): number {
  const result = difference & 0xff;
  const borrows = (~d & r) | (r & result) | (result & ~d);
  const negative = result & 0x80 ? N : 0;
  const overflow = (d ^ r) & (d ^ result) & 0x80 ? V : 0;
  const sign = (negative !== 0) !== (overflow !== 0) ? S : 0;
  const zero = result === 0 ? (keepZero ? sreg & Z : Z) : 0;
  return (sreg & 0xc0) | zero | negative | overflow | sign | (borrows & 0x80 ? C : 0) | (borrows & 8 ? H : 0);
}

function logicFlags(sreg: number, result: number): number {
  return (sreg & 0xe1) | (result === 0 ? Z : 0) | (result & 0x80 ? N | S : 0);
}

function shiftFlags(sreg: number, value: number, result: number): number {
  const carry = value & 1;
  const negative = result & 0x80 ? N : 0;
  const overflow = (negative !== 0) !== (carry !== 0) ? V : 0;
  const sign = (negative !== 0) !== (overflow !== 0) ? S : 0;
  return (sreg & 0xe0) | (result === 0 ? Z : 0) | negative | overflow | sign | carry;
}

/** SREG after adding to (`carry` = set bits of ~result & value) or subtracting from a register pair; `H` stays as it was. */
function pairFlags(sreg: number, overflow: number, carry: number, result: number): number {
  const negative = result & 0x8000 ? N : 0;
  const sign = (negative !== 0) !== ((overflow & 0x8000) !== 0) ? S : 0;
  return (sreg & 0xe0) | (result === 0 ? Z : 0) | negative | (overflow & 0x8000 ? V : 0) | sign | (carry & 0x8000 ? C : 0);
}

/** LDS, STS, CALL and JMP take two words. */
function wordsOf(opcode: number): number {
  const which = kinds[opcode];
  return which === kind.lds || which === kind.sts || which === kind.call || which === kind.jmp ? 2 : 1;
}

function pushReturn(cpu: CPU, address: number): void {
  const { data } = cpu;
  const stack = word(data, stackAt);
  data[stack] = address & 0xff;
  data[stack - 1] = (address >> 8) & 0xff;
  data[stack - 2] = address >> 16;
  data[stackAt] = (stack - 3) & 0xff;
  data[stackAt + 1] = (stack - 3) >> 8;
}

const displacement = (opcode: number): number => (opcode & 7) | ((opcode & 0xc00) >> 7) | ((opcode & 0x2000) >> 8);

/** Executes the instruction at the program counter, whose opcode is `opcode`. Long because it is one table. */
export function execute(cpu: CPU & { onStoreProgram?: () => void }, opcode: number): void {
  const { data } = cpu;
  const d5 = (opcode & 0x1f0) >> 4;
  const r5 = (opcode & 0xf) | ((opcode & 0x200) >> 5);
  const d4 = 16 + ((opcode & 0xf0) >> 4);
  const immediate = (opcode & 0xf) | ((opcode & 0xf00) >> 4);
  const sreg = data[sregAt] ?? 0;
  switch (kinds[opcode]) {
    case kind.add:
    case kind.adc: {
      const d = data[d5] ?? 0;
      const r = data[r5] ?? 0;
      const sum = d + r + (opcode & 0x1000 ? sreg & C : 0);
      data[d5] = sum;
      data[sregAt] = addFlags(sreg, d, r, sum);
      break;
    }
    case kind.sub:
    case kind.cp: {
      const d = data[d5] ?? 0;
      const r = data[r5] ?? 0;
      if (opcode & 0x0800) data[d5] = d - r;
      data[sregAt] = subFlags(sreg, d, r, d - r, false);
      break;
    }
    case kind.sbc:
    case kind.cpc: {
      const d = data[d5] ?? 0;
      const r = data[r5] ?? 0;
      const difference = d - r - (sreg & C);
      if (opcode & 0x0800) data[d5] = difference;
      data[sregAt] = subFlags(sreg, d, r, difference, true);
      break;
    }
    case kind.cpi:
    case kind.subi: {
      const d = data[d4] ?? 0;
      if (opcode & 0x4000) data[d4] = d - immediate;
      data[sregAt] = subFlags(sreg, d, immediate, d - immediate, false);
      break;
    }
    case kind.sbci: {
      const d = data[d4] ?? 0;
      const difference = d - immediate - (sreg & C);
      data[d4] = difference;
      data[sregAt] = subFlags(sreg, d, immediate, difference, true);
      break;
    }
    case kind.and:
      data[d5] = (data[d5] ?? 0) & (data[r5] ?? 0);
      data[sregAt] = logicFlags(sreg, data[d5] ?? 0);
      break;
    case kind.or:
      data[d5] = (data[d5] ?? 0) | (data[r5] ?? 0);
      data[sregAt] = logicFlags(sreg, data[d5] ?? 0);
      break;
    case kind.eor:
      data[d5] = (data[d5] ?? 0) ^ (data[r5] ?? 0);
      data[sregAt] = logicFlags(sreg, data[d5] ?? 0);
      break;
    case kind.andi:
      data[d4] = (data[d4] ?? 0) & immediate;
      data[sregAt] = logicFlags(sreg, data[d4] ?? 0);
      break;
    case kind.ori:
      data[d4] = (data[d4] ?? 0) | immediate;
      data[sregAt] = logicFlags(sreg, data[d4] ?? 0);
      break;
    case kind.lsr:
    case kind.ror: {
      const value = data[d5] ?? 0;
      const result = (value >> 1) | (opcode & 1 ? (sreg & C) << 7 : 0);
      data[d5] = result;
      data[sregAt] = shiftFlags(sreg, value, result);
      break;
    }
    case kind.mov:
      data[d5] = data[r5] ?? 0;
      break;
    case kind.ldi:
      data[d4] = immediate;
      break;
    case kind.movw: {
      const to = (opcode & 0xf0) >> 3;
      const from = (opcode & 0xf) << 1;
      data[to] = data[from] ?? 0;
      data[to + 1] = data[from + 1] ?? 0;
      break;
    }
    case kind.rjmp:
      cpu.pc += (opcode & 0x7ff) - (opcode & 0x800);
      cpu.cycles += 1;
      break;
    case kind.brbs:
    case kind.brbc:
      if (((sreg >> (opcode & 7)) & 1) === (opcode & 0x400 ? 0 : 1)) {
        cpu.pc += ((opcode & 0x1f8) >> 3) - ((opcode & 0x200) >> 3);
        cpu.cycles += 1;
      }
      break;
    case kind.lds:
      data[d5] = cpu.readData(at(cpu.progMem, cpu.pc + 1));
      cpu.pc += 1;
      cpu.cycles += 1;
      break;
    case kind.sts:
      cpu.writeData(at(cpu.progMem, cpu.pc + 1), data[d5] ?? 0);
      cpu.pc += 1;
      cpu.cycles += 1;
      break;
    case kind.lddZ:
      data[d5] = cpu.readData(word(data, 30) + displacement(opcode));
      cpu.cycles += 1;
      break;
    case kind.lddY:
      data[d5] = cpu.readData(word(data, 28) + displacement(opcode));
      cpu.cycles += 1;
      break;
    case kind.stdZ:
      cpu.writeData(word(data, 30) + displacement(opcode), data[d5] ?? 0);
      cpu.cycles += 1;
      break;
    case kind.stdY:
      cpu.writeData(word(data, 28) + displacement(opcode), data[d5] ?? 0);
      cpu.cycles += 1;
      break;
    case kind.push: {
      const stack = word(data, stackAt);
      data[stack] = data[d5] ?? 0;
      data[stackAt] = (stack - 1) & 0xff;
      data[stackAt + 1] = (stack - 1) >> 8;
      cpu.cycles += 1;
      break;
    }
    case kind.pop: {
      const stack = word(data, stackAt) + 1;
      data[stackAt] = stack & 0xff;
      data[stackAt + 1] = stack >> 8;
      data[d5] = data[stack] ?? 0;
      cpu.cycles += 1;
      break;
    }
    case kind.in:
      data[d5] = cpu.readData((opcode & 0xf) + ((opcode & 0x600) >> 5) + 32);
      break;
    case kind.out:
      cpu.writeData((opcode & 0xf) + ((opcode & 0x600) >> 5) + 32, data[d5] ?? 0);
      break;
    case kind.ret: {
      const stack = word(data, stackAt) + 3;
      data[stackAt] = stack & 0xff;
      data[stackAt + 1] = stack >> 8;
      cpu.pc = (((data[stack - 2] ?? 0) << 16) | ((data[stack - 1] ?? 0) << 8) | (data[stack] ?? 0)) - 1;
      cpu.cycles += 4;
      break;
    }
    case kind.call:
      pushReturn(cpu, cpu.pc + 2);
      cpu.pc = (at(cpu.progMem, cpu.pc + 1) | ((opcode & 1) << 16)) - 1;
      cpu.cycles += 4;
      break;
    case kind.jmp:
      cpu.pc = (at(cpu.progMem, cpu.pc + 1) | ((opcode & 1) << 16)) - 1;
      cpu.cycles += 2;
      break;
    case kind.skip:
      if ((((data[d5] ?? 0) >> (opcode & 7)) & 1) === (opcode & 0x200 ? 1 : 0)) {
        const words = wordsOf(at(cpu.progMem, cpu.pc + 1));
        cpu.pc += words;
        cpu.cycles += words;
      }
      break;
    case kind.adiw:
    case kind.sbiw: {
      const pair = 24 + ((opcode & 0x30) >> 3);
      const operand = (opcode & 0xf) | ((opcode & 0xc0) >> 2);
      const before = word(data, pair);
      const result = (opcode & 0x100 ? before - operand : before + operand) & 0xffff;
      data[pair] = result & 0xff;
      data[pair + 1] = result >> 8;
      const rose = ~before & result;
      const fell = before & ~result;
      data[sregAt] = opcode & 0x100 ? pairFlags(sreg, fell, rose, result) : pairFlags(sreg, rose, fell, result);
      cpu.cycles += 1;
      break;
    }
    case kind.spm:
      cpu.onStoreProgram?.();
      break;
    default:
      avrInstruction(cpu);
      return;
  }
  cpu.pc = (cpu.pc + 1) & pcMask;
  cpu.cycles += 1;
}
