import type { HostMessage, StateMessage } from '../../../firmware-bridge/protocol/generated/messages.ts';
import type { Pose } from '../../../hardware/wheels/wheels.ts';
import type { FakeBoard } from '../../firmware-bridge/host/fake-board.ts';
import { restingState } from '../../firmware-bridge/host/fake-board.ts';

const stepMs = 5;
/** What the firmware's ramps allow: 500 mm/s2 up, 800 mm/s2 down; the mean stands for both. */
const rampMmS2 = 650;

/** Two wheels on a floor, with ramps, whole pulses and telemetry every 50 ms: the true pose, which the host never sees. */
export class KinematicDrive {
  pose: Pose;
  fastestMmS = 0;
  readonly track: Pose[] = [];
  /** Overlaid on the next state frames: stops, flags. */
  state: Partial<StateMessage> = {};
  refuse: 'stopped' | 'interlocked' | null = null;
  private wanted = { left: 0, right: 0, forMs: 0 };
  private speed = { left: 0, right: 0 };
  private rolled = { left: 0, right: 0 };
  private uptimeMs = 1000;
  private readonly board: FakeBoard;
  private readonly trackWidthMm: number;

  constructor(board: FakeBoard, start: Pose, trackWidthMm: number) {
    this.board = board;
    this.pose = start;
    this.trackWidthMm = trackWidthMm;
    board.answer = (message) => this.answer(message);
  }

  get atRest(): boolean {
    return this.speed.left === 0 && this.speed.right === 0;
  }

  /** The board restarts: its counts and its clock begin at zero; the robot stands where it stands. */
  reset(): void {
    this.uptimeMs = 0;
    this.rolled = { left: 0, right: 0 };
    this.wanted = { left: 0, right: 0, forMs: 0 };
    this.speed = { left: 0, right: 0 };
  }

  /** 50 ms of the world, then one state frame. */
  tick(): void {
    for (let ms = 0; ms < 50; ms += stepMs) this.step();
    this.uptimeMs += 50;
    this.track.push(this.pose);
    this.board.say({
      ...restingState,
      uptimeMs: this.uptimeMs,
      // 2000 pulses a metre.
      leftPulses: Math.trunc(this.rolled.left * 2),
      rightPulses: Math.trunc(this.rolled.right * 2),
      ...this.state,
      flags: { ...restingState.flags, moving: !this.atRest, ...this.state.flags },
    });
  }

  private answer(message: HostMessage): 'accepted' | 'stopped' | 'interlocked' {
    if (message.name === 'stop') this.wanted = { left: 0, right: 0, forMs: 0 };
    if (message.name !== 'drive') return 'accepted';
    const still = message.leftMmS === 0 && message.rightMmS === 0;
    if (this.refuse && !still) return this.refuse;
    this.fastestMmS = Math.max(this.fastestMmS, Math.abs(message.leftMmS), Math.abs(message.rightMmS));
    this.wanted = { left: message.leftMmS, right: message.rightMmS, forMs: message.validMs };
    return 'accepted';
  }

  private step(): void {
    this.wanted.forMs -= stepMs;
    if (this.wanted.forMs <= 0 || this.refuse) this.wanted = { left: 0, right: 0, forMs: 0 };
    const change = (rampMmS2 * stepMs) / 1000;
    const towards = (now: number, goal: number) => now + Math.min(change, Math.max(-change, goal - now));
    this.speed = { left: towards(this.speed.left, this.wanted.left), right: towards(this.speed.right, this.wanted.right) };
    const left = (this.speed.left * stepMs) / 1000;
    const right = (this.speed.right * stepMs) / 1000;
    this.rolled = { left: this.rolled.left + left, right: this.rolled.right + right };
    const heading = this.pose.headingRad + (right - left) / this.trackWidthMm;
    const travel = (left + right) / 2;
    this.pose = { xMm: this.pose.xMm + travel * Math.cos(heading), yMm: this.pose.yMm + travel * Math.sin(heading), headingRad: heading };
  }
}
