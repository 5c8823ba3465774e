import type { Interrupt, MegaCpu } from './cpu.ts';
import { core } from './cpu.ts';
import type { ScheduledEvent } from './events.ts';
import { watchdog as registers } from './part.ts';

/** MCUSR bits. */
export const resetFlags = { powerOn: 0x01, external: 0x02, brownOut: 0x04, watchdog: 0x08 } as const;

/** WDTCSR bits. */
const control = { WDIF: 0x80, WDIE: 0x40, WDP3: 0x20, WDCE: 0x10, WDE: 0x08, WDP: 0x07 } as const;
const prescale = control.WDP3 | control.WDP;
/** A protected change is accepted for four cycles (data sheet 12.4.2). */
const changeWindowCycles = 4;
/** 16 MHz cycles per cycle of the 128 kHz watchdog oscillator; the part's drifts by some percent, this one does not. */
const cyclesPerWatchdogCycle = 125;
const shortestTimeout = 2048;

/** The watchdog: interrupt, reset, or interrupt first and reset next time. */
export class Watchdog {
  private readonly cpu: MegaCpu;
  private readonly bite: () => void;
  private readonly interrupt: Interrupt = {
    address: registers.vector,
    flagRegister: registers.WDTCSR,
    flagMask: control.WDIF,
    enableRegister: registers.WDTCSR,
    enableMask: control.WDIE,
  };
  private timeout: ScheduledEvent | null = null;
  private changeAllowedUntil = -1;

  constructor(cpu: MegaCpu, bite: () => void) {
    this.cpu = cpu;
    this.bite = bite;
    cpu.onWatchdogReset = () => this.restart(cpu.cycles);
    cpu.writeHooks[registers.WDTCSR] = (value) => {
      this.write(value);
      return true;
    };
    // A watchdog reset leaves the watchdog running at its shortest time-out until MCUSR.WDRF is cleared.
    if (this.forcedOn) {
      cpu.data[registers.WDTCSR] = control.WDE;
      this.restart(cpu.startCycles);
    }
  }

  private get forcedOn(): boolean {
    return ((this.cpu.data[core.MCUSR] ?? 0) & resetFlags.watchdog) !== 0;
  }

  private get settings(): number {
    return this.cpu.data[registers.WDTCSR] ?? 0;
  }

  private write(value: number): void {
    const { cpu } = this;
    const before = this.settings;
    const allowed = cpu.cycles <= this.changeAllowedUntil;
    this.changeAllowedUntil = -1;
    if (value & control.WDCE && value & control.WDE) this.changeAllowedUntil = cpu.cycles + changeWindowCycles;
    const guarded = allowed ? value & (prescale | control.WDE) : (before & (prescale | control.WDE)) | (value & control.WDE);
    const forced = this.forcedOn ? control.WDE : 0;
    const flag = before & ~value & control.WDIF;
    const after = flag | (value & control.WDIE) | guarded | forced;
    cpu.data[registers.WDTCSR] = after;
    if (value & control.WDIF) cpu.clearInterrupt(this.interrupt);
    cpu.updateInterruptEnable(this.interrupt, after);
    if ((after ^ before) & (prescale | control.WDE | control.WDIE)) this.restart(cpu.cycles);
  }

  private restart(fromCycles: number): void {
    if (this.timeout) this.cpu.removeEvent(this.timeout);
    this.timeout = null;
    if (!(this.settings & (control.WDE | control.WDIE))) return;
    const power = ((this.settings & control.WDP3) >> 2) | (this.settings & control.WDP);
    const cycles = (shortestTimeout << power) * cyclesPerWatchdogCycle;
    this.timeout = this.cpu.addEvent(fromCycles + cycles, () => this.expire());
  }

  private expire(): void {
    this.timeout = null;
    const settings = this.settings;
    if (!(settings & control.WDIE)) {
      this.bite();
      return;
    }
    this.cpu.setInterruptFlag(this.interrupt);
    if (settings & control.WDE) this.cpu.data[registers.WDTCSR] = this.settings & ~control.WDIE;
    this.restart(this.cpu.cycles);
  }
}
