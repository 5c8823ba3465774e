import type { SafetyState, StopCause } from '../../../src/core/device.ts';

const causes: Record<StopCause, string> = {
  powerUp: 'just powered up',
  watchdogReset: 'its board was reset by the watchdog',
  eStop: 'emergency stop',
  bumperLeft: 'bumper hit on the left',
  bumperRight: 'bumper hit on the right',
  cliff: 'an edge in the floor',
  obstacleFront: 'somebody or something in front',
  obstacleLeft: 'something close on the left',
  obstacleRight: 'something close on the right',
  obstacleRear: 'something close behind',
  rangeSensorFailed: 'a range sensor went silent',
  heartbeatLost: 'no word from the computer',
  encoderFault: 'a wheel encoder fell silent',
  motorFault: 'motor fault',
  batteryLow: 'battery low',
  hatchOpen: 'the hatch is open',
  wheelStall: 'a wheel is stuck',
  runaway: 'a wheel turned otherwise than told',
  selfTestFailed: 'its board failed the self test',
  brownOut: 'its supply sagged',
};

export interface SafetyText {
  tone: 'good' | 'warn' | 'bad' | 'quiet';
  title: string;
  detail: string;
}

/** What the stop state means to somebody who has never seen the robot. */
export function safetyText(safety: SafetyState | null, boardPlugged: boolean): SafetyText {
  if (!boardPlugged) return { tone: 'bad', title: 'Board unplugged', detail: 'The firmware holds the wheels. Plug the cable in again.' };
  if (!safety) return { tone: 'quiet', title: 'Waiting for the board', detail: 'Nothing heard from the firmware yet.' };
  if (!safety.stopped) return { tone: 'good', title: 'Free to move', detail: 'Nothing is in the way.' };
  const cause = safety.cause ? causes[safety.cause] : 'unknown cause';
  if (!safety.latched) return { tone: 'warn', title: 'Waiting', detail: `${capital(cause)}. Goes on by itself.` };
  const release = safety.eStopOpen ? 'Release the e-stop, then press the blue button.' : 'Press the blue button to release.';
  return { tone: 'bad', title: 'Stopped', detail: `${capital(cause)}. ${release}` };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `waitingArea` -> `waiting area`. */
export const spoken = (name: string): string =>
  name.replace(/([a-z])([A-Z])/g, (_all, before, after) => `${before} ${after.toLowerCase()}`);
