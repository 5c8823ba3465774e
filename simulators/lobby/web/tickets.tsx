import { useRef, useState } from 'preact/hooks';
import type { TicketPicture } from '../controls.ts';

const pictureOf = (id: string): string => `tickets/${id}.png`;
const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const timeOf = (iso: string): string => clockTime.format(new Date(iso));

/** The latest papers, as pictures; one opens large. */
export function Tickets({ tickets }: { tickets: readonly TicketPicture[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [openId, setOpenId] = useState<string | null>(null);
  const show = (id: string) => {
    setOpenId(id);
    dialog.current?.showModal();
  };
  return (
    <section class="tickets" aria-label="Printed papers">
      <h2>Printed papers</h2>
      {tickets.length === 0 && <FirstSteps />}
      <ul>
        {tickets.map(({ id, printedAt }) => (
          <li key={id}>
            <button type="button" class="ticket" onClick={() => show(id)} aria-label={`Paper printed at ${timeOf(printedAt)}, show large`}>
              <img src={pictureOf(id)} alt="" />
              <span>{timeOf(printedAt)}</span>
            </button>
          </li>
        ))}
      </ul>
      <dialog ref={dialog} class="paper" onClose={() => setOpenId(null)} aria-label="Printed paper">
        {openId !== null && <img src={pictureOf(openId)} alt="The printed paper" />}
        <form method="dialog">
          <button type="submit" class="key">
            Close
          </button>
        </form>
      </dialog>
    </section>
  );
}

function FirstSteps() {
  return (
    <ol class="tickets-none">
      <li>Press the blue button: the robot may move.</li>
      <li>Step before the robot, and it greets.</li>
      <li>Take a ticket at the kiosk: its paper appears here.</li>
      <li>Then break something on the right, and watch.</li>
    </ol>
  );
}
