import { type TextKey, t } from '../../../config/texts/texts.ts';
import { type Language, languages } from '../../core/language.ts';
import type { KioskView } from '../view.ts';
import { Face } from './face.tsx';
import { Icon, type IconName } from './icons.tsx';
import { useKiosk } from './kiosk-context.ts';

/** Whether the stop covers everything: a person must act. A protective stop ends by itself and only gets a banner. */
export const isBlockingStop = (view: KioskView): boolean => view.safety.stopped && (view.safety.latched || view.safety.eStopOpen);

function causeText(view: KioskView, language: Language): string | null {
  return view.safety.cause === null ? null : t(language, `stop.cause.${view.safety.cause}`);
}

/** The robot was stopped and waits for a person; said in every language, since any bystander may read it. */
export function StopOverlay() {
  const { view, language } = useKiosk();
  const others = languages.filter((other) => other !== language);
  return (
    <section class="overlay overlay-stop" role="alert">
      <Face expression="stopped" />
      <h1>{t(language, 'stop.title')}</h1>
      <p class="overlay-lead">{causeText(view, language)}</p>
      <ul class="overlay-others">
        {others.map((other) => (
          <li key={other} lang={other}>
            {t(other, 'stop.title')}
          </li>
        ))}
      </ul>
      <div class="overlay-notes">
        <p>{t(language, 'stop.keepClear')}</p>
        {view.safety.eStopOpen && <p class="overlay-staff">{t(language, 'stop.eStopOpen')}</p>}
        {view.safety.latched && (
          <p class="overlay-staff">
            <span class="blue-button" aria-hidden="true" />
            {t(language, 'stop.staff')}
          </p>
        )}
      </div>
    </section>
  );
}

const outOfServiceWords = {
  halted: { title: 'halted.title', subtitle: 'halted.subtitle' },
  restarting: { title: 'restarting.title', subtitle: 'restarting.subtitle' },
  paused: { title: 'paused.title', subtitle: 'paused.subtitle' },
} as const satisfies Record<string, { title: TextKey; subtitle: TextKey }>;
type OutOfService = keyof typeof outOfServiceWords;

/** Why the robot does not serve now although nothing is wrong with it; null: it serves. */
export function outOfServiceReason(view: KioskView): OutOfService | null {
  if (view.halted) return 'halted';
  if (view.restarting) return 'restarting';
  return view.paused ? 'paused' : null;
}

export function OutOfServiceOverlay({ reason }: { reason: OutOfService }) {
  const { language, text } = useKiosk();
  const { title, subtitle } = outOfServiceWords[reason];
  const others = languages.filter((other) => other !== language);
  return (
    <section class="overlay overlay-paused" role="status">
      <Face expression={reason === 'halted' ? 'stopped' : 'asleep'} />
      <h1>{text(title)}</h1>
      <p class="overlay-lead">{text(subtitle)}</p>
      <ul class="overlay-others">
        {others.map((other) => (
          <li key={other} lang={other}>
            {t(other, title)}. {t(other, subtitle)}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Notice {
  key: TextKey;
  icon: IconName;
}

function noticesOf(view: KioskView, connected: boolean): Notice[] {
  const notices: Notice[] = [];
  if (!connected) notices.push({ key: 'connection.lost', icon: 'again' });
  if (!view.boardConnected) notices.push({ key: 'fault.board', icon: 'plug' });
  else if (view.safety.stopped && view.driving && view.safety.cause !== null) {
    notices.push({ key: `stop.cause.${view.safety.cause}`, icon: 'alert' });
  }
  if (!view.online) notices.push({ key: 'fault.offline', icon: 'offline' });
  if (view.driving && view.screen.name !== 'attract') notices.push({ key: 'driving.title', icon: 'alert' });
  return notices;
}

/** Quiet strips under the face: what does not work just now, without taking the screen away. */
export function Notices({ connected }: { connected: boolean }) {
  const { view, text } = useKiosk();
  return (
    <div class="notices" role="status">
      {noticesOf(view, connected).map(({ key, icon }) => (
        <p key={key} class="notice">
          <Icon name={icon} />
          <span>{text(key)}</span>
        </p>
      ))}
    </div>
  );
}
