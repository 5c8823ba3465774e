/** What the eyes express; follows what the robot is doing. */
export type Expression = 'calm' | 'happy' | 'busy' | 'calling' | 'sorry' | 'stopped' | 'asleep' | 'driving';

/** One eye: an open form, a smiling arc and a lid line; the expression decides which is seen. */
function Eye({ x }: { x: number }) {
  return (
    <g class="face-eye" transform={`translate(${x} 100)`}>
      <g class="face-gaze">
        <g class="face-blink">
          <rect class="face-open" x="-38" y="-54" width="76" height="108" rx="38" />
          <circle class="face-glint" cx="13" cy="-24" r="11" />
        </g>
        <path class="face-arc" d="M-40 20 Q0 -50 40 20" />
        <path class="face-lid" d="M-38 10 Q0 30 38 10" />
      </g>
    </g>
  );
}

/** The robot's face: two calm eyes, cheeks and a small mouth. Decoration only, so hidden from screen readers. */
export function Face({ expression }: { expression: Expression }) {
  return (
    <svg class={`face face-${expression}`} viewBox="0 0 460 220" aria-hidden="true" focusable="false">
      <ellipse class="face-cheek" cx="62" cy="158" rx="34" ry="19" />
      <ellipse class="face-cheek" cx="398" cy="158" rx="34" ry="19" />
      <Eye x={140} />
      <Eye x={320} />
      <path class="face-mouth" d="M204 176 Q230 196 256 176" />
    </svg>
  );
}
