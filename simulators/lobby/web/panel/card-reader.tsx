import type { LobbyStatus } from '../../controls.ts';
import type { LobbyWelcome } from '../../messages.ts';
import type { Act } from '../connection.ts';

interface Props {
  cards: LobbyWelcome['chipCards'];
  status: LobbyStatus;
  act: Act;
  /** Shows the codes again: there is room for one of both. */
  onCodes(): void;
}

/** Cards with a chip to lay on the reader and to take off it; everybody on them is invented. */
export function CardReader({ cards, status, act, onCodes }: Props) {
  return (
    <section class="group">
      <h2>
        Card reader <span>a card is laid down, and taken away, by a press</span>
      </h2>
      <div class="codes">
        {cards.map(({ id, label }) => {
          const laid = status.cardsLaid.includes(id);
          return (
            <button key={id} type="button" class="code" aria-pressed={laid} onClick={() => act({ type: 'card', cardId: id, laid: !laid })}>
              {label}
            </button>
          );
        })}
        <button
          type="button"
          class="code"
          aria-pressed={!status.readerPlugged}
          onClick={() => act({ type: 'fault', fault: status.readerPlugged ? 'unplugReader' : 'plugReader' })}
        >
          {status.readerPlugged ? 'Unplug reader' : 'Plug reader in'}
        </button>
        <button type="button" class="key" onClick={onCodes}>
          Back to codes
        </button>
      </div>
    </section>
  );
}
