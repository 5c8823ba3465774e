import { cyclesPerMs, Mega2560 } from '../../../simulators/mega2560/mega2560.ts';
import { checkpoint } from '../checkpoint.ts';
import { sweepFromCycle } from './load.ts';
import { type Input, Replay } from './trace.ts';

/** The pins that stop the robot by themselves, all on port D; bit n is INTn. */
export const stopPins = { 'e-stop': 0, 'bumper left': 1, 'bumper right': 2, cliff: 3 } as const;
export type StopPin = keyof typeof stopPins;
export const stopPinNames = ['e-stop', 'bumper left', 'bumper right', 'cliff'] as const satisfies readonly StopPin[];

export interface Trial {
  /** Cycle of the edge. */
  at: number;
  /** Both encoders and the flow meter give an edge this many cycles earlier; 0 = they do not. */
  leadCycles: number;
}

const ticksSwept = 1000;
const trialsPerTick = cyclesPerMs / ticksSwept;
/** Has no factor with 1000 in common, so it visits every residue. */
const phaseStride = 389;
/** Lead times of the crowded sweep: an interrupt that came this much earlier may still be at work. */
const longestLead = 96;

/**
 * Every phase 0..15999 of the tick once, 16 in each of 1000 ticks running, so that each phase also meets another state of the link,
 * the wheels and the sensors. The order is that of time.
 */
export function allPhases(crowded: boolean): Trial[] {
  return Array.from({ length: cyclesPerMs }, (_, index) => {
    const tick = Math.floor(index / trialsPerTick);
    const phase = (index % trialsPerTick) * ticksSwept + ((tick * phaseStride) % ticksSwept);
    return { at: sweepFromCycle + tick * cyclesPerMs + phase, leadCycles: crowded ? 1 + ((index * 37) % longestLead) : 0 };
  });
}

/** Cycle at which a sweep's trace may end. */
export const sweepUntilCycle = sweepFromCycle + (ticksSwept + 1) * cyclesPerMs;

const isOff = (mega: Mega2560): boolean => !mega.outputLevel('A', 2) && mega.pwmDuty('4A') === 0 && mega.pwmDuty('4B') === 0;
/** Longest instruction and interrupt entry: how far `runTo` may pass its mark. */
const overshootCycles = 16;
const giveUpCycles = 8000;
const otherEdges = [
  ['E', 4],
  ['E', 5],
  ['B', 4],
] as const;

/** Edge -> bridge disabled and both PWM pins disconnected and low, whichever is last, in cycles. */
function stopCycles(mega: Mega2560, bit: number, { at, leadCycles }: Trial): number {
  if (leadCycles > 0) {
    for (const [port, leg] of otherEdges) {
      mega.setInput(port, leg, false);
      mega.schedule(at - leadCycles - mega.cycles, () => mega.setInput(port, leg, true));
    }
  }
  mega.schedule(at - mega.cycles, () => mega.setInput('D', bit, true));
  mega.runTo(at);
  while (!isOff(mega)) {
    mega.runTo(mega.cycles + 1);
    if (mega.cycles > at + giveUpCycles) throw new Error(`pin D${bit} at cycle ${at} did not stop the motors`);
  }
  return mega.cycles - at;
}

/**
 * Replays the load without any stop; at each trial the part is put aside, each stop pin is opened on a copy of that moment, and the
 * run goes on as if nothing had been. Latencies in cycles, by pin, in the order of `trials` (which is that of time).
 */
export function sweep(
  flash: Uint8Array,
  load: readonly Input[],
  trials: readonly Trial[],
  pins: readonly StopPin[],
): Record<StopPin, number[]> {
  const mega = new Mega2560({ flash, startUpMs: 0 });
  const replay = new Replay(mega, load);
  const found: Record<StopPin, number[]> = { 'e-stop': [], 'bumper left': [], 'bumper right': [], cliff: [] };
  for (const trial of trials) {
    mega.runTo(trial.at - trial.leadCycles - overshootCycles);
    if (isOff(mega)) throw new Error(`the motors are off before the trial at ${trial.at}`);
    const restore = checkpoint([mega, replay]);
    for (const pin of pins) {
      found[pin].push(stopCycles(mega, stopPins[pin], trial));
      restore();
    }
  }
  return found;
}
