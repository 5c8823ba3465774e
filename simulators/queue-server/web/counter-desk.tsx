import { useState } from 'preact/hooks';
import type { CounterView, StaffView } from '../staff-view.ts';
import { post } from './api.ts';
import { Marks, timeOf, Words } from './words.tsx';

type Act = (path: string, body?: object) => () => void;

export function CounterDesk({ desk, view }: { desk: CounterView; view: StaffView }) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const act: Act = (path, body) => () => {
    setBusy(true);
    void post(path, body).then((done) => {
      setFailed(!done);
      setBusy(false);
    });
  };
  return (
    <div class="desk">
      <NowServing desk={desk} view={view} act={act} busy={busy} failed={failed} />
      <div class="lists">
        <WaitingList desk={desk} view={view} act={act} busy={busy} />
        <Aside desk={desk} view={view} act={act} busy={busy} />
      </div>
    </div>
  );
}

interface Part {
  desk: CounterView;
  view: StaffView;
  act: Act;
  busy: boolean;
}

const nameIn = (view: StaffView, serviceId: string) =>
  view.services.find((service) => service.serviceId === serviceId)?.name ?? { vi: serviceId, en: '' };

function NowServing({ desk, view, act, busy, failed }: Part & { failed: boolean }) {
  const { counter, current } = desk;
  const at = `counters/${counter}`;
  const empty = current === null;
  return (
    <section class="now">
      <h2>
        <Words vi={`Quầy ${counter} đang phục vụ`} en={`counter ${counter} serving`} />
      </h2>
      <p class={empty ? 'number number-empty' : 'number'} aria-live="polite">
        {current?.number ?? (desk.open ? 'Trống' : 'Đóng')}
      </p>
      {current && (
        <p class="about">
          {nameIn(view, current.serviceId).vi}
          {current.followedBy.length > 0 && ` → ${current.followedBy.map((serviceId) => nameIn(view, serviceId).vi).join(' → ')}`}
          <Marks {...current} />
        </p>
      )}
      <button type="button" class="next" disabled={busy || !desk.open || (empty && desk.waitingCount === 0)} onClick={act(`${at}/next`)}>
        <Words vi="Gọi số tiếp theo" en="Call next" />
      </button>
      <div class="actions">
        <button type="button" disabled={busy || empty} onClick={act(`${at}/recall`)}>
          <Words vi="Gọi lại" en="Recall" />
        </button>
        <button type="button" disabled={busy || empty} onClick={act(`${at}/no-show`)}>
          <Words vi="Vắng mặt" en="No-show" />
        </button>
        <button type="button" disabled={busy || empty} onClick={act(`${at}/finish`)}>
          <Words vi="Xong" en="Done" />
        </button>
        <button type="button" disabled={busy || empty} onClick={act(`${at}/park`)}>
          <Words vi="Tạm để" en="Park" />
        </button>
        <button type="button" disabled={busy} onClick={act(`${at}/${desk.open ? 'close' : 'open'}`)}>
          {desk.open ? <Words vi="Đóng quầy" en="Close" /> : <Words vi="Mở quầy" en="Open" />}
        </button>
      </div>
      {current && <Transfer desk={desk} view={view} act={act} busy={busy} />}
      {failed && (
        <p role="alert">
          <Words vi="Chưa thực hiện được, xin bấm lại." en="It did not work, press again." />
        </p>
      )}
    </section>
  );
}

function Transfer({ desk, view, act, busy }: Part) {
  const path = `counters/${desk.counter}/transfer`;
  const others = view.counters.filter(({ counter }) => counter !== desk.counter);
  const services = view.services.filter(({ serviceId }) => serviceId !== desk.current?.serviceId);
  return (
    <details class="transfer">
      <summary>
        <Words vi="Chuyển sang…" en="transfer to" />
      </summary>
      <div class="actions">
        {others.map(({ counter, open }) => (
          <button type="button" key={counter} disabled={busy || !open} onClick={act(path, { counter })}>
            {`Quầy ${counter}`}
          </button>
        ))}
        {services.map(({ serviceId, name }) => (
          <button type="button" key={serviceId} disabled={busy} onClick={act(path, { serviceId })}>
            {name.vi}
          </button>
        ))}
      </div>
    </details>
  );
}

function WaitingList({ desk, view, act, busy }: Part) {
  return (
    <section class="card">
      <h2>
        <Words vi={`${desk.waitingCount} người đang chờ`} en="waiting, in calling order" />
      </h2>
      {desk.waitingCount === 0 && <p class="soft">Không còn ai chờ ở quầy này.</p>}
      <ol class="waiting">
        {desk.waiting.map((ticket) => (
          <li key={ticket.ticketId}>
            <strong>{ticket.number}</strong>
            <span>
              <Words {...nameIn(view, ticket.serviceId)} />
              <Marks {...ticket} />
            </span>
            <span class="since">
              {timeOf(ticket.issuedAt)} · {ticket.waitedMin} phút
            </span>
            <span class="row-actions">
              <button
                type="button"
                disabled={busy || !desk.open}
                title="Mời thẳng vào quầy (call straight to this counter)"
                onClick={act(`counters/${desk.counter}/call`, { ticketNumber: ticket.number })}
              >
                Mời vào
              </button>
              <button
                type="button"
                disabled={busy}
                title="Hủy số: người dân đã về (the citizen left)"
                onClick={act('tickets/dismiss', { ticketNumber: ticket.number })}
              >
                Hủy
              </button>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Who was parked or did not come; a press calls them again. */
function Aside({ desk, view, act, busy }: Part) {
  if (view.aside.length === 0) return null;
  return (
    <section class="card">
      <h2>
        <Words vi="Tạm để và vắng mặt" en="parked and absent" />
      </h2>
      <ul class="waiting">
        {view.aside.map((ticket) => (
          <li key={ticket.ticketId}>
            <strong>{ticket.number}</strong>
            <Words {...nameIn(view, ticket.serviceId)} />
            <span class="since">{ticket.state === 'parked' ? 'tạm để' : 'vắng mặt'}</span>
            <span class="row-actions">
              <button
                type="button"
                disabled={busy || !desk.open}
                onClick={act(`counters/${desk.counter}/call`, { ticketNumber: ticket.number })}
              >
                Gọi lại
              </button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
