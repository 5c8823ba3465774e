import { useRef, useState } from 'preact/hooks';
import type { SiteConfig } from '../../../../config/schema.ts';
import type { LobbyCommand } from '../../commands.ts';
import { along, type Point } from '../../geometry.ts';
import type { LobbySnapshot, PersonView } from '../../snapshot.ts';
import type { Act } from '../connection.ts';
import { lobbyPoint, viewBoxOf } from './frame.ts';
import { Person } from './person.tsx';
import { Cones, Robot } from './robot.tsx';
import { Scenery } from './scenery.tsx';
import { Trail } from './trail.tsx';

/** A dragging hand is told to the world at most this often. */
const dragPeriodMs = 50;
/** Talking distance, from the robot's middle. */
const talkingMm = 950;

function freeId(people: readonly PersonView[]): string {
  const taken = new Set(people.map(({ id }) => id));
  for (let number = 1; ; number++) if (!taken.has(`p${number}`)) return `p${number}`;
}

interface Held {
  id: string;
  at: Point;
  /** Time of the last word to the world, as events count it. */
  toldAtMs: number;
}

interface Props {
  site: SiteConfig;
  snapshot: LobbySnapshot | null;
  act: Act;
}

/** Live top view. Click the floor to put somebody there, drag to move, double-click to remove; in walk mode a click sends the last one touched. */
export function LobbyMap({ site, snapshot, act }: Props) {
  const svg = useRef<SVGSVGElement>(null);
  const [held, setHeld] = useState<Held | null>(null);
  const [walking, setWalking] = useState(false);
  const [lastId, setLastId] = useState<string | null>(null);
  const people = snapshot?.people ?? [];
  const world = (command: LobbyCommand) => act({ type: 'world', command });
  const pointAt = (event: MouseEvent) => (svg.current ? lobbyPoint(svg.current, event) : null);

  const add = (at: Point) => {
    const id = freeId(people);
    setLastId(id);
    world({ type: 'addPerson', id, ...at });
  };
  const onFloor = (event: MouseEvent) => {
    const at = pointAt(event);
    // The second click of a double-click means nothing on the floor.
    if (!at || event.detail > 1) return;
    const walker = people.find(({ id }) => id === lastId) ?? people.at(-1);
    if (walking && walker) world({ type: 'walkPerson', id: walker.id, ...at, speedMmS: 1000 });
    else add(at);
  };
  const grab = (person: PersonView) => (event: PointerEvent) => {
    // Captured by the person, not by the picture: otherwise her double-click would go to the picture.
    if (event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
    setLastId(person.id);
    setHeld({ id: person.id, at: person, toldAtMs: event.timeStamp });
  };
  const drag = (event: PointerEvent) => {
    const at = pointAt(event);
    if (!held || !at) return;
    const due = event.timeStamp - held.toldAtMs >= dragPeriodMs;
    if (due) world({ type: 'movePerson', id: held.id, ...at });
    setHeld({ id: held.id, at, toldAtMs: due ? event.timeStamp : held.toldAtMs });
  };
  const letGo = () => {
    const person = people.find(({ id }) => id === held?.id);
    if (held && person && held.at !== person) world({ type: 'movePerson', id: held.id, xMm: held.at.xMm, yMm: held.at.yMm });
    setHeld(null);
  };
  const stepInFront = () => {
    if (snapshot) add(rounded(along(snapshot.robot, snapshot.robot.headingRad, talkingMm)));
  };

  return (
    <section class="map" aria-label="The lobby from above">
      <div class="map-tools">
        <p>
          {walking
            ? 'Click the floor: the person you touched last walks there.'
            : 'Click the floor to put a person there. Drag to move, double-click to remove.'}
        </p>
        <button type="button" class="tool" aria-pressed={walking} disabled={people.length === 0} onClick={() => setWalking(!walking)}>
          Let walk
        </button>
        <button type="button" class="tool" onClick={stepInFront}>
          Step before the robot
        </button>
        <button
          type="button"
          class="tool"
          disabled={people.length === 0}
          onClick={() => {
            setWalking(false);
            for (const { id } of people) world({ type: 'removePerson', id });
          }}
        >
          Everybody out
        </button>
      </div>
      <svg ref={svg} viewBox={viewBoxOf(site)} onPointerMove={drag} onPointerUp={letGo} onPointerCancel={() => setHeld(null)}>
        <title>The lobby from above</title>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons above do the same by keyboard */}
        <g class="ground" onClick={onFloor}>
          <Scenery site={site} />
        </g>
        {snapshot && (
          <g class="seen">
            <Trail robot={snapshot.robot} />
            <Cones rays={snapshot.rays} />
            <Robot snapshot={snapshot} />
          </g>
        )}
        {people.map((person) => (
          <Person
            key={person.id}
            person={person}
            heldAt={held?.id === person.id ? held.at : null}
            onGrab={grab(person)}
            onRemove={() => world({ type: 'removePerson', id: person.id })}
            onNudge={({ xMm, yMm }) =>
              world({ type: 'movePerson', id: person.id, ...rounded({ xMm: person.xMm + xMm, yMm: person.yMm + yMm }) })
            }
          />
        ))}
      </svg>
    </section>
  );
}

const rounded = ({ xMm, yMm }: Point): Point => ({ xMm: Math.round(xMm), yMm: Math.round(yMm) });
