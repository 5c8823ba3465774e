import { isTextKey, type TextKey } from '../../../config/texts/texts.ts';
import type { ErrorInfo } from '../../core/errors.ts';
import { errorKinds } from '../../core/errors.ts';
import { assertNever } from '../../core/result.ts';
import type { Screen } from '../view.ts';
import type { Expression } from './face.tsx';
import type { Kiosk } from './kiosk-context.ts';

/** What the robot says on top of a screen, and the face it makes. */
export interface Headline {
  title: string;
  subtitle: string | null;
  expression: Expression;
  /** Moments with little to choose show the face large. */
  large: boolean;
}

type Text = Kiosk['text'];

/** Text for a citizen about an error; errors without one of their own get `fallback`. */
export function errorText(error: ErrorInfo, text: Text, fallback: TextKey): string {
  const key = errorKinds[error.code].textKey;
  return text(key !== null && isTextKey(key) ? key : fallback);
}

const asks = (title: string, subtitle: string | null = null): Headline => ({ title, subtitle, expression: 'calm', large: false });
const works = (title: string, subtitle: string | null = null): Headline => ({ title, subtitle, expression: 'busy', large: true });
const gives = (title: string, subtitle: string | null = null): Headline => ({ title, subtitle, expression: 'happy', large: false });
const regrets = (title: string, subtitle: string | null = null): Headline => ({ title, subtitle, expression: 'sorry', large: true });

/** The headline of every screen. */
export function headlineOf(screen: Screen, kiosk: Kiosk): Headline {
  const { text, view } = kiosk;
  switch (screen.name) {
    case 'attract':
      return view.driving
        ? { title: text('driving.title'), subtitle: text('driving.subtitle'), expression: 'driving', large: true }
        : { title: text('attract.hello'), subtitle: null, expression: 'calm', large: true };
    case 'greeting': {
      const subtitle = text('greeting.subtitle', { ward: view.wardName });
      return { title: text('greeting.title', { robot: view.robotName }), subtitle, expression: 'happy', large: true };
    }
    case 'language':
      return asks(text('language.title'));
    case 'menu':
      return asks(text('menu.title'));
    case 'services':
      return asks(text('services.title'), text('services.subtitle'));
    case 'procedures':
      return asks(text('procedures.title'));
    case 'procedure':
      return asks(text('menu.procedures.name'), text('procedure.code', { code: screen.code }));
    case 'bookingScan':
      return asks(text('booking.title'), text('booking.subtitle'));
    case 'ticketReserving':
      return works(text('ticket.reserving'), text('ticket.wait'));
    case 'ticketPrinting':
      return works(text('ticket.printing'), text('ticket.wait'));
    case 'ticketIssued':
      return gives(text('ticket.issued'), text('ticket.keep'));
    case 'ticketFailed':
      return regrets(text('ticket.failed'), errorText(screen.error, text, 'ticket.refused'));
    case 'waterOffer':
      return gives(text('water.offer'), text('water.offerHint', { volume: screen.volumeMl }));
    case 'waterDispensing':
      return { ...works(text('water.dispensing'), text('water.hold')), large: false };
    case 'waterFailed':
      return regrets(text('water.failedTitle'), errorText(screen.error, text, 'water.failed'));
    case 'snackDispensing':
      return works(text('snack.dispensing'), text('snack.take'));
    case 'snackFailed':
      return regrets(text('snack.failedTitle'), errorText(screen.error, text, 'snack.failed'));
    case 'registrationScan': {
      const first = screen.personNumber <= 1;
      const title = first ? text('registration.scanTitle') : text('registration.scanSecond', { number: screen.personNumber });
      return asks(title, text('registration.scanHint'));
    }
    case 'registrationConsent':
      return asks(text('registration.consentTitle'));
    case 'registrationNumber':
      return asks(text('registration.numberTitle'), text('registration.numberHint'));
    case 'registrationChip':
      return screen.stage === null
        ? asks(text('chip.title'), text('chip.hint'))
        : { ...works(text(`chip.stage.${screen.stage}`), text('chip.hold')), large: false };
    case 'registrationChipFailed':
      return regrets(text('chip.failedTitle'), errorText(screen.error, text, 'chip.unreadable'));
    case 'registrationConfirm':
      return asks(text('registration.confirmTitle'));
    case 'registrationSending':
      return works(text('registration.sending'), text('ticket.wait'));
    case 'registrationDone':
      return { ...gives(text('registration.doneTitle'), text('registration.doneHint')), large: true };
    case 'feedback':
      return asks(text('feedback.title'), text('feedback.subtitle'));
    case 'feedbackDone':
      return { ...gives(text('feedback.done')), large: true };
    case 'petition':
      return asks(text('petition.title'), text('petition.subtitle'));
    case 'petitionSending':
      return works(text('petition.sending'), text('ticket.wait'));
    case 'petitionDone':
      return gives(text('petition.doneTitle'), text(screen.printed ? 'petition.printed' : 'petition.notPrinted'));
    case 'serviceFailed':
      return regrets(text('serviceFailed.title'), errorText(screen.error, text, 'ticket.failedHint'));
    case 'thanks':
      return { ...gives(text('thanks.title'), text('thanks.subtitle')), large: true };
    default:
      return assertNever(screen);
  }
}
