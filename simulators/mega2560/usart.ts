import type { Interrupt, MegaCpu } from './cpu.ts';
import type { UsartRegisters } from './part.ts';

/** UCSRnA. */
const flag = { RXC: 0x80, TXC: 0x40, UDRE: 0x20, DOR: 0x08, U2X: 0x02, MPCM: 0x01 } as const;
/** UCSRnB. */
const control = { RXCIE: 0x80, TXCIE: 0x40, UDRIE: 0x20, RXEN: 0x10, TXEN: 0x08, UCSZ2: 0x04 } as const;
/** UCSRnC. */
const frame = { parity: 0x20, twoStopBits: 0x08, size: 0x06 } as const;
/** Two characters of receive buffer stand behind the shift register (data sheet 22.7). */
const receiveBuffer = 2;

/** USART 0-3, asynchronous: double-buffered transmitter, two-character receive buffer with overrun. */
export class Usart {
  /** Told each character when its last stop bit is out. */
  onTransmitted: (byte: number) => void = () => {};
  /** Characters lost because nobody read the buffer in time. */
  overruns = 0;
  private readonly cpu: MegaCpu;
  private readonly registers: UsartRegisters;
  private readonly received: Interrupt;
  private readonly dataEmpty: Interrupt;
  private readonly transmitted: Interrupt;
  private readonly buffer: number[] = [];
  /** A complete character that waits in the shift register because the buffer is full. */
  private shiftedIn: number | null = null;
  private shiftingOut = false;
  private nextOut: number | null = null;

  constructor(cpu: MegaCpu, registers: UsartRegisters) {
    this.cpu = cpu;
    this.registers = registers;
    const interrupt = (order: number, flagMask: number, enableMask: number, constant: boolean): Interrupt => ({
      address: registers.vector + 2 * order,
      flagRegister: registers.UCSRA,
      flagMask,
      enableRegister: registers.UCSRB,
      enableMask,
      constant,
    });
    this.received = interrupt(0, flag.RXC, control.RXCIE, true);
    this.dataEmpty = interrupt(1, flag.UDRE, control.UDRIE, true);
    this.transmitted = interrupt(2, flag.TXC, control.TXCIE, false);
    cpu.data[registers.UCSRA] = flag.UDRE;
    cpu.data[registers.UCSRC] = frame.size; // 8N1 after a reset
    this.hookControl();
    this.hookData();
  }

  get receives(): boolean {
    return (this.controls & control.RXEN) !== 0;
  }

  /** Length of one character at the present settings, in cycles. */
  get characterCycles(): number {
    const { cpu, registers } = this;
    const format = cpu.data[registers.UCSRC] ?? 0;
    const size = ((format & frame.size) >> 1) | (this.controls & control.UCSZ2);
    const dataBits = size === 7 ? 9 : 5 + (size & 3);
    const bits = 1 + dataBits + (format & frame.parity ? 1 : 0) + (format & frame.twoStopBits ? 2 : 1);
    const divisor = (((cpu.data[registers.UBRRH] ?? 0) & 0x0f) << 8) | (cpu.data[registers.UBRRL] ?? 0);
    return bits * (divisor + 1) * ((cpu.data[registers.UCSRA] ?? 0) & flag.U2X ? 8 : 16);
  }

  /** A whole character has arrived from the line. */
  receive(byte: number): void {
    if (!this.receives) return;
    if (this.buffer.length < receiveBuffer) {
      this.buffer.push(byte);
      this.cpu.setInterruptFlag(this.received);
    } else if (this.shiftedIn === null) {
      this.shiftedIn = byte;
    } else {
      this.overruns += 1;
      this.setFlags(flag.DOR, 0);
    }
  }

  private get controls(): number {
    return this.cpu.data[this.registers.UCSRB] ?? 0;
  }

  private setFlags(set: number, clear: number): void {
    const { data } = this.cpu;
    data[this.registers.UCSRA] = ((data[this.registers.UCSRA] ?? 0) & ~clear) | set;
  }

  private hookControl(): void {
    const { cpu, registers } = this;
    cpu.writeHooks[registers.UCSRA] = (value) => {
      this.setFlags(value & (flag.U2X | flag.MPCM), flag.U2X | flag.MPCM);
      cpu.clearInterruptByFlag(this.transmitted, value);
      return true;
    };
    cpu.writeHooks[registers.UCSRB] = (value) => {
      cpu.data[registers.UCSRB] = value;
      if (!(value & control.RXEN)) this.flush();
      for (const interrupt of [this.received, this.dataEmpty, this.transmitted]) cpu.updateInterruptEnable(interrupt, value);
      return true;
    };
  }

  private hookData(): void {
    const { cpu, registers } = this;
    cpu.readHooks[registers.UDR] = () => this.read();
    cpu.writeHooks[registers.UDR] = (value) => {
      if (this.controls & control.TXEN) this.transmit(value);
      return true;
    };
  }

  private read(): number {
    const byte = this.buffer.shift() ?? 0;
    this.setFlags(0, flag.DOR);
    if (this.shiftedIn !== null) {
      this.buffer.push(this.shiftedIn);
      this.shiftedIn = null;
    }
    if (this.buffer.length === 0) this.cpu.clearInterrupt(this.received);
    return byte;
  }

  private flush(): void {
    this.buffer.length = 0;
    this.shiftedIn = null;
    this.setFlags(0, flag.DOR);
    this.cpu.clearInterrupt(this.received);
  }

  private transmit(byte: number): void {
    if (this.shiftingOut) {
      this.nextOut = byte;
      this.cpu.clearInterrupt(this.dataEmpty);
      return;
    }
    this.shiftOut(byte);
  }

  private shiftOut(byte: number): void {
    this.shiftingOut = true;
    this.cpu.addClockEvent(() => {
      this.shiftingOut = false;
      const next = this.nextOut;
      this.nextOut = null;
      if (next === null) {
        this.cpu.setInterruptFlag(this.transmitted);
      } else {
        this.shiftOut(next);
        this.cpu.setInterruptFlag(this.dataEmpty);
      }
      this.onTransmitted(byte);
    }, this.characterCycles);
  }
}
