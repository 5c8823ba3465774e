import { along, bearingRad, type Circle, distanceMm, type Point } from './geometry.ts';
import type { Room } from './room.ts';
import type { PersonView } from './snapshot.ts';

/** Shoulder width of an adult is about 440 mm. */
export const personRadiusMm = 220;
/** More would be a crowd; also the bound against a runaway script. */
export const maximumPeople = 40;

interface Person extends Circle {
  id: string;
  walk: { to: Point; speedMmS: number } | null;
}

/** Who stands where. People are nameless discs; they block the robot and it blocks them. */
export class People {
  private readonly byId = new Map<string, Person>();
  private readonly room: Room;

  constructor(room: Room) {
    this.room = room;
  }

  get discs(): Iterable<Circle> {
    return this.byId.values();
  }
  get walking(): boolean {
    for (const person of this.byId.values()) if (person.walk) return true;
    return false;
  }

  /** False when nobody can stand there, the id is taken or the lobby is full. A spot on the robot becomes one beside it. */
  add(id: string, at: Point, robot: Circle): boolean {
    const spot = this.freeSpot(at, robot);
    if (!spot || this.byId.has(id) || this.byId.size >= maximumPeople) return false;
    this.byId.set(id, { id, ...spot, radiusMm: personRadiusMm, walk: null });
    return true;
  }

  move(id: string, at: Point, robot: Circle): boolean {
    const person = this.byId.get(id);
    const spot = this.freeSpot(at, robot);
    if (!person || !spot) return false;
    Object.assign(person, spot);
    person.walk = null;
    return true;
  }

  walk(id: string, to: Point, speedMmS: number): boolean {
    const person = this.byId.get(id);
    if (!person) return false;
    person.walk = { to: { xMm: to.xMm, yMm: to.yMm }, speedMmS };
    return true;
  }

  remove(id: string): boolean {
    return this.byId.delete(id);
  }

  /** Everyone walks for `seconds`; `onBump` gets the place of a person who ran into the robot. */
  step(seconds: number, robot: Circle, onBump: (person: Point) => void): void {
    for (const person of this.byId.values()) {
      if (!person.walk) continue;
      const leftMm = distanceMm(person, person.walk.to);
      const strideMm = Math.min(leftMm, person.walk.speedMmS * seconds);
      const next = { ...along(person, bearingRad(person, person.walk.to), strideMm), radiusMm: person.radiusMm };
      const nearerToRobot = distanceMm(next, robot) < distanceMm(person, robot);
      const bumped = nearerToRobot && distanceMm(next, robot) < robot.radiusMm + person.radiusMm;
      if (bumped) onBump(person);
      if (bumped || !this.room.fits(next)) {
        person.walk = null;
        continue;
      }
      person.xMm = next.xMm;
      person.yMm = next.yMm;
      if (strideMm === leftMm) person.walk = null;
    }
  }

  view(): PersonView[] {
    return [...this.byId.values()].map(({ id, xMm, yMm, walk }) => ({ id, xMm, yMm, walkingTo: walk?.to ?? null }));
  }

  private freeSpot(at: Point, robot: Circle): Point | null {
    const touchingMm = robot.radiusMm + personRadiusMm + 1;
    const spot = distanceMm(at, robot) >= touchingMm ? { xMm: at.xMm, yMm: at.yMm } : along(robot, bearingRad(robot, at), touchingMm);
    return this.room.fits({ ...spot, radiusMm: personRadiusMm }) ? spot : null;
  }
}
