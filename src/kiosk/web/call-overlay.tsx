import { type TextKey, t } from '../../../config/texts/texts.ts';
import type { Call, CallKind } from '../../behaviour/model.ts';
import { languages } from '../../core/language.ts';
import { Icon } from './icons.tsx';
import { useKiosk } from './kiosk-context.ts';

/** What is said of each kind of call, and what stands above it where it is not a plain one. */
const wordsOf = {
  call: { sentence: 'call.spoken', label: null },
  recall: { sentence: 'call.spoken', label: 'call.again' },
  transfer: { sentence: 'call.transfer', label: 'call.onward' },
  walkDirect: { sentence: 'call.walkDirect', label: 'call.straight' },
} as const satisfies Record<CallKind, { sentence: TextKey; label: TextKey | null }>;

/** A number called to a counter: large, in all three languages, the citizen's own first. */
export function CallOverlay({ call }: { call: Call }) {
  const { language } = useKiosk();
  const ordered = [language, ...languages.filter((other) => other !== language)];
  const { sentence, label } = wordsOf[call.kind];
  return (
    <section class={`overlay overlay-call overlay-call-${call.kind}`} key={`${call.callId}#${call.sequence}`}>
      {label && <p class="call-again">{ordered.map((each) => t(each, label)).join(' · ')}</p>}
      <p class="call-invite">{t(language, 'call.invite')}</p>
      <p class="call-number">{call.ticketNumber}</p>
      <div class="call-counter" aria-hidden="true">
        <Icon name="next" />
        <span>{call.counter}</span>
      </div>
      <ul class="call-lines">
        {ordered.map((each) => (
          <li key={each} lang={each}>
            {t(each, sentence, { number: call.ticketNumber, counter: call.counter })}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Tells a screen reader every call; it stays in the page so that a change is noticed. */
export function CallAnnouncer() {
  const { view, language } = useKiosk();
  const { call } = view;
  return (
    <p class="visually-hidden" aria-live="assertive">
      {call && t(language, wordsOf[call.kind].sentence, { number: call.ticketNumber, counter: call.counter })}
    </p>
  );
}
