import type { Point } from '../../geometry.ts';
import type { PersonView } from '../../snapshot.ts';
import { flip } from './frame.ts';

const clothes = ['#c2577c', '#4b7fc4', '#3d9480', '#c98a3a', '#7a68b8', '#5b8a3c'];

/** Steady colour of a person: from her id, so that it stays hers. */
function clothesOf(id: string): string {
  const sum = [...id].reduce((total, letter) => total * 31 + letter.charCodeAt(0), 7);
  return clothes[sum % clothes.length] ?? '#4b7fc4';
}

interface Props {
  person: PersonView;
  /** Where the dragging hand holds her; null = where she stands. */
  heldAt: Point | null;
  onGrab(event: PointerEvent): void;
  onRemove(): void;
  onNudge(by: Point): void;
}

const stepMm = 100;
const nudges: Record<string, Point> = {
  ArrowLeft: { xMm: -stepMm, yMm: 0 },
  ArrowRight: { xMm: stepMm, yMm: 0 },
  ArrowUp: { xMm: 0, yMm: stepMm },
  ArrowDown: { xMm: 0, yMm: -stepMm },
};

/** Somebody from above. Drag or arrow keys move her, double-click or Delete sends her away. */
export function Person({ person, heldAt, onGrab, onRemove, onNudge }: Props) {
  const at = heldAt ?? person;
  const onKeyDown = (event: KeyboardEvent) => {
    const nudge = nudges[event.key];
    if (nudge) onNudge(nudge);
    else if (event.key === 'Delete' || event.key === 'Backspace') onRemove();
    else return;
    event.preventDefault();
  };
  return (
    <g>
      {person.walkingTo && <line class="walk" x1={at.xMm} y1={flip(at.yMm)} x2={person.walkingTo.xMm} y2={flip(person.walkingTo.yMm)} />}
      {/* biome-ignore lint/a11y/useSemanticElements: a button element cannot stand inside an SVG */}
      <g
        class={`person ${heldAt ? 'person-held' : ''}`}
        transform={`translate(${at.xMm} ${flip(at.yMm)})`}
        role="button"
        tabindex={0}
        aria-label={`Person ${person.id}: arrow keys move, Delete removes`}
        onPointerDown={onGrab}
        onDblClick={onRemove}
        onKeyDown={onKeyDown}
      >
        <circle class="person-ring" r="290" />
        <circle class="person-shade" cx="10" cy="18" r="224" />
        <ellipse rx="220" ry="150" fill={clothesOf(person.id)} />
        <circle class="person-head" r="105" />
        <path class="person-hair" d="M-104 -14 A105 105 0 0 1 104 -14 Q0 -58 -104 -14Z" />
      </g>
    </g>
  );
}
