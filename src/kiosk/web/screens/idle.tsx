import { t } from '../../../../config/texts/texts.ts';
import { type Language, languages } from '../../../core/language.ts';
import { Actions, Button } from '../button.tsx';
import { Icon } from '../icons.tsx';
import { useKiosk } from '../kiosk-context.ts';

/** Nobody is being served: which numbers the counters are at, and an invitation; a touch anywhere begins. */
export function Attract() {
  const { view, text, send } = useKiosk();
  return (
    <button type="button" class="attract" onClick={() => send({ type: 'wake' })}>
      <span class="attract-invite">
        {languages.map((language) => (
          <span key={language} lang={language}>
            {t(language, 'attract.touch')}
          </span>
        ))}
      </span>
      <span class={view.missed.length > 0 ? 'serving serving-crowded' : 'serving'}>
        <span class="serving-title">{text('attract.serving')}</span>
        {view.serving.length === 0 && <span class="serving-none">{text('attract.nobody')}</span>}
        {view.serving.map(({ counter, ticketNumber }) => (
          <span key={counter} class="serving-line">
            <strong>{ticketNumber}</strong>
            <Icon name="next" />
            <span>{text('attract.counter', { counter })}</span>
          </span>
        ))}
        <Missed />
      </span>
    </button>
  );
}

/** Numbers called in vain: who was away can still see hers and where to ask. */
function Missed() {
  const { view, text } = useKiosk();
  if (view.missed.length === 0) return null;
  return (
    <span class="missed">
      <span class="serving-title">
        {text('attract.missed')} <span>{text('attract.missedHint')}</span>
      </span>
      <span class="missed-list">
        {view.missed.map(({ ticketNumber, counter }) => (
          <span key={ticketNumber} class="missed-number">
            <strong>{ticketNumber}</strong>
            {counter !== null && <span>{text('attract.counter', { counter })}</span>}
          </span>
        ))}
      </span>
    </span>
  );
}

/** The robot has seen someone; who reads another language goes straight on in it. */
export function Greeting() {
  const { view, text, send } = useKiosk();
  return (
    <div class="centred">
      <Actions>
        <Button kind="primary" onPress={() => send({ type: 'wake' })}>
          {text('greeting.start')}
        </Button>
      </Actions>
      <Actions>
        {languages
          .filter((language) => language !== view.language)
          .map((language) => (
            <Button key={language} onPress={() => send({ type: 'language', language })}>
              <span lang={language}>{t(language, `language.${language}`)}</span>
            </Button>
          ))}
      </Actions>
    </div>
  );
}

const greetings: Record<Language, string> = { vi: 'Xin chào', en: 'Hello', ko: '안녕하세요' };

export function LanguageChoice() {
  const { send } = useKiosk();
  return (
    <div class="languages">
      {languages.map((language) => (
        <button key={language} type="button" class="language" lang={language} onClick={() => send({ type: 'language', language })}>
          <strong>{t(language, `language.${language}`)}</strong>
          <span>{greetings[language]}</span>
        </button>
      ))}
    </div>
  );
}
