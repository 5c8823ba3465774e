import type { SiteConfig } from '../../../../config/schema.ts';
import type { LobbyCommand } from '../../commands.ts';
import { freeFloor } from '../../free-floor.ts';
import { robotRadiusMm } from '../../robot-shape.ts';
import type { LobbySnapshot } from '../../snapshot.ts';
import { Group, Key } from './keys.tsx';

/** Water of 25 C. */
const gramsPerMl = 0.997;
/** Room for squares of 2 m to either side, and what the range sensors want free beyond. */
const squareFloor = { aheadMm: 2950, behindMm: 950, besideMm: 2950 };

interface Props {
  site: SiteConfig;
  snapshot: LobbySnapshot | null;
  world(command: LobbyCommand): void;
}

/** Tape measure and kitchen scale, for who calibrates the robot by hand. */
export function Technician({ site, snapshot, world }: Props) {
  const mark = freeFloor(site, squareFloor);
  const eastMm = Math.max(...site.outline.map(({ xMm }) => xMm));
  const yMm = mark?.yMm ?? 0;
  const beforeWall = (distanceMm: number) => world({ type: 'placeRobot', xMm: eastMm - robotRadiusMm - distanceMm, yMm, headingDeg: 0 });
  return (
    <Group title="Technician" hint={measured(snapshot)}>
      {mark && <Key label="Put on the start mark" onPress={() => world({ type: 'placeRobot', ...mark, headingDeg: 0 })} />}
      <Key
        label="Put an empty cup"
        onPress={() => {
          world({ type: 'cup', present: false });
          world({ type: 'cup', present: true });
        }}
      />
      <Key label="500 mm from the wall" onPress={() => beforeWall(500)} />
      <Key label="1500 mm from the wall" onPress={() => beforeWall(1500)} />
    </Group>
  );
}

function measured(snapshot: LobbySnapshot | null): string {
  if (!snapshot) return '';
  const { fromMark, aheadMm } = snapshot.tape;
  const signed = (value: number) => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(0)}`;
  const ahead = aheadMm === null ? 'nothing' : `${aheadMm.toFixed(0)} mm`;
  return `x ${signed(fromMark.xMm)} y ${signed(fromMark.yMm)} mm, ahead ${ahead}, cup ${(snapshot.water.cupMl * gramsPerMl).toFixed(1)} g`;
}
