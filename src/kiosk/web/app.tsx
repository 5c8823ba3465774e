import { useEffect } from 'preact/hooks';
import { t } from '../../../config/texts/texts.ts';
import type { Clock } from '../../core/clock.ts';
import type { PageMessage } from '../view.ts';
import { AnnouncementOverlay, AnnouncementPanel } from './announcement.tsx';
import { Bar } from './bar.tsx';
import { CallAnnouncer, CallOverlay } from './call-overlay.tsx';
import type { PageState } from './connection.ts';
import { Face } from './face.tsx';
import { headlineOf } from './headline.ts';
import { KioskContext, makeKiosk, useKiosk } from './kiosk-context.ts';
import { isBlockingStop, Notices, OutOfServiceOverlay, outOfServiceReason, StopOverlay } from './overlays.tsx';
import { ScreenBody } from './screens/body.tsx';

interface AppProps {
  state: PageState;
  send(message: PageMessage): void;
  clock: Clock;
}

/** The whole page: one view in, one picture out. */
export function App({ state, send, clock }: AppProps) {
  const { view } = state;
  const language = view?.language ?? 'vi';
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  if (view === null) return <Starting />;
  return (
    <KioskContext.Provider value={makeKiosk(view, clock, send)}>
      <Stage connected={state.connected} />
      <CallAnnouncer />
      <Overlay />
    </KioskContext.Provider>
  );
}

/** Before the first view, or while the robot starts. */
function Starting() {
  return (
    <section class="overlay overlay-paused" role="status">
      <Face expression="asleep" />
      <h1>{t('vi', 'connection.starting')}</h1>
      <p class="overlay-lead">{t('en', 'connection.starting')}</p>
    </section>
  );
}

function Stage({ connected }: { connected: boolean }) {
  const kiosk = useKiosk();
  const { view } = kiosk;
  const { name } = view.screen;
  const { title, subtitle, expression, large } = headlineOf(view.screen, kiosk);
  const covered = outOfServiceReason(view) !== null || isBlockingStop(view);
  return (
    <div class={`stage ${large ? 'stage-large' : 'stage-small'}`} data-screen={name} inert={covered}>
      <header class="panel">
        <p class="panel-place">
          <strong>{view.robotName}</strong> {view.wardName}
        </p>
        <Face expression={expression} />
        <div class="panel-words" key={name} aria-live="polite">
          <h1>{title}</h1>
          {subtitle && <p>{subtitle}</p>}
        </div>
        {view.announcement && <AnnouncementPanel announcement={view.announcement} />}
      </header>
      <main class="content">
        <Notices connected={connected} />
        <div class="body" key={name}>
          <ScreenBody screen={view.screen} />
        </div>
      </main>
      <Bar />
    </div>
  );
}

/** One thing may cover the screen; a stop before a call, a call before an announcement, that before a pause. */
function Overlay() {
  const { view } = useKiosk();
  if (isBlockingStop(view)) return <StopOverlay />;
  if (view.call) return <CallOverlay call={view.call} />;
  if (view.announcement && view.countdown === null) return <AnnouncementOverlay announcement={view.announcement} />;
  const reason = outOfServiceReason(view);
  return reason && <OutOfServiceOverlay reason={reason} />;
}
