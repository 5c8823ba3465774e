import type { Ticket } from '../../../behaviour/model.ts';
import { Actions, Button } from '../button.tsx';
import { useKiosk } from '../kiosk-context.ts';

/** The ticket as the paper will show it; while printing it slides out of the slot. */
export function TicketPaper({ ticket, printing = false }: { ticket: Ticket; printing?: boolean }) {
  const { text } = useKiosk();
  return (
    <div class={printing ? 'slot slot-printing' : 'slot'}>
      <article class={ticket.followedBy.length > 0 || ticket.offline ? 'paper paper-full' : 'paper'}>
        <p class="paper-title">{text('ticket.number')}</p>
        <p class="paper-number">{ticket.number}</p>
        <PaperServices ticket={ticket} />
        {ticket.priorityClass !== 'none' && (
          <p class="paper-line">{text('paper.priority', { priority: text(`priority.${ticket.priorityClass}`) })}</p>
        )}
        {ticket.offline ? (
          <>
            <p class="paper-line paper-marked">{text('paper.offline')}</p>
            <p class="paper-line">{text('paper.offlineLater')}</p>
            <p class="paper-line">{text('paper.waitUnknown')}</p>
          </>
        ) : (
          <>
            <p class="paper-line">{text('paper.ahead', { count: ticket.waitingCount })}</p>
            <p class="paper-line">{text('paper.estimate', { minutes: ticket.estimatedWaitMin })}</p>
          </>
        )}
      </article>
    </div>
  );
}

/** The service, or several under one number in their order. */
function PaperServices({ ticket }: { ticket: Ticket }) {
  const { text, language } = useKiosk();
  const { serviceName, followedBy } = ticket;
  if (followedBy.length === 0) return <p class="paper-service">{serviceName[language]}</p>;
  return (
    <>
      <p class="paper-line">{text('paper.chain')}</p>
      <ol class="paper-chain">
        {[ticket, ...followedBy].map((service) => (
          <li key={service.serviceId}>{service.serviceName[language]}</li>
        ))}
      </ol>
    </>
  );
}

export function TicketIssued({ ticket }: { ticket: Ticket }) {
  const { text, send } = useKiosk();
  return (
    <div class="centred">
      <TicketPaper ticket={ticket} />
      <Actions>
        <Button kind="primary" icon="yes" onPress={() => send({ type: 'accept' })}>
          {text('ticket.done')}
        </Button>
      </Actions>
    </div>
  );
}
