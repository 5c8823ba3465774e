import { Actions, Button } from '../button.tsx';
import { Icon } from '../icons.tsx';
import { useKiosk } from '../kiosk-context.ts';

/** The robot is at work; nothing to choose. */
export function Working() {
  return (
    <div class="centred">
      <span class="working" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
    </div>
  );
}

/** Something is done; `ends` offers to leave at once. */
export function Finished({ ends = false }: { ends?: boolean }) {
  return (
    <div class="centred">
      <span class="finished">
        <Icon name="yes" />
      </span>
      {ends && <DoneButton />}
    </div>
  );
}

export function DoneButton() {
  const { text, send } = useKiosk();
  return (
    <Actions>
      <Button kind="primary" onPress={() => send({ type: 'accept' })}>
        {text('common.done')}
      </Button>
    </Actions>
  );
}

/** Something did not work: try again, or go on to the menu. A ticket also sends the citizen to a counter. */
export function Failed({ screen }: { screen: 'ticketFailed' | 'waterFailed' | 'snackFailed' | 'serviceFailed' }) {
  const { text, send } = useKiosk();
  return (
    <div class="centred">
      {screen === 'ticketFailed' && <p class="advice">{text('ticket.failedHint')}</p>}
      <Actions>
        {screen === 'serviceFailed' ? (
          <Button icon="home" kind="primary" onPress={() => send({ type: 'accept' })}>
            {text('common.toMenu')}
          </Button>
        ) : (
          <Button icon="again" kind="primary" onPress={() => send({ type: 'accept' })}>
            {text('common.retry')}
          </Button>
        )}
      </Actions>
    </div>
  );
}
