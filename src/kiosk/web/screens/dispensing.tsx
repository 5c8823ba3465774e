import { Actions, Button } from '../button.tsx';
import { useKiosk } from '../kiosk-context.ts';

/** A cup that fills to `fraction` (0..1). */
function Cup({ fraction }: { fraction: number }) {
  const top = 176 - 150 * Math.min(1, Math.max(0, fraction));
  return (
    <svg class="cup" viewBox="0 0 160 200" aria-hidden="true" focusable="false">
      <clipPath id="cup-inside">
        <path d="M26 20h108l-12 158a8 8 0 0 1-8 7H46a8 8 0 0 1-8-7z" />
      </clipPath>
      <g clip-path="url(#cup-inside)">
        <rect class="cup-water" x="0" y={top} width="160" height="200" />
      </g>
      <path class="cup-wall" d="M22 16h116l-13 163a10 10 0 0 1-10 9H45a10 10 0 0 1-10-9z" />
    </svg>
  );
}

export function WaterOffer() {
  const { text, send } = useKiosk();
  return (
    <div class="centred">
      <Cup fraction={0.62} />
      <Actions>
        <Button icon="no" onPress={() => send({ type: 'decline' })}>
          {text('water.decline')}
        </Button>
        <Button kind="primary" icon="water" onPress={() => send({ type: 'accept' })}>
          {text('water.accept')}
        </Button>
      </Actions>
    </div>
  );
}

export function WaterDispensing({ dispensedMl, volumeMl }: { dispensedMl: number; volumeMl: number }) {
  const { text, send } = useKiosk();
  const dispensed = Math.round(dispensedMl);
  return (
    <div class="centred">
      <Cup fraction={volumeMl > 0 ? dispensedMl / volumeMl : 0} />
      <p class="figure" role="progressbar" aria-valuenow={dispensed} aria-valuemin={0} aria-valuemax={volumeMl}>
        {text('water.progress', { dispensed, volume: volumeMl })}
      </p>
      <Actions>
        <Button icon="no" onPress={() => send({ type: 'decline' })}>
          {text('water.stop')}
        </Button>
      </Actions>
    </div>
  );
}

/** The spiral that pushes a snack forward. */
export function SnackDispensing() {
  return (
    <div class="centred">
      <svg class="spiral" viewBox="0 0 240 120" aria-hidden="true" focusable="false">
        {[0, 1, 2, 3, 4].map((turn) => (
          <ellipse key={turn} cx={46 + turn * 37} cy="60" rx="20" ry="46" />
        ))}
      </svg>
    </div>
  );
}
