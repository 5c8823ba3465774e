import { noMischief, type Restart } from './broker.ts';
import type { Dice } from './dice.ts';
import type { Robot } from './robot.ts';
import type { Ward } from './ward.ts';
import { goodNetwork } from './wire.ts';
import type { World } from './world.ts';

export const faultKinds = [
  'network goes bad',
  'network goes away',
  'robot crashes',
  'robot crashes within a sequence',
  'server crashes',
  'server crashes within a sequence',
  'broker restarts',
  'broker loses, doubles and delays',
  "robot's clock jumps",
  'server is slow',
  'server is deaf',
  "server's disk is full",
  "robot's disk is full",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Saves of a broker's memory; mosquitto's default is 30 min, here every run should meet an old one. */
const saveEveryMs = 20_000;

/** Throws faults at a run until it heals. */
export class Faults {
  private readonly world: World;
  private readonly robots: readonly [Robot, ...Robot[]];
  private readonly server: Ward;
  private readonly dice: Dice;
  private healed = false;

  constructor(world: World, robots: readonly [Robot, ...Robot[]], server: Ward) {
    this.world = world;
    this.robots = robots;
    this.server = server;
    this.dice = world.dice.of('faults');
  }

  start(): void {
    const { time, broker } = this.world;
    const save = () => {
      broker.save();
      if (!this.healed) time.after(saveEveryMs, save);
    };
    save();
    this.next();
  }

  heal(): void {
    this.healed = true;
    this.world.happenings.note('faults', 'heal');
    for (const side of [...this.robots, this.server]) {
      side.conditions = goodNetwork;
      side.machine.diskFull = false;
      if (side.process) side.process.stepsLeft = null;
    }
    this.server.slownessMs = 0;
    this.server.deaf = false;
    this.world.broker.mischief = noMischief;
  }

  private next(): void {
    const { time, plan, happenings } = this.world;
    time.after(this.dice.around(plan.faultEveryMs), () => {
      if (this.healed) return;
      const [first, ...others] = plan.faults;
      if (first) {
        const kind = this.dice.pick([first, ...others]);
        happenings.count(`fault: ${kind}`);
        happenings.note('faults', kind);
        this.strike(kind);
      }
      this.next();
    });
  }

  private strike(kind: FaultKind): void {
    const { dice, server } = this;
    const robot = dice.pick(this.robots);
    switch (kind) {
      case 'network goes bad':
      case 'network goes away':
        this.strikeNetwork(kind, dice.chance(0.5) ? server : robot);
        break;
      case 'robot crashes':
        robot.process?.die();
        break;
      case 'robot crashes within a sequence':
        if (robot.process) robot.process.stepsLeft = dice.between(0, 40);
        break;
      case 'server crashes':
        server.process?.die();
        break;
      case 'server crashes within a sequence':
        if (server.process) server.process.stepsLeft = dice.between(0, 80);
        break;
      case 'broker restarts':
      case 'broker loses, doubles and delays':
        this.strikeBroker(kind);
        break;
      case "robot's clock jumps":
        robot.machine.skewMs += dice.between(-90_000, 90_000);
        robot.clockJumped = true;
        break;
      default:
        this.strikeHost(kind, robot);
    }
  }

  private strikeNetwork(kind: 'network goes bad' | 'network goes away', side: Robot | Ward): void {
    const { dice } = this;
    const bad = { delayMs: dice.pick([10, 200, 1_500]), cutChance: dice.pick([0.02, 0.1, 0.3]), reachable: true };
    side.conditions = kind === 'network goes bad' ? bad : { ...goodNetwork, cutChance: 1, reachable: false };
    this.later(() => {
      side.conditions = goodNetwork;
    });
  }

  private strikeBroker(kind: 'broker restarts' | 'broker loses, doubles and delays'): void {
    const { dice } = this;
    const { broker } = this.world;
    if (kind === 'broker restarts') {
      const restart = dice.pick<Restart>(['remembers everything', 'remembers its last save', 'forgets everything']);
      broker.restart(restart, dice.between(100, 20_000));
      return;
    }
    broker.mischief = { lose: dice.pick([0, 0.1, 0.4]), repeat: 0.2, delay: 0.2 };
    this.later(() => {
      broker.mischief = noMischief;
    });
  }

  private strikeHost(kind: 'server is slow' | 'server is deaf' | "server's disk is full" | "robot's disk is full", robot: Robot): void {
    const { dice, server } = this;
    switch (kind) {
      case 'server is slow':
        server.slownessMs = dice.pick([500, 3_000, 8_000]);
        this.later(() => {
          server.slownessMs = 0;
        });
        break;
      case 'server is deaf':
        server.deaf = true;
        this.later(() => {
          server.deaf = false;
        });
        break;
      case "server's disk is full":
      case "robot's disk is full": {
        const { machine } = kind === "server's disk is full" ? server : robot;
        machine.diskFull = true;
        this.later(() => {
          machine.diskFull = false;
        });
      }
    }
  }

  /** Ends a fault that lasts. */
  private later(end: () => void): void {
    this.world.time.after(this.dice.pick([2_000, 10_000, 70_000]), end);
  }
}
