/**
 * What stops the robot, declared once: the table of SAFETY.md. Texts may quote limits of limits.ts as `{NAME}`; generate.ts puts in
 * value and unit, so that the documentation cannot say another number than the code.
 */
import type { stopCauseValues } from './messages.ts';

export interface SafetyFunction {
  /** What happens. */
  cause: string;
  /** Causes as the host sees them; empty where the function is no stop. */
  stopCauses: readonly (keyof typeof stopCauseValues)[];
  reaction: string;
  /** Of IEC 60204-1; `-` for functions that are no stop. */
  category: '0' | '1' | '-';
  release: string;
  /** From the cause to the beginning of the reaction. */
  worstCase: string;
}

export const safetyFunctions: readonly SafetyFunction[] = [
  {
    cause: 'e-stop chain open (pressed, or a wire broken)',
    stopCauses: ['eStop'],
    reaction: 'bridge power, PWM, valve and spiral off in the interrupt',
    category: '0',
    release: 'chain closed, then the release button for {BUTTON_DEBOUNCE_MS}',
    worstCase: '10 us (see the bench `stop`)',
  },
];
