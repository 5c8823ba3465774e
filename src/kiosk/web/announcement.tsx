import { t } from '../../../config/texts/texts.ts';
import { type Language, type LocalText, languages } from '../../core/language.ts';
import { Icon } from './icons.tsx';
import { useKiosk } from './kiosk-context.ts';

const orderedFor = (language: Language) => [language, ...languages.filter((other) => other !== language)];

/** What the ward wants everybody to know, over everything while nobody is being served. */
export function AnnouncementOverlay({ announcement }: { announcement: LocalText }) {
  const { language } = useKiosk();
  return (
    <section class="overlay overlay-announcement" role="status">
      <Icon name="announcement" />
      <p class="announcement-title">
        {orderedFor(language)
          .map((each) => t(each, 'announcement.title'))
          .join(' · ')}
      </p>
      {orderedFor(language).map((each) => (
        <p key={each} lang={each} class="announcement-text">
          {announcement[each]}
        </p>
      ))}
    </section>
  );
}

/** The same beside a citizen who is being served: in the robot's place, so that she can go on. */
export function AnnouncementPanel({ announcement }: { announcement: LocalText }) {
  const { language, text } = useKiosk();
  return (
    <div class="panel-announcement" role="status">
      <p class="announcement-title">
        <Icon name="announcement" /> {text('announcement.title')}
      </p>
      <p class="announcement-text">{announcement[language]}</p>
    </div>
  );
}
