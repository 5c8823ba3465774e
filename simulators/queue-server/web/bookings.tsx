import { useState } from 'preact/hooks';
import type { BookingAnswer, ListedBooking } from '../booking-office.ts';
import type { SampleBooking } from '../catalogue.ts';
import type { StaffView } from '../staff-view.ts';
import { ask, post, useAnswer } from './api.ts';
import { Marks, Words } from './words.tsx';

interface Answer {
  bookings: ListedBooking[];
  samples: SampleBooking[];
}

export function Bookings({ view }: { view: StaffView }) {
  const [day, setDay] = useState(view.day);
  const answer = useAnswer<Answer>(`bookings?day=${day}`, view);
  const nameOf = (serviceId: string) => view.services.find((service) => service.serviceId === serviceId)?.name.vi ?? serviceId;
  return (
    <div class="statistics">
      <NewBooking view={view} day={day} onDay={setDay} />
      <section class="card">
        <h2>
          <Words vi={`${answer?.bookings.length ?? 0} số đặt trước`} en="booked for this day" />
        </h2>
        <ul class="waiting">
          {answer?.bookings.map((booking) => (
            <li key={booking.code}>
              <strong class="code">{booking.code}</strong>
              <span>
                {nameOf(booking.serviceId)} <Marks priorityClass={booking.priorityClass} origin="" />
              </span>
              <span class="since">{booking.cancelledAtMs === null ? (booking.ticketNumber ?? 'chưa đến') : 'đã hủy'}</span>
              <span class="row-actions">
                <button
                  type="button"
                  disabled={booking.cancelledAtMs !== null || booking.ticketNumber !== null}
                  onClick={() => void post(`bookings/${booking.code}/cancel`)}
                >
                  Hủy
                </button>
              </span>
            </li>
          ))}
        </ul>
      </section>
      {answer && answer.samples.length > 0 && (
        <section class="card soft">
          <h2>
            <Words vi="Số mẫu để thử, dùng được mọi ngày" en="invented samples, good any day" />
          </h2>
          <p>{answer.samples.map(({ code, serviceId }) => `${code} (${nameOf(serviceId)})`).join(' · ')}</p>
        </section>
      )}
    </div>
  );
}

/** At the desk a citizen's key is what the officer types, made unreadable here; it never leaves the browser. */
async function keyOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`letan-desk:${text.trim()}`));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function NewBooking({ view, day, onDay }: { view: StaffView; day: string; onDay: (day: string) => void }) {
  const [serviceId, setServiceId] = useState(view.services[0]?.serviceId ?? '');
  const [phone, setPhone] = useState('');
  const [answer, setAnswer] = useState<BookingAnswer | null>(null);
  const book = async (event: Event) => {
    event.preventDefault();
    setAnswer(await ask<BookingAnswer>('bookings', { serviceId, day, citizenKey: await keyOf(phone), channel: 'desk' }));
  };
  return (
    <form class="card fields" onSubmit={(event) => void book(event)}>
      <label>
        <Words vi="Ngày" en="day" />
        <input type="date" value={day} onInput={(event) => onDay(event.currentTarget.value || view.day)} />
      </label>
      <label>
        <Words vi="Lĩnh vực" en="service" />
        <select value={serviceId} onInput={(event) => setServiceId(event.currentTarget.value)}>
          {view.services.map((service) => (
            <option key={service.serviceId} value={service.serviceId}>
              {service.name.vi}
            </option>
          ))}
        </select>
      </label>
      <label>
        <Words vi="Số điện thoại" en="phone; only a hash is kept" />
        <input type="tel" required minLength={8} value={phone} onInput={(event) => setPhone(event.currentTarget.value)} />
      </label>
      <button type="submit">
        <Words vi="Đặt số" en="book" />
      </button>
      {answer && (
        <p role="status" class="answer">
          {answer.ok ? <Words vi={`Mã hẹn ${answer.code}`} en="booked" /> : <Words {...answer.text} />}
        </p>
      )}
    </form>
  );
}
