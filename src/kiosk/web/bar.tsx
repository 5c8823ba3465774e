import { Button } from './button.tsx';
import { CountdownRing } from './countdown.tsx';
import { useKiosk } from './kiosk-context.ts';

/** Way back on the left, way out on the right, time between: the same place on every screen, empty where there is none. */
export function Bar() {
  const { view, text, send } = useKiosk();
  return (
    <nav class="bar">
      <div class="bar-back">
        {view.canGoBack && (
          <Button icon="back" onPress={() => send({ type: 'back' })}>
            {text('common.back')}
          </Button>
        )}
      </div>
      <div class="bar-time">{view.countdown && <CountdownRing countdown={view.countdown} />}</div>
      <div class="bar-exit">
        {view.canExit && (
          <Button icon="exit" onPress={() => send({ type: 'exit' })}>
            {text('common.exit')}
          </Button>
        )}
      </div>
    </nav>
  );
}
