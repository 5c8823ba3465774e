import type { MegaCpu } from './cpu.ts';
import { selfProgramming as registers } from './part.ts';

/** SPMCSR bits. */
const control = { RWWSB: 0x40, SIGRD: 0x20, RWWSRE: 0x10, BLBSET: 0x08, PGWRT: 0x04, PGERS: 0x02, SPMEN: 0x01 } as const;
const operation = control.SIGRD | control.RWWSRE | control.BLBSET | control.PGWRT | control.PGERS | control.SPMEN;
/** SPM must follow the write to SPMCSR within four cycles (data sheet 29.9.1); counted from the start of an STS, which takes two. */
const armedCycles = 5;
export const pageWords = 128;
/** Word address of the boot section with BOOTSZ = 00, as boards leave the factory: the last 8 KB. */
export const bootStart = 0x1f000;
const addressMask = 0x1ffff;

/**
 * The part writing its own flash (SPM). Only the boot section may, and never over itself, as with the lock bits that boards leave
 * the factory with (0x0F). A reset while a page is being erased or written leaves half of it done.
 */
export class SelfProgramming {
  private readonly cpu: MegaCpu;
  private readonly program: Uint16Array;
  private readonly pageCycles: number;
  private readonly buffer = new Uint16Array(pageWords).fill(0xffff);
  private armedUntil = -1;
  private busy = false;

  /** `pageCycles`: how long erasing or writing a page takes. */
  constructor(cpu: MegaCpu, program: Uint16Array, pageCycles: number) {
    this.cpu = cpu;
    this.program = program;
    this.pageCycles = pageCycles;
    cpu.onStoreProgram = () => this.store();
    cpu.writeHooks[registers.SPMCSR] = (value) => {
      if (this.busy) return true;
      const section = (cpu.data[registers.SPMCSR] ?? 0) & control.RWWSB;
      cpu.data[registers.SPMCSR] = (value & operation) | section;
      this.armedUntil = value & control.SPMEN ? cpu.cycles + armedCycles : -1;
      return true;
    };
    cpu.readHooks[registers.SPMCSR] = () => {
      if (!this.busy && cpu.cycles > this.armedUntil) this.finish(0);
      return cpu.data[registers.SPMCSR] ?? 0;
    };
  }

  /** The SPM instruction; without a fresh order in SPMCSR, or outside the boot section, it does nothing. */
  private store(): void {
    const { cpu, buffer } = this;
    if (this.busy || cpu.cycles > this.armedUntil || cpu.pc < bootStart) return;
    this.armedUntil = -1;
    const { data } = cpu;
    const byteAddress = ((data[registers.RAMPZ] ?? 0) << 16) | ((data[31] ?? 0) << 8) | (data[30] ?? 0);
    const word = (byteAddress >> 1) & addressMask;
    switch ((data[registers.SPMCSR] ?? 0) & operation & ~control.SPMEN) {
      case 0: {
        const index = word % pageWords;
        buffer[index] = (buffer[index] ?? 0) & ((data[0] ?? 0) | ((data[1] ?? 0) << 8));
        this.finish(0);
        return;
      }
      case control.PGERS:
        this.change(word, () => 0xffff);
        return;
      case control.PGWRT: {
        const written = Uint16Array.from(buffer);
        buffer.fill(0xffff);
        this.change(word, (index, before) => before & (written[index] ?? 0xffff));
        return;
      }
      case control.RWWSRE:
        buffer.fill(0xffff);
        this.finish(control.RWWSB);
        return;
      default: // lock bits and the signature row are not modelled
        this.finish(0);
    }
  }

  private finish(cleared: number): void {
    const { data } = this.cpu;
    data[registers.SPMCSR] = (data[registers.SPMCSR] ?? 0) & ~(operation | cleared);
  }

  /** Half of the page changes now, the other half when the time is up: what a reset in between leaves is neither old nor new. */
  private change(word: number, changed: (index: number, before: number) => number): void {
    const { cpu, program } = this;
    const page = word - (word % pageWords);
    const apply = (from: number, to: number) => {
      if (page >= bootStart) return;
      for (let index = from; index < to; index += 1) program[page + index] = changed(index, program[page + index] ?? 0xffff);
    };
    this.busy = true;
    cpu.data[registers.SPMCSR] = (cpu.data[registers.SPMCSR] ?? 0) | control.RWWSB;
    apply(0, pageWords / 2);
    cpu.addEvent(cpu.cycles + this.pageCycles, () => {
      apply(pageWords / 2, pageWords);
      this.busy = false;
      this.finish(0);
    });
  }
}
