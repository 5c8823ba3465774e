import type { ErrorInfo } from '../../../core/errors.ts';
import type { ShownPerson } from '../../view.ts';
import { Actions, Button } from '../button.tsx';
import { dateText } from '../dates.ts';
import { errorText } from '../headline.ts';
import { Icon } from '../icons.tsx';
import { useKiosk } from '../kiosk-context.ts';

/** Shows how to hold a card or a phone to the scanner, and what went wrong with the last try. */
export function ScanPrompt(props: { thing: 'card' | 'phone'; error: ErrorInfo | null; mayTypeNumber?: boolean }) {
  const { thing, error, mayTypeNumber = false } = props;
  const { text, send } = useKiosk();
  return (
    <div class="centred">
      <svg class="scan" viewBox="0 0 320 260" aria-hidden="true" focusable="false">
        <path class="scan-beam" d="M160 232 62 60h196z" />
        <rect class="scan-device" x="112" y="222" width="96" height="26" rx="10" />
        <g class="scan-thing">
          {thing === 'card' ? (
            <rect x="70" y="26" width="180" height="112" rx="12" />
          ) : (
            <rect x="108" y="4" width="104" height="150" rx="16" />
          )}
          <path class="scan-code" transform={thing === 'card' ? 'translate(184 40)' : 'translate(130 48)'} d={codeCells} />
          {thing === 'card' && <path class="scan-lines" d="M90 66h64M90 88h76M90 110h50" />}
        </g>
      </svg>
      {error && (
        <p class="fault" role="alert">
          <Icon name="alert" />
          <span>{errorText(error, text, 'scan.unknown')}</span>
        </p>
      )}
      {mayTypeNumber && (
        <Actions>
          <Button icon="petition" onPress={() => send({ type: 'typeNumber' })}>
            {text('registration.typeNumber')}
          </Button>
        </Actions>
      )}
      {error && thing === 'phone' && (
        <Actions>
          <Button kind="primary" icon="ticket" onPress={() => send({ type: 'accept' })}>
            {text('booking.takeTicket')}
          </Button>
        </Actions>
      )}
    </div>
  );
}

/** A picture of a QR code, not a real one: 12 px cells. */
const codeCells = 'M0 0h18v18H0zM36 0h18v18H36zM0 36h18v18H0zM24 6h6v12h-6zM24 24h12v6H24zM42 24h12v12H42zM24 36h6v18h-6zM36 42h8v12h-8z';

export function RegistrationConsent({ readsChip, showsPortrait }: { readsChip: boolean; showsPortrait: boolean }) {
  const { text, send } = useKiosk();
  return (
    <div class="consent">
      <p>{text('registration.consentText')}</p>
      <p>{text('registration.consentWhat')}</p>
      {readsChip && <p>{text('registration.consentChip')}</p>}
      {showsPortrait && <p>{text('registration.consentPortrait')}</p>}
      <Actions>
        <Button icon="no" onPress={() => send({ type: 'decline' })}>
          {text('registration.refuse')}
        </Button>
        <Button kind="primary" icon="yes" onPress={() => send({ type: 'accept' })}>
          {text('registration.agree')}
        </Button>
      </Actions>
    </div>
  );
}

export function RegistrationConfirm({ people, mayAddPerson }: { people: ShownPerson[]; mayAddPerson: boolean }) {
  const { text, language, send } = useKiosk();
  return (
    <div class="confirm">
      <ul class="people">
        {people.map((person) => (
          <li key={person.maskedIdNumber} class="person">
            {person.chip?.portrait ? <img class="portrait" src={person.chip.portrait} alt="" /> : <Icon name="person" />}
            <div>
              <strong>{person.fullName}</strong>
              <span>{text('registration.birth', { date: dateText(person.birthDate, language) })}</span>
              <span>{text('registration.idNumber', { number: person.maskedIdNumber })}</span>
              {person.chip && person.chip.verdict !== 'forged' && (
                <span class="checked">{text(`chip.verdict.${person.chip.verdict}`)}</span>
              )}
            </div>
          </li>
        ))}
      </ul>
      <Actions>
        <Button icon="no" onPress={() => send({ type: 'decline' })}>
          {text('registration.wrong')}
        </Button>
        {mayAddPerson && (
          <Button icon="addPerson" onPress={() => send({ type: 'addPerson' })}>
            {text('registration.addPerson')}
          </Button>
        )}
        <Button kind="primary" icon="yes" onPress={() => send({ type: 'accept' })}>
          {text('registration.send')}
        </Button>
      </Actions>
    </div>
  );
}
