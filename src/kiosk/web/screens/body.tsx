import { assertNever } from '../../../core/result.ts';
import type { Screen } from '../../view.ts';
import { CardNumber, ChipFailed, ChipReading } from './chip.tsx';
import { SnackDispensing, WaterDispensing, WaterOffer } from './dispensing.tsx';
import { Feedback } from './feedback.tsx';
import { Attract, Greeting, LanguageChoice } from './idle.tsx';
import { Menu } from './menu.tsx';
import { Failed, Finished, Working } from './moments.tsx';
import { Petition, PetitionDone } from './petition.tsx';
import { ProcedureDetails, Procedures } from './procedures.tsx';
import { RegistrationConfirm, RegistrationConsent, ScanPrompt } from './registration.tsx';
import { Services } from './services.tsx';
import { TicketIssued, TicketPaper } from './ticket.tsx';

/** The part of a screen below the headline. */
export function ScreenBody({ screen }: { screen: Screen }) {
  switch (screen.name) {
    case 'attract':
      return <Attract />;
    case 'greeting':
      return <Greeting />;
    case 'language':
      return <LanguageChoice />;
    case 'menu':
      return <Menu choices={screen.choices} />;
    case 'services':
      return <Services services={screen.services} priorityClasses={screen.priorityClasses} />;
    case 'procedures':
      return <Procedures />;
    case 'procedure':
      return <ProcedureDetails code={screen.code} serviceId={screen.serviceId} />;
    case 'bookingScan':
      return <ScanPrompt thing="phone" error={screen.error} />;
    case 'registrationScan':
      return <ScanPrompt thing="card" error={screen.error} mayTypeNumber={screen.mayTypeNumber} />;
    case 'ticketPrinting':
      return <TicketPaper ticket={screen.ticket} printing />;
    case 'ticketIssued':
      return <TicketIssued ticket={screen.ticket} />;
    case 'waterOffer':
      return <WaterOffer />;
    case 'waterDispensing':
      return <WaterDispensing dispensedMl={screen.dispensedMl} volumeMl={screen.volumeMl} />;
    case 'snackDispensing':
      return <SnackDispensing />;
    case 'registrationConsent':
      return <RegistrationConsent readsChip={screen.readsChip} showsPortrait={screen.showsPortrait} />;
    case 'registrationNumber':
      return <CardNumber />;
    case 'registrationChip':
      return <ChipReading stage={screen.stage} maySkip={screen.maySkip} />;
    case 'registrationChipFailed':
      return <ChipFailed maySkip={screen.maySkip} />;
    case 'registrationConfirm':
      return <RegistrationConfirm people={screen.people} mayAddPerson={screen.mayAddPerson} />;
    case 'feedback':
      return <Feedback />;
    case 'petition':
      return <Petition />;
    case 'petitionDone':
      return <PetitionDone receiptNumber={screen.receiptNumber} />;
    case 'ticketReserving':
    case 'registrationSending':
    case 'petitionSending':
      return <Working />;
    case 'ticketFailed':
    case 'waterFailed':
    case 'snackFailed':
    case 'serviceFailed':
      return <Failed screen={screen.name} />;
    case 'registrationDone':
    case 'feedbackDone':
      return <Finished ends />;
    case 'thanks':
      return <Finished />;
    default:
      return assertNever(screen);
  }
}
