import { useState } from 'preact/hooks';
import type { Service } from '../../../src/behaviour/model.ts';
import type { CounterView } from '../staff-view.ts';
import { post } from './api.ts';
import { Marks, timeOf, Words } from './words.tsx';

export function CounterDesk({ desk, services }: { desk: CounterView; services: Service[] }) {
  return (
    <div class="desk">
      <NowServing desk={desk} />
      <WaitingList desk={desk} services={services} />
    </div>
  );
}

function NowServing({ desk }: { desk: CounterView }) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const act = (action: string) => async () => {
    setBusy(true);
    setFailed(!(await post(`counters/${desk.counter}/${action}`)));
    setBusy(false);
  };
  const empty = desk.serving === null;
  return (
    <section class="now">
      <h2>
        <Words vi={`Quầy ${desk.counter} đang phục vụ`} en={`counter ${desk.counter} serving`} />
      </h2>
      <p class={empty ? 'number number-empty' : 'number'} aria-live="polite">
        {desk.serving ?? 'Trống'}
      </p>
      <button type="button" class="next" disabled={busy || (empty && desk.waiting.length === 0)} onClick={act('next')}>
        <Words vi="Gọi số tiếp theo" en="Call next" />
      </button>
      <div class="actions">
        <button type="button" disabled={busy || empty} onClick={act('recall')}>
          <Words vi="Gọi lại" en="Recall" />
        </button>
        <button type="button" disabled={busy || empty} onClick={act('no-show')}>
          <Words vi="Vắng mặt" en="No-show" />
        </button>
        <button type="button" disabled={busy || empty} onClick={act('finish')}>
          <Words vi="Xong" en="Done" />
        </button>
      </div>
      {failed && (
        <p role="alert">
          <Words vi="Chưa thực hiện được, xin bấm lại." en="It did not work, press again." />
        </p>
      )}
    </section>
  );
}

function WaitingList({ desk, services }: { desk: CounterView; services: Service[] }) {
  const nameOf = (serviceId: string) => services.find((service) => service.serviceId === serviceId)?.name ?? { vi: serviceId, en: '' };
  return (
    <section class="card">
      <h2>
        <Words vi={`${desk.waiting.length} người đang chờ`} en="waiting, in calling order" />
      </h2>
      {desk.waiting.length === 0 && <p class="soft">Không còn ai chờ ở quầy này.</p>}
      <ol class="waiting">
        {desk.waiting.map((ticket) => (
          <li key={ticket.ticketId}>
            <strong>{ticket.number}</strong>
            <span>
              <Words vi={nameOf(ticket.serviceId).vi} en={nameOf(ticket.serviceId).en} />
              <Marks priorityClass={ticket.priorityClass} origin={ticket.origin} />
            </span>
            <span class="since">
              {timeOf(ticket.issuedAt)} · {ticket.waitedMin} phút
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
