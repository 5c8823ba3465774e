import { useState } from 'preact/hooks';
import { type ChipStage, chipStages } from '../../../behaviour/model.ts';
import { Actions, Button } from '../button.tsx';
import { Icon } from '../icons.tsx';
import { useActivity, useKiosk } from '../kiosk-context.ts';

/** Digits of a card's whole number, and of its end, which opens the chip. */
const wholeNumber = 12;
const accessNumber = 6;
const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '', '0', 'delete'] as const;

/** The number off a card whose code cannot be scanned; it lives in this component only and goes with it. */
export function CardNumber() {
  const { text, send } = useKiosk();
  const active = useActivity();
  const [digits, setDigits] = useState('');
  const change = (next: string) => {
    setDigits(next.slice(0, wholeNumber));
    active();
  };
  const complete = digits.length === accessNumber || digits.length === wholeNumber;
  return (
    <div class="number">
      <output class="number-digits" aria-label={text('registration.numberTitle')}>
        {digits.replace(/(.{4})(?=.)/g, '$1 ') || '…'}
      </output>
      <div class="number-keys">
        {keys.map((key) => {
          if (key === '') return <span key="gap" />;
          if (key !== 'delete')
            return (
              <button key={key} type="button" class="key" onClick={() => change(digits + key)}>
                {key}
              </button>
            );
          return (
            <button key={key} type="button" class="key" aria-label={text('keyboard.delete')} onClick={() => change(digits.slice(0, -1))}>
              <Icon name="delete" />
            </button>
          );
        })}
      </div>
      <Actions>
        <Button kind="primary" icon="yes" disabled={!complete} onPress={() => send({ type: 'cardNumber', number: digits })}>
          {text('registration.numberDone')}
        </Button>
      </Actions>
    </div>
  );
}

/** The card lies on the reader, or is asked for; how far its chip is read. */
export function ChipReading({ stage, maySkip }: { stage: ChipStage | null; maySkip: boolean }) {
  const { text, send } = useKiosk();
  const done = stage === null ? 0 : chipStages.indexOf(stage) + 1;
  return (
    <div class="centred">
      <svg class="scan chip-reader" viewBox="0 0 320 260" aria-hidden="true" focusable="false">
        <rect class="scan-device" x="70" y="206" width="180" height="46" rx="14" />
        <path class="chip-waves" d="M142 194a26 26 0 0 1 36 0M128 180a46 46 0 0 1 64 0M114 166a66 66 0 0 1 92 0" />
        <g class={stage === null ? 'scan-thing' : 'scan-thing chip-laid'}>
          <rect x="84" y="18" width="152" height="96" rx="11" />
          <rect class="chip-pad" x="102" y="48" width="28" height="22" rx="5" />
          <path class="scan-lines" d="M148 48h68M148 68h48M102 92h96" />
        </g>
      </svg>
      {stage !== null && <progress class="chip-progress" max={chipStages.length} value={done} aria-label={text(`chip.stage.${stage}`)} />}
      {maySkip && (
        <Actions>
          <Button icon="next" onPress={() => send({ type: 'decline' })}>
            {text('chip.skip')}
          </Button>
        </Actions>
      )}
    </div>
  );
}

/** The chip could not be read: once more, or without it where the card's code was scanned. */
export function ChipFailed({ maySkip }: { maySkip: boolean }) {
  const { text, send } = useKiosk();
  return (
    <div class="centred">
      <Actions>
        {maySkip && (
          <Button icon="next" onPress={() => send({ type: 'decline' })}>
            {text('chip.skip')}
          </Button>
        )}
        <Button kind="primary" icon="again" onPress={() => send({ type: 'accept' })}>
          {text('common.retry')}
        </Button>
      </Actions>
    </div>
  );
}
