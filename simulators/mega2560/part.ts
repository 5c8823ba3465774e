import {
  portAConfig,
  portBConfig,
  portCConfig,
  portDConfig,
  portEConfig,
  portFConfig,
  portGConfig,
  portHConfig,
  portJConfig,
  portKConfig,
  portLConfig,
} from 'avr8js';
import type { PortName } from './plant.ts';

/** Register addresses and vectors of the ATmega2560 (data sheet 2549, chapters 14 and 33). Vectors are word addresses. */

export interface Leg {
  port: PortName;
  bit: number;
}

export const portNames = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L'] as const satisfies readonly PortName[];

export const portRegisters: Record<PortName, { PIN: number; DDR: number; PORT: number }> = {
  A: portAConfig,
  B: portBConfig,
  C: portCConfig,
  D: portDConfig,
  E: portEConfig,
  F: portFConfig,
  G: portGConfig,
  H: portHConfig,
  J: portJConfig,
  K: portKConfig,
  L: portLConfig,
};

/** External interrupts INT0-7. */
export const externalInterrupts = { EIFR: 0x3c, EIMSK: 0x3d, EICRA: 0x69, EICRB: 0x6a, firstVector: 0x02 } as const;
export const externalInterruptLegs: readonly Leg[] = [
  ...[0, 1, 2, 3].map((bit): Leg => ({ port: 'D', bit })),
  ...[4, 5, 6, 7].map((bit): Leg => ({ port: 'E', bit })),
];

/** Pin change groups PCINT0-23; leg `i` of a group has mask bit `i`. */
export const pinChange = { PCIFR: 0x3b, PCICR: 0x68, PCMSK0: 0x6b, firstVector: 0x12 } as const;
export const pinChangeLegs: readonly (readonly Leg[])[] = [
  [0, 1, 2, 3, 4, 5, 6, 7].map((bit): Leg => ({ port: 'B', bit })),
  [{ port: 'E', bit: 0 }, ...[0, 1, 2, 3, 4, 5, 6].map((bit): Leg => ({ port: 'J', bit }))],
  [0, 1, 2, 3, 4, 5, 6, 7].map((bit): Leg => ({ port: 'K', bit })),
];

export interface TimerRegisters {
  index: number;
  bits: 8 | 16;
  TCCRA: number;
  TCCRB: number;
  /** 0 on 8-bit timers, whose force bits are in TCCRB. */
  TCCRC: number;
  TCNT: number;
  /** 0 where there is none. */
  ICR: number;
  OCR: readonly number[];
  TIMSK: number;
  TIFR: number;
  /** Compare vectors, one per channel, and the overflow's. */
  compareVectors: readonly number[];
  overflowVector: number;
  /** Output legs, one per channel. */
  legs: readonly Leg[];
  /** Prescaler of each clock select value; 0 = stopped (external clock inputs are not modelled). */
  prescalers: readonly number[];
}

const synchronousPrescalers = [0, 1, 8, 64, 256, 1024, 0, 0];
const asynchronousPrescalers = [0, 1, 8, 32, 64, 128, 256, 1024];
const leg = (name: string): Leg => {
  const port = portNames.find((candidate) => candidate === name[0]);
  if (!port) throw new RangeError(`no port ${name}`);
  return { port, bit: Number(name[1]) };
};

const timer8 = (index: number, base: number, vector: number, legs: readonly string[], prescalers: readonly number[]): TimerRegisters => ({
  index,
  bits: 8,
  TCCRA: base,
  TCCRB: base + 1,
  TCCRC: 0,
  TCNT: base + 2,
  ICR: 0,
  OCR: [base + 3, base + 4],
  TIMSK: 0x6e + index,
  TIFR: 0x35 + index,
  compareVectors: [vector, vector + 2],
  overflowVector: vector + 4,
  legs: legs.map(leg),
  prescalers,
});

/** `vector` is the capture vector; compare A, B, C and overflow follow it. */
const timer16 = (index: number, base: number, vector: number, legs: readonly string[]): TimerRegisters => ({
  index,
  bits: 16,
  TCCRA: base,
  TCCRB: base + 1,
  TCCRC: base + 2,
  TCNT: base + 4,
  ICR: base + 6,
  OCR: [base + 8, base + 10, base + 12],
  TIMSK: 0x6e + index,
  TIFR: 0x35 + index,
  compareVectors: [vector + 2, vector + 4, vector + 6],
  overflowVector: vector + 8,
  legs: legs.map(leg),
  prescalers: synchronousPrescalers,
});

export const timers: readonly TimerRegisters[] = [
  timer8(0, 0x44, 0x2a, ['B7', 'G5'], synchronousPrescalers),
  timer16(1, 0x80, 0x20, ['B5', 'B6', 'B7']),
  timer8(2, 0xb0, 0x1a, ['B4', 'H6'], asynchronousPrescalers),
  timer16(3, 0x90, 0x3e, ['E3', 'E4', 'E5']),
  timer16(4, 0xa0, 0x52, ['H3', 'H4', 'H5']),
  timer16(5, 0x120, 0x5c, ['L3', 'L4', 'L5']),
];

export interface UsartRegisters {
  UCSRA: number;
  UCSRB: number;
  UCSRC: number;
  UBRRL: number;
  UBRRH: number;
  UDR: number;
  /** Receive complete; data register empty and transmit complete follow it. */
  vector: number;
}

const usart = (base: number, vector: number): UsartRegisters => ({
  UCSRA: base,
  UCSRB: base + 1,
  UCSRC: base + 2,
  UBRRL: base + 4,
  UBRRH: base + 5,
  UDR: base + 6,
  vector,
});

export const usarts: readonly UsartRegisters[] = [usart(0xc0, 0x32), usart(0xc8, 0x48), usart(0xd0, 0x66), usart(0x130, 0x6c)];

export const adc = { ADCL: 0x78, ADCH: 0x79, ADCSRA: 0x7a, ADCSRB: 0x7b, ADMUX: 0x7c, vector: 0x3a } as const;
export const watchdog = { WDTCSR: 0x60, vector: 0x18 } as const;
export const selfProgramming = { SPMCSR: 0x57, RAMPZ: 0x5b } as const;
export const eepromVector = 0x3c;
export const spiVector = 0x30;
export const twiVector = 0x4e;
