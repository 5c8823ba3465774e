import type { LobbyStatus } from '../../controls.ts';
import type { LobbyWelcome } from '../../messages.ts';
import type { Act } from '../connection.ts';
import { Group, Key } from './keys.tsx';

interface Props {
  cards: LobbyWelcome['chipCards'];
  status: LobbyStatus;
  act: Act;
}

/** Cards with a chip to lay on the reader and to take off it; everybody on them is invented. */
export function CardReader({ cards, status, act }: Props) {
  return (
    <Group title="Card reader" hint="lay a card on it when the kiosk asks">
      {cards.map(({ id, label }) => {
        const laid = status.cardsLaid.includes(id);
        return (
          <Key
            key={id}
            label={laid ? `Take: ${label}` : label}
            active={laid}
            onPress={() => act({ type: 'card', cardId: id, laid: !laid })}
          />
        );
      })}
      <Key
        label={status.readerPlugged ? 'Unplug reader' : 'Plug reader in'}
        active={!status.readerPlugged}
        onPress={() => act({ type: 'fault', fault: status.readerPlugged ? 'unplugReader' : 'plugReader' })}
      />
    </Group>
  );
}
