import type { Interrupt, MegaCpu } from './cpu.ts';
import { adc as registers } from './part.ts';

/** ADCSRA bits. */
const control = { ADEN: 0x80, ADSC: 0x40, ADATE: 0x20, ADIF: 0x10, ADIE: 0x08, ADPS: 0x07 } as const;
const leftAdjust = 0x20;
const mux5 = 0x08;
const triggerSource = 0x07;

/** Conversion times in ADC clocks; the first after switching on also starts the analog part up (data sheet table 26-1). */
const firstConversionClocks = 25;
const conversionClocks = 13;
const bandgapVolts = 1.1;
/** By ADMUX.REFS1:0. AREF is wired to 5 V on the board. */
const referenceVolts = [5, 5, 1.1, 2.56];
const fullScale = 1024;

/** The ADC: single-ended channels 0-15, bandgap and ground; single and free-running conversions. */
export class Adc {
  private readonly cpu: MegaCpu;
  private readonly channelVolts: readonly number[];
  private readonly done: Interrupt = {
    address: registers.vector,
    flagRegister: registers.ADCSRA,
    flagMask: control.ADIF,
    enableRegister: registers.ADCSRA,
    enableMask: control.ADIE,
  };
  private converting = false;
  private first = true;

  /** `channelVolts`: volts at channels 0-15, read when a conversion samples. */
  constructor(cpu: MegaCpu, channelVolts: readonly number[]) {
    this.cpu = cpu;
    this.channelVolts = channelVolts;
    cpu.writeHooks[registers.ADCSRA] = (value) => {
      this.write(value);
      return true;
    };
  }

  private write(value: number): void {
    const { cpu } = this;
    const before = cpu.data[registers.ADCSRA] ?? 0;
    if (!(value & control.ADEN)) this.first = true;
    const busy = this.converting && value & control.ADEN ? control.ADSC : 0;
    const flag = before & ~value & control.ADIF; // written as one it is cleared
    cpu.data[registers.ADCSRA] = (value & ~(control.ADIF | control.ADSC)) | flag | busy;
    if (value & control.ADIF) cpu.clearInterrupt(this.done);
    cpu.updateInterruptEnable(this.done, value);
    if (value & control.ADSC && value & control.ADEN && !this.converting) this.convert();
  }

  private convert(): void {
    const { cpu } = this;
    const settings = (cpu.data[registers.ADCSRA] ?? 0) | control.ADSC;
    cpu.data[registers.ADCSRA] = settings;
    this.converting = true;
    const prescaler = Math.max(2, 1 << (settings & control.ADPS));
    const clocks = this.first ? firstConversionClocks : conversionClocks;
    this.first = false;
    const result = this.sample();
    cpu.addClockEvent(() => this.complete(result), clocks * prescaler);
  }

  private sample(): number {
    const select = this.cpu.data[registers.ADMUX] ?? 0;
    const volts = this.inputVolts((select & 0x1f) | ((this.cpu.data[registers.ADCSRB] ?? 0) & mux5 ? 0x20 : 0));
    const reference = referenceVolts[select >> 6] ?? 5;
    return Math.min(fullScale - 1, Math.max(0, Math.floor((volts / reference) * fullScale)));
  }

  private inputVolts(select: number): number {
    if (select < 8) return this.channelVolts[select] ?? 0;
    if (select >= 0x20 && select < 0x28) return this.channelVolts[select - 0x18] ?? 0;
    return select === 0x1e ? bandgapVolts : 0; // differential inputs are not modelled
  }

  private complete(result: number): void {
    const { cpu } = this;
    this.converting = false;
    const settings = cpu.data[registers.ADCSRA] ?? 0;
    cpu.data[registers.ADCSRA] = settings & ~control.ADSC;
    if (!(settings & control.ADEN)) return;
    const shifted = (cpu.data[registers.ADMUX] ?? 0) & leftAdjust ? result << 6 : result;
    cpu.data[registers.ADCL] = shifted & 0xff;
    cpu.data[registers.ADCH] = shifted >> 8;
    cpu.setInterruptFlag(this.done);
    const freeRunning = settings & control.ADATE && !((cpu.data[registers.ADCSRB] ?? 0) & triggerSource);
    if (freeRunning) this.convert();
  }
}
