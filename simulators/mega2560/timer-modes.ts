/** Waveform generation of the ATmega2560's timers (data sheet tables 16-8, 17-2 and 20-8). */
export interface WaveformMode {
  /** `up` wraps from TOP to 0; `phase` counts up to TOP and down again. */
  shape: 'up' | 'phase';
  top: number | 'OCRA' | 'ICR';
  /** When a written OCR takes effect. */
  load: 'now' | 'top' | 'bottom';
  /** When TOV is raised. */
  overflow: 'max' | 'top' | 'bottom';
  pwm: boolean;
  /** COMnA = 1 toggles OCnA in this PWM mode; elsewhere it is reserved. */
  togglesA: boolean;
}

const normal = (max: number): WaveformMode => ({ shape: 'up', top: max, load: 'now', overflow: 'max', pwm: false, togglesA: false });
const clear = (top: 'OCRA' | 'ICR'): WaveformMode => ({ shape: 'up', top, load: 'now', overflow: 'max', pwm: false, togglesA: false });
const fast = (top: WaveformMode['top'], togglesA = false): WaveformMode => ({
  shape: 'up',
  top,
  load: 'bottom',
  overflow: 'top',
  pwm: true,
  togglesA,
});
const phase = (top: WaveformMode['top'], load: 'top' | 'bottom', togglesA = false): WaveformMode => ({
  shape: 'phase',
  top,
  load,
  overflow: 'bottom',
  pwm: true,
  togglesA,
});

/** By WGM02:0; reserved values behave as normal. */
export const modes8: readonly WaveformMode[] = [
  normal(0xff),
  phase(0xff, 'top'),
  clear('OCRA'),
  fast(0xff),
  normal(0xff),
  phase('OCRA', 'top', true),
  normal(0xff),
  fast('OCRA', true),
];

/** By WGMn3:0. */
export const modes16: readonly WaveformMode[] = [
  normal(0xffff),
  phase(0xff, 'top'),
  phase(0x1ff, 'top'),
  phase(0x3ff, 'top'),
  clear('OCRA'),
  fast(0xff),
  fast(0x1ff),
  fast(0x3ff),
  phase('ICR', 'bottom'),
  phase('OCRA', 'bottom', true),
  phase('ICR', 'top'),
  phase('OCRA', 'top', true),
  clear('ICR'),
  normal(0xffff),
  fast('ICR', true),
  fast('OCRA', true),
];
