import type { SiteConfig } from '../../config/schema.ts';
import type { Random } from '../../src/core/random.ts';
import { assertNever } from '../../src/core/result.ts';
import type { MegaPins, Plant } from '../mega2560/plant.ts';
import type { LobbyCommand } from './commands.ts';
import { Drive } from './drive.ts';
import { bearingRad, type Point, toDegrees, toRadians, wrapRad } from './geometry.ts';
import { SnackColumn, tankCapacityMl, WaterLine } from './kitchen.ts';
import { People } from './people.ts';
import { robotRadiusMm } from './robot-shape.ts';
import { Room } from './room.ts';
import { Sensors } from './sensors.ts';
import type { LobbySnapshot } from './snapshot.ts';
import { Switches } from './switches.ts';
import { type DriveTruth, drawCalibratedUnit, drawFreshUnit, type UnitTruth } from './unit-truth.ts';
import { cyclesPerMs, Wiring } from './wiring.ts';

/** Enough for people walking; while anything of the robot moves the finer step keeps pulses and contacts exact. */
const idleStepCycles = 5 * cyclesPerMs;
const activeStepCycles = 1 * cyclesPerMs;

export interface LobbyOptions {
  site: SiteConfig;
  /** Draws the unit's hidden parameters and all noise: same seed and same cycles, same world. */
  random: Random;
  /** A unit that was never calibrated instead of one that the shipped robot file fits; default false. */
  freshUnit?: boolean;
  /** Replaces the drawn parameters of the wheels. */
  driveTruth?: DriveTruth;
  /** A cup stands under the spout from the start; default true. */
  autoCup?: boolean;
  tankMl?: number;
  snackStock?: number;
  batteryVolts?: number;
}

type Pose = Point & { headingRad: number };

interface World {
  truth: UnitTruth;
  /** Where the robot was last put down. */
  mark: Pose;
  wiring: Wiring;
  drive: Drive;
  sensors: Sensors;
  switches: Switches;
  water: WaterLine;
  snack: SnackColumn;
}

/**
 * The physical lobby around the control board. It moves by emulated cycles alone and never looks at the wall clock.
 * Commands may be given at any time after {@link attach}.
 */
export class LobbyPlant implements Plant {
  private readonly options: LobbyOptions;
  private readonly room: Room;
  private readonly people: People;
  private world: World | null = null;

  constructor(options: LobbyOptions) {
    this.options = options;
    this.room = new Room(options.site);
    this.people = new People(this.room);
  }

  attach(pins: MegaPins): void {
    if (this.world) throw new Error('the lobby is attached already');
    const { site, autoCup = true, tankMl = tankCapacityMl, snackStock = 8, batteryVolts = 25.6, random } = this.options;
    const home = site.places[site.home];
    if (!home) throw new Error(`site: home place ${site.home} is not among the places`);
    const wiring = new Wiring(pins);
    const start = { xMm: home.xMm, yMm: home.yMm, headingRad: wrapRad(toRadians(home.headingDeg)) };
    const truth = this.drawTruth();
    const drive = new Drive(wiring, this.room, start, truth.drive, truth.motor);
    this.world = {
      truth,
      mark: start,
      wiring,
      drive,
      sensors: new Sensors(wiring, drive, this.room, () => this.people.discs, random, truth.ranges),
      switches: new Switches(wiring, batteryVolts),
      water: new WaterLine(wiring, { tankMl, cupPresent: autoCup, truth: truth.water }),
      snack: new SnackColumn(wiring, snackStock),
    };
    this.step(this.world, pins.cycles);
  }

  /** False when it could not be done: no such person, or nobody can stand there. */
  command(command: LobbyCommand): boolean {
    const { drive, sensors, switches, water, snack } = this.attached();
    switch (command.type) {
      case 'addPerson':
        return this.people.add(command.id, command, drive.disc);
      case 'movePerson':
        return this.people.move(command.id, command, drive.disc);
      case 'walkPerson':
        return this.people.walk(command.id, command, command.speedMmS);
      case 'removePerson':
        return this.people.remove(command.id);
      case 'placeRobot':
        return this.placeRobot({ xMm: command.xMm, yMm: command.yMm, headingRad: toRadians(command.headingDeg) });
      case 'eStop':
        switches.pressEStop(command.pressed);
        return true;
      case 'hitBumper':
        switches.hitBumper(command.side);
        return true;
      case 'pressRelease':
        switches.pressRelease();
        return true;
      case 'fillTank':
        water.setTank(tankCapacityMl);
        return true;
      case 'emptyTank':
        water.setTank(0);
        return true;
      case 'cup':
        water.setCup(command.present);
        return true;
      case 'leak':
        water.setLeak(command.wet);
        return true;
      case 'valveStuck':
        water.setValveStuck(command.open);
        return true;
      case 'snackStock':
        snack.stock = command.count;
        return true;
      case 'hatch':
        switches.openHatch(command.open);
        return true;
      case 'cliff':
        switches.standAtEdge(command.atEdge);
        return true;
      case 'motorFault':
        switches.faultMotor(command.faulty);
        return true;
      case 'battery':
        switches.setBattery(command.volts);
        return true;
      case 'sensorFail':
        sensors.setSilent(command.sensor, command.failed);
        return true;
      default:
        return assertNever(command);
    }
  }

  snapshot(): LobbySnapshot {
    const { wiring, drive, sensors, switches, water, snack } = this.attached();
    const { xMm, yMm } = drive.disc;
    return {
      cycles: wiring.cycles,
      timeMs: wiring.cycles / cyclesPerMs,
      robot: { xMm, yMm, headingRad: drive.headingRad, ...drive.wheelSpeeds },
      rays: sensors.view(),
      people: this.people.view(),
      switches: { ...switches.view(), motorEnabled: drive.motorEnabled },
      water: water.view(),
      snack: snack.view(),
      batteryVolts: switches.batteryVolts,
      tape: this.tape(this.attached()),
    };
  }

  /** The unit's hidden parameters, for who must know what a calibration should find. */
  get truth(): UnitTruth {
    return this.attached().truth;
  }

  private drawTruth(): UnitTruth {
    const { random, driveTruth, freshUnit = false } = this.options;
    const draw = freshUnit ? drawFreshUnit : drawCalibratedUnit;
    // With given wheels nothing is drawn for a calibrated unit, so that the noise of such a world begins with the seed.
    const drawn = draw(driveTruth && !freshUnit ? { next: () => 0.5 } : random);
    return driveTruth ? { ...drawn, drive: driveTruth } : drawn;
  }

  private placeRobot(pose: Pose): boolean {
    const world = this.attached();
    const placed = world.drive.place(pose);
    if (placed) world.mark = pose;
    return placed;
  }

  private tape({ drive, mark }: World): LobbySnapshot['tape'] {
    const [eastMm, northMm] = [drive.disc.xMm - mark.xMm, drive.disc.yMm - mark.yMm];
    const [cos, sin] = [Math.cos(mark.headingRad), Math.sin(mark.headingRad)];
    const fromMiddleMm = this.room.castMm(drive.disc, drive.headingRad, this.people.discs);
    return {
      fromMark: {
        xMm: eastMm * cos + northMm * sin,
        yMm: northMm * cos - eastMm * sin,
        headingDeg: toDegrees(wrapRad(drive.headingRad - mark.headingRad)),
      },
      aheadMm: fromMiddleMm === null ? null : fromMiddleMm - robotRadiusMm,
    };
  }

  private attached(): World {
    if (!this.world) throw new Error('the lobby is not attached to a board yet');
    return this.world;
  }

  /** Moves everything from `startCycle` to the next step's beginning, then waits for that. */
  private step(world: World, startCycle: number): void {
    const { wiring, drive, switches, water, snack } = world;
    const lengthCycles = drive.active || water.active || snack.active ? activeStepCycles : idleStepCycles;
    const span = { startCycle, lengthCycles };
    drive.step(span, this.people.discs, (bearing) => switches.touch(bearing));
    const seconds = lengthCycles / cyclesPerMs / 1000;
    this.people.step(seconds, drive.disc, (person) => switches.touch(wrapRad(bearingRad(drive.disc, person) - drive.headingRad)));
    water.step(span);
    snack.step(span);
    wiring.at(startCycle + lengthCycles, () => this.step(world, startCycle + lengthCycles));
  }
}
