import { useKiosk } from '../kiosk-context.ts';

/** Mouths, the happiest first. */
const smileys = [
  { score: 5, mouth: 'M30 60 Q50 86 70 60 Z' },
  { score: 4, mouth: 'M34 63 Q50 75 66 63' },
  { score: 3, mouth: 'M34 67 H66' },
  { score: 2, mouth: 'M34 70 Q50 60 66 70' },
  { score: 1, mouth: 'M32 72 Q50 50 68 72' },
] as const;

export function Feedback() {
  const { text, send } = useKiosk();
  return (
    <div class="smileys">
      {smileys.map(({ score, mouth }) => (
        <button key={score} type="button" class={`smiley smiley-${score}`} onClick={() => send({ type: 'rating', score })}>
          <svg viewBox="0 0 100 100" aria-hidden="true" focusable="false">
            <circle cx="50" cy="50" r="44" />
            <path class="smiley-eyes" d="M36 38v6M64 38v6" />
            <path class="smiley-mouth" d={mouth} />
          </svg>
          <span>{text(`feedback.score${score}`)}</span>
        </button>
      ))}
    </div>
  );
}
