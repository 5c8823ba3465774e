import type { BoardLink } from '../../firmware-bridge/host/board-link.ts';
import type { AckResult } from '../../firmware-bridge/protocol/generated/messages.ts';
import type { Cancel, Clock } from '../../src/core/clock.ts';
import { LetanError } from '../../src/core/errors.ts';
import { assertNever } from '../../src/core/result.ts';
import { Signal } from '../../src/core/signal.ts';
import type { Board, BoardTelemetry } from '../board/board.ts';
import { Navigator, type NavigatorLimits, type WheelSpeeds } from './navigator.ts';
import { type DriveGeometry, Odometry } from './odometry.ts';
import { type FloorPlan, findRoute } from './route.ts';
import type { Pose, Wheels } from './wheels.ts';

/** What the wheels need of the site file. */
export interface WheelsSite extends FloorPlan {
  places: Readonly<Record<string, { xMm: number; yMm: number; headingDeg: number }>>;
  home: string;
}

export interface WheelsOptions {
  link: BoardLink;
  board: Board;
  site: WheelsSite;
  calibration: DriveGeometry & NavigatorLimits;
  clock: Clock;
  /** How long a protective stop may last before the drive is given up; default 30 s. */
  patienceMs?: number;
  /** Radius kept free around the robot's middle; default 280 mm: 250 mm body and 30 mm for odometry. */
  radiusMm?: number;
}

const driveEveryMs = 50;
/** Four drive frames: a lost one does not make the robot falter, a dead host lets it stop soon. */
const driveValidMs = 200;
const patienceDefaultMs = 30_000;
const radiusDefaultMm = 280;
/** Shortest the protocol knows: the firmware dispenses nothing while a drive command holds, a standing one included. */
const standValidMs = 20;
/** A stopped robot that still reports motion after this long is taken as standing. */
const settleMs = 2000;

/** Backing away after a bumper hit: slower than the firmware's creep of 100 mm/s, so that it never has to be cut. */
const retreatSpeeds: WheelSpeeds = { leftMmS: -80, rightMmS: -80 };
/** The firmware wants 150 mm; a bumper still pressed after 400 mm is jammed. */
const retreatLimitMs = 5000;

interface Goal {
  place: string;
  navigator: Navigator;
  /** Since when it backs away from what it hit; null when it does not. */
  retreatSinceMs: number | null;
  /** Since when it stands in the way of something; null while moving. */
  blockedSinceMs: number | null;
  /** Since when it is at the goal and only rolls out; null before. */
  arrivedAtMs: number | null;
  resolve(): void;
  reject(error: LetanError): void;
}

/** Wheels on odometry alone, driven over `link`. The pose starts at the site's home. */
export function createWheels(options: WheelsOptions): Wheels & { close(): void } {
  return new OdometryWheels(options);
}

class OdometryWheels implements Wheels {
  readonly poseChanged = new Signal<Pose>();
  private goal: Goal | null = null;
  private readonly options: WheelsOptions;
  private readonly odometry: Odometry;
  private readonly timers: Cancel[];

  constructor(options: WheelsOptions) {
    this.options = options;
    this.odometry = new Odometry(options.calibration, poseOf(options.site, options.site.home));
    this.timers = [
      options.board.telemetryChanged.on((telemetry) => this.observe(telemetry)),
      options.board.statusChanged.on(() => this.checkBoard()),
      options.clock.every(driveEveryMs, () => this.steer()),
    ];
  }

  get pose(): Pose {
    return this.odometry.pose;
  }
  get moving(): boolean {
    return this.options.board.telemetry?.moving ?? false;
  }

  driveTo(place: string): Promise<void> {
    this.cancelGoal('another drive was asked for');
    return new Promise((resolve, reject) => {
      const navigator = this.plan(place);
      this.goal = { place, navigator, retreatSinceMs: null, blockedSinceMs: null, arrivedAtMs: null, resolve, reject };
      this.checkBoard();
      this.checkSafety();
    });
  }

  /** Sent even when nothing drives: one stop stops everything. */
  stop(): void {
    this.cancelGoal('stopped');
    if (this.options.link.ready) this.options.link.request({ name: 'stop' }).catch(ignoreLostLink);
  }

  close(): void {
    for (const cancel of this.timers) cancel();
    this.cancelGoal('shutting down');
  }

  private plan(place: string): Navigator {
    const navigator = this.findWay(place);
    if (!navigator) throw new LetanError('WHEELS_BLOCKED', `no way leads from (${describe(this.pose)}) to ${place}`);
    return navigator;
  }

  private findWay(place: string): Navigator | null {
    const { site, calibration, radiusMm = radiusDefaultMm } = this.options;
    const target = poseOf(site, place);
    const route = findRoute(site, this.pose, target, radiusMm);
    return route && new Navigator(route, target.headingRad, calibration);
  }

  private observe(telemetry: BoardTelemetry): void {
    this.odometry.update(telemetry);
    this.poseChanged.emit(this.pose);
    this.checkSafety();
  }

  private checkBoard(): void {
    const { board } = this.options;
    if (board.status.status === 'ready' || board.status.status === 'degraded') return;
    this.fail(new LetanError('BOARD_NOT_CONNECTED', `the drive ended: ${board.status.error.detail}`));
  }

  private checkSafety(): void {
    const safety = this.options.board.telemetry?.safety;
    if (safety?.latched) this.fail(new LetanError('SAFETY_STOP', `the wheels are held by ${safety.cause ?? 'a latched stop'}`));
  }

  private steer(): void {
    const { goal } = this;
    const telemetry = this.options.board.telemetry;
    if (!goal || !telemetry) return;
    // A protective stop releases itself; until then nothing is asked of the wheels.
    if (telemetry.safety.stopped) {
      goal.retreatSinceMs = null;
      this.waitBlocked(goal, telemetry.safety.cause ?? 'a protective stop');
      return;
    }
    if (telemetry.retreatOnly) {
      this.retreat(goal);
      return;
    }
    if (goal.retreatSinceMs !== null) {
      goal.retreatSinceMs = null;
      goal.navigator = this.findWay(goal.place) ?? goal.navigator;
    }
    const steering = goal.arrivedAtMs === null ? goal.navigator.step(this.pose) : { arrived: true as const };
    if (steering.arrived) this.rollOut(goal, telemetry);
    else this.drive(goal, steering.speeds);
  }

  /** A person has released the robot after a bumper hit: straight back, until the firmware is content. */
  private retreat(goal: Goal): void {
    const nowMs = this.options.clock.monotonicMs();
    goal.retreatSinceMs ??= nowMs;
    if (nowMs - goal.retreatSinceMs < retreatLimitMs) this.drive(goal, retreatSpeeds);
    else this.fail(new LetanError('WHEELS_BLOCKED', 'a bumper stayed pressed while backing away: free it and press the release button'));
  }

  private rollOut(goal: Goal, telemetry: BoardTelemetry): void {
    const nowMs = this.options.clock.monotonicMs();
    goal.arrivedAtMs ??= nowMs;
    if (telemetry.moving && nowMs - goal.arrivedAtMs < settleMs) {
      this.stand();
      return;
    }
    this.goal = null;
    goal.resolve();
  }

  private drive(goal: Goal, speeds: WheelSpeeds): void {
    // One try: the next frame, 50 ms later, is better than a repetition of this one.
    this.options.link
      .request({ name: 'drive', ...speeds, validMs: driveValidMs }, { tries: 1 })
      .then((result) => this.judge(goal, result), ignoreLostLink);
  }

  /** Also withdraws a motion that an obstacle holds: beside a robot that wants nothing it is no stop. */
  private stand(): void {
    const { link } = this.options;
    if (link.ready) link.request({ name: 'drive', leftMmS: 0, rightMmS: 0, validMs: standValidMs }).catch(ignoreLostLink);
  }

  private judge(goal: Goal, result: AckResult): void {
    if (this.goal !== goal) return;
    switch (result) {
      case 'accepted':
      case 'repeated':
        goal.blockedSinceMs = null;
        return;
      case 'stopped':
      case 'retreatOnly':
      case 'interlocked':
      case 'busy':
        this.waitBlocked(goal, result);
        return;
      case 'outOfRange':
      case 'unknownMessage':
        this.fail(new LetanError('BOARD_REJECTED', `the firmware refused to drive: ${result}`));
        return;
      default:
        assertNever(result);
    }
  }

  private waitBlocked(goal: Goal, why: string): void {
    const nowMs = this.options.clock.monotonicMs();
    goal.blockedSinceMs ??= nowMs;
    if (nowMs - goal.blockedSinceMs < (this.options.patienceMs ?? patienceDefaultMs)) return;
    this.fail(new LetanError('WHEELS_BLOCKED', `the way to ${goal.place} stayed blocked: ${why}`));
  }

  private cancelGoal(why: string): void {
    this.fail(new LetanError('CANCELLED', `the drive was withdrawn: ${why}`));
  }

  private fail(error: LetanError): void {
    const { goal } = this;
    if (!goal) return;
    this.goal = null;
    this.stand();
    goal.reject(error);
  }
}

function poseOf(site: WheelsSite, place: string): Pose {
  const found = Object.hasOwn(site.places, place) ? site.places[place] : undefined;
  if (!found) throw new LetanError('WHEELS_BLOCKED', `the site file has no place "${place}"`);
  return { xMm: found.xMm, yMm: found.yMm, headingRad: (found.headingDeg * Math.PI) / 180 };
}

const describe = (pose: Pose): string => `${Math.round(pose.xMm)}, ${Math.round(pose.yMm)}`;

/** The link's own status tells that the board is gone; a lost drive or stop frame needs no second report. */
const ignoreLostLink = (): void => {};
