import { AVREEPROM, AVRSPI, AVRTWI, EEPROMMemoryBackend, eepromConfig, spiConfig, twiConfig } from 'avr8js';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import { Adc } from './adc.ts';
import { core as coreRegisters, MegaCpu } from './cpu.ts';
import { EventQueue } from './events.ts';
import { flashBytes } from './hex.ts';
import { eepromVector, spiVector, timers as timerRegisters, twiVector, usarts as usartRegisters } from './part.ts';
import { PinInterrupts } from './pin-interrupts.ts';
import type { CancelSchedule, MegaPins, PortName } from './plant.ts';
import { createPortOutside, Port, type PortOutside } from './port.ts';
import { bootStart, SelfProgramming } from './self-programming.ts';
import { SerialLine } from './serial-line.ts';
import { Timer } from './timer.ts';
import { Usart } from './usart.ts';
import { resetFlags, Watchdog } from './watchdog.ts';

/** The board's crystal. */
export const clockHz = 16_000_000;
export const cyclesPerMs = clockHz / 1000;

export type ResetCause = 'powerOn' | 'external' | 'brownOut' | 'watchdog';

export interface MegaOptions {
  /** Image from address 0, up to 262144 bytes; see `parseHex`. */
  flash: Uint8Array;
  /** Fuse BOOTRST: a reset starts the boot loader at 0x3E000 instead of the program at 0. */
  bootReset?: boolean;
  /** How long a reset holds the part before it runs: 65 ms with the fuses the boards leave the factory with (SUT = 11). */
  startUpMs?: number;
  /** How long erasing or writing a page of flash takes: 3.7 to 4.5 ms by the data sheet (table 29-5), of which the slower is the default. */
  flashPageMs?: number;
}

const sramStart = 0x200;
const sramEnd = 0x21ff;
/** A host may be this far ahead of the line; a PTY's own buffer is 4096 bytes. */
const hostLineBound = 65_536;
const sensorLineBound = 256;

/** Everything a reset builds anew. */
interface Core {
  cpu: MegaCpu;
  ports: Readonly<Record<PortName, Port>>;
  timers: readonly Timer[];
  usarts: readonly Usart[];
  /** Nobody asks these for anything; kept here so that all of the part's state can be found from the part. */
  silent: readonly object[];
}

function perPort<T>(make: (name: PortName) => T): Record<PortName, T> {
  return {
    A: make('A'),
    B: make('B'),
    C: make('C'),
    D: make('D'),
    E: make('E'),
    F: make('F'),
    G: make('G'),
    H: make('H'),
    J: make('J'),
    K: make('K'),
    L: make('L'),
  };
}

function sramAddress(address: number): number {
  if (address < sramStart || address > sramEnd) throw new RangeError(`SRAM ends at 0x21FF, got 0x${address.toString(16)}`);
  return address;
}

/** SRAM after power-on holds anything; the same anything each time. */
function scramble(sram: Uint8Array): void {
  let state = 0x2560_2560;
  sram.forEach((_, index) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    sram[index] = state >>> 24;
  });
}

/**
 * An Arduino Mega 2560's part on its board: avr8js executes, the peripherals are this room's. Deterministic: time is
 * {@link cycles}, it moves only in {@link runTo}, and the world outside the legs survives every reset.
 */
export class Mega2560 implements MegaPins {
  private readonly program = new Uint16Array(flashBytes / 2).fill(0xffff);
  private readonly startUpCycles: number;
  private readonly resetVector: number;
  private readonly flashPageCycles: number;
  private readonly queue = new EventQueue();
  private readonly outside: Record<PortName, PortOutside> = perPort(createPortOutside);
  private readonly channelVolts = new Array<number>(16).fill(0);
  private readonly eeprom = new EEPROMMemoryBackend(4096);
  private readonly lines: readonly SerialLine[];
  private readonly hostBytes = new Signal<number>();
  private readonly resets = new Signal<ResetCause>();
  private readonly stuckBits = new Map<number, number>();
  private part: Core;
  private running = false;
  private askedReset: ResetCause | null = null;
  private sleptBefore = 0;

  constructor(options: MegaOptions) {
    if (options.flash.length > flashBytes) throw new RangeError(`flash holds ${flashBytes} bytes, got ${options.flash.length}`);
    new Uint8Array(this.program.buffer).set(options.flash);
    this.startUpCycles = Math.round((options.startUpMs ?? 65) * cyclesPerMs);
    this.flashPageCycles = Math.round((options.flashPageMs ?? 4.5) * cyclesPerMs);
    this.resetVector = options.bootReset ? bootStart : 0;
    this.part = this.build('powerOn', null);
    this.lines = usartRegisters.map((_, index) => {
      const usart = () => this.usart(index);
      const end = { queue: this.queue, nowCycles: () => this.cycles, usart };
      return new SerialLine(end, index === 0 ? hostLineBound : sensorLineBound);
    });
  }

  get cycles(): number {
    return this.part.cpu.cycles;
  }

  /** Share of all time so far that the program slept, 0..1. */
  get sleepFraction(): number {
    return this.cycles === 0 ? 0 : (this.sleptBefore + this.part.cpu.sleptCycles) / this.cycles;
  }

  /** Bytes from {@link hostWrite} that are not on the wire yet. */
  get hostBacklog(): number {
    return this.lines[0]?.backlog ?? 0;
  }

  /** Characters that USART `index` lost because the program did not read them in time, since the last reset. */
  overruns(index: 0 | 1 | 2 | 3): number {
    return this.usart(index).overruns;
  }

  /** A copy of the flash as it is now, 262144 bytes. */
  readFlash(): Uint8Array {
    return Uint8Array.from(new Uint8Array(this.program.buffer));
  }

  /** Lets time pass until `cycles`; the last instruction may end a few cycles later. */
  runTo(cycles: number): void {
    this.running = true;
    while (this.part.cpu.run(cycles) === 'reset') this.applyReset();
    this.running = false;
  }

  runFor(ms: number): void {
    this.runTo(this.cycles + Math.round(ms * cyclesPerMs));
  }

  /** Bytes from the host to USART0, sent at the part's baud rate. Beyond 65536 waiting bytes the oldest are dropped. */
  hostWrite(bytes: Uint8Array): void {
    this.lines[0]?.send(bytes);
  }

  /** Each byte of USART0 when its stop bit is out. */
  onHostByte(listener: (byte: number) => void): Unsubscribe {
    return this.hostBytes.on(listener);
  }

  /** Told when the part was reset: all legs are released and its program starts after the start-up time. */
  onReset(listener: (cause: ResetCause) => void): Unsubscribe {
    return this.resets.on(listener);
  }

  /** A watchpoint: told each value that the program stores at a data address of its SRAM, as the storing instruction begins. A reset ends it. */
  onStore(address: number, listener: (value: number) => void): void {
    if (address < sramStart) throw new RangeError(`0x${address.toString(16)} is a register`);
    this.part.cpu.writeHooks[address] = (value) => {
      listener(value);
      return false;
    };
  }

  /** A brown-out keeps SRAM, as a short one does; a power-on scrambles it. */
  reset(cause: 'external' | 'powerOn' | 'brownOut'): void {
    this.askReset(cause);
  }

  /** A stray write into a register or SRAM, 0x20-0x21FF, with all that a store instruction would bring about. */
  poke(address: number, value: number): void {
    if (address < 0x20 || address > sramEnd) throw new RangeError(`data space is 0x20-0x21FF, got 0x${address.toString(16)}`);
    this.part.cpu.writeData(address, value);
  }

  /** From now on these bits of a byte of SRAM read as ones, whatever is written. */
  stickSram(address: number, mask: number): void {
    this.stuckBits.set(sramAddress(address), mask);
    this.applyStuckBits(this.part.cpu);
  }

  /** The program crashes: nothing is executed and no interrupt taken until a reset. Timers go on, so a running watchdog bites. */
  wedge(): void {
    this.part.cpu.wedge();
  }

  schedule(delayCycles: number, run: () => void): CancelSchedule {
    const event = this.queue.add(this.cycles + Math.max(0, delayCycles), 'world', run);
    return () => {
      this.queue.remove(event);
    };
  }

  setInput(port: PortName, bit: number, high: boolean): void {
    this.part.ports[port].setInput(bit, high);
  }

  outputLevel(port: PortName, bit: number): boolean {
    return this.part.ports[port].outputLevel(bit);
  }

  onOutput(port: PortName, bit: number, listener: (high: boolean) => void): void {
    const outside = this.outside[port];
    const listeners = outside.listeners[bit];
    if (!listeners) throw new RangeError(`port ${port} has no bit ${bit}`);
    listeners.push(listener);
    const mask = 1 << bit;
    if (!(outside.observedMask & mask)) {
      outside.observedMask |= mask;
      outside.toldOutputs = this.outputLevel(port, bit) ? outside.toldOutputs | mask : outside.toldOutputs & ~mask;
    }
    for (const timer of this.part.timers) timer.reschedule();
  }

  pwmDuty(channel: '4A' | '4B' | '5A' | '5B' | '5C'): number {
    const timer = this.part.timers[Number(channel[0])];
    return timer?.duty('ABC'.indexOf(channel.slice(1))) ?? 0;
  }

  setAnalog(channel: number, volts: number): void {
    if (!(channel in this.channelVolts)) throw new RangeError(`no ADC channel ${channel}`);
    this.channelVolts[channel] = volts;
  }

  feedUart(usart: 1 | 2 | 3, bytes: Uint8Array): void {
    this.lines[usart]?.send(bytes);
  }

  private usart(index: number): Usart {
    const usart = this.part.usarts[index];
    if (!usart) throw new RangeError(`no USART ${index}`);
    return usart;
  }

  private askReset(cause: ResetCause): void {
    this.askedReset = cause;
    this.part.cpu.askReset();
    if (!this.running) this.applyReset();
  }

  private applyReset(): void {
    const cause = this.askedReset ?? 'external';
    this.askedReset = null;
    const { cpu } = this.part;
    this.sleptBefore += cpu.sleptCycles;
    this.queue.removeWhere((event) => event.owner === 'part');
    this.part = this.build(cause, cpu);
    this.resets.emit(cause);
  }

  private applyStuckBits(cpu: MegaCpu): void {
    for (const [address, mask] of this.stuckBits) {
      const write = (value: number): boolean => {
        cpu.data[address] = value | mask;
        return true;
      };
      cpu.writeHooks[address] = write;
      write(cpu.data[address] ?? 0);
    }
  }

  /** A part fresh out of reset. What silicon keeps is kept: SRAM, the general registers, MCUSR's older causes, EEPROM. */
  private build(cause: ResetCause, before: MegaCpu | null): Core {
    const now = before?.cycles ?? 0;
    const cpu = new MegaCpu(this.program, this.queue, now, now + this.startUpCycles);
    cpu.pc = this.resetVector;
    const earlierCauses = cause === 'powerOn' ? 0 : (before?.data[coreRegisters.MCUSR] ?? 0);
    if (before && cause !== 'powerOn') {
      cpu.data.set(before.data.subarray(0, 0x20));
      cpu.data.set(before.data.subarray(sramStart), sramStart);
    } else {
      scramble(cpu.data.subarray(sramStart));
    }
    this.applyStuckBits(cpu);
    cpu.data[coreRegisters.MCUSR] = earlierCauses | resetFlags[cause];
    const ports = perPort((name) => new Port(cpu, name, this.outside[name]));
    const pinInterrupts = new PinInterrupts(cpu, ports);
    const timers = timerRegisters.map((registers) => new Timer(cpu, registers, (name) => ports[name]));
    const usarts = usartRegisters.map((registers) => new Usart(cpu, registers));
    const host = usarts[0];
    if (host) host.onTransmitted = (byte) => this.hostBytes.emit(byte);
    const silent = [
      pinInterrupts,
      new Adc(cpu, this.channelVolts),
      new Watchdog(cpu, () => this.askReset('watchdog')),
      new SelfProgramming(cpu, this.program, this.flashPageCycles),
      new AVREEPROM(cpu, this.eeprom, { ...eepromConfig, eepromReadyInterrupt: eepromVector }),
      new AVRSPI(cpu, { ...spiConfig, spiInterrupt: spiVector }, clockHz),
      new AVRTWI(cpu, { ...twiConfig, twiInterrupt: twiVector }, clockHz),
    ];
    return { cpu, ports, timers, usarts, silent };
  }
}
