import { useEffect, useRef, useState } from 'preact/hooks';
import type { Clock } from '../../core/clock.ts';
import type { KioskView, ScreenName } from '../view.ts';
import { Button } from './button.tsx';
import { useKiosk } from './kiosk-context.ts';

type Countdown = NonNullable<KioskView['countdown']>;
/** Below this the countdown asks for attention. */
const urgentMs = 10_000;
const ringLength = 2 * Math.PI * 20;

/** While the robot works its own patience counts down; the citizen cannot stretch that. */
const ownPace: ReadonlySet<ScreenName> = new Set([
  'ticketReserving',
  'ticketPrinting',
  'waterDispensing',
  'snackDispensing',
  'registrationSending',
  'petitionSending',
  'thanks',
]);
const mayHaveMoreTime = (screen: ScreenName): boolean => !ownPace.has(screen);

/** Time left, counted on by the page itself between two views. */
function useRemainingMs(countdown: Countdown, clock: Clock): number {
  const deadlineMs = useRef(0);
  const [remainingMs, setRemainingMs] = useState(countdown.remainingMs);
  useEffect(() => {
    deadlineMs.current = clock.monotonicMs() + countdown.remainingMs;
    const tell = () => setRemainingMs(Math.max(0, deadlineMs.current - clock.monotonicMs()));
    tell();
    return clock.every(250, tell);
  }, [countdown, clock]);
  return remainingMs;
}

/** Ring and seconds of the present screen, with "I need more time". */
export function CountdownRing({ countdown }: { countdown: Countdown }) {
  const { view, text, clock, send } = useKiosk();
  const remainingMs = useRemainingMs(countdown, clock);
  const fraction = countdown.totalMs > 0 ? Math.min(1, remainingMs / countdown.totalMs) : 0;
  const seconds = Math.ceil(remainingMs / 1000);
  return (
    <div class={`countdown ${remainingMs <= urgentMs ? 'countdown-urgent' : ''}`}>
      <svg class="countdown-ring" viewBox="0 0 48 48" role="timer" aria-label={text('common.secondsLeft', { count: seconds })}>
        <circle class="countdown-track" cx="24" cy="24" r="20" />
        <circle
          class="countdown-left"
          cx="24"
          cy="24"
          r="20"
          stroke-dasharray={`${ringLength}`}
          stroke-dashoffset={`${ringLength * (1 - fraction)}`}
          transform="rotate(-90 24 24)"
        />
        <text x="24" y="24" dy="0.36em" text-anchor="middle">
          {seconds}
        </text>
      </svg>
      {mayHaveMoreTime(view.screen.name) && <Button onPress={() => send({ type: 'stillHere' })}>{text('common.moreTime')}</Button>}
    </div>
  );
}
