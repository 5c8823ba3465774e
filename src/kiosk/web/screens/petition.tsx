import { useState } from 'preact/hooks';
import { Button } from '../button.tsx';
import { Keyboard } from '../keyboard/keyboard.tsx';
import { useActivity, useKiosk } from '../kiosk-context.ts';
import { DoneButton } from './moments.tsx';

/** As the server allows (page-message.ts). */
const petitionLimit = 2000;

/** Free text on the robot's own keyboard; the text lives in this component only and goes with it. */
export function Petition() {
  const { text, language, send } = useKiosk();
  const active = useActivity();
  const [words, setWords] = useState('');
  const change = (next: string) => {
    setWords(next.slice(0, petitionLimit));
    active();
  };
  return (
    <div class="writing">
      <div class="writing-field">
        <textarea
          aria-label={text('petition.title')}
          placeholder={text('petition.placeholder')}
          inputMode="none"
          maxLength={petitionLimit}
          value={words}
          onInput={(event) => change(event.currentTarget.value)}
        />
        <div class="writing-side">
          <span>{text('petition.left', { count: petitionLimit - words.length })}</span>
          <Button kind="primary" icon="yes" disabled={words.trim() === ''} onPress={() => send({ type: 'petition', text: words })}>
            {text('petition.send')}
          </Button>
        </div>
      </div>
      <Keyboard key={language} value={words} onChange={change} />
    </div>
  );
}

export function PetitionDone({ receiptNumber }: { receiptNumber: string }) {
  const { text } = useKiosk();
  return (
    <div class="centred">
      <article class="paper">
        <p class="paper-title">{text('petition.receipt')}</p>
        <p class="paper-receipt">{receiptNumber}</p>
      </article>
      <DoneButton />
    </div>
  );
}
