import { useState } from 'preact/hooks';
import type { StaffView } from '../staff-view.ts';
import { post, useLive, useSession } from './api.ts';
import { Bookings } from './bookings.tsx';
import { CounterDesk } from './counter-desk.tsx';
import { FaultPanel } from './fault-panel.tsx';
import { Petitions, Registrations } from './inbox.tsx';
import { Login } from './login.tsx';
import { Robots } from './robots.tsx';
import { Statistics } from './statistics.tsx';
import { Words } from './words.tsx';

const tabs = [
  { id: 'desk', vi: 'Gọi số', en: 'call' },
  { id: 'bookings', vi: 'Đặt trước', en: 'bookings' },
  { id: 'registrations', vi: 'Hồ sơ', en: 'registrations' },
  { id: 'petitions', vi: 'Kiến nghị', en: 'petitions' },
  { id: 'statistics', vi: 'Thống kê', en: 'statistics' },
  { id: 'robots', vi: 'Robot', en: 'robots' },
  { id: 'faults', vi: 'Thử lỗi', en: 'faults' },
] as const;
type TabId = (typeof tabs)[number]['id'];

export function App() {
  const session = useSession();
  if (!session) return <p class="waiting-room">Đang kết nối máy chủ xếp hàng…</p>;
  return session.open ? <Page canLeave={session.needed} onLeave={session.check} /> : <Login onOpen={session.check} />;
}

function Page({ canLeave, onLeave }: { canLeave: boolean; onLeave: () => void }) {
  const { view, alive } = useLive();
  const [counter, setCounter] = useState(() => Number(new URLSearchParams(location.search).get('counter')) || null);
  const [tab, setTab] = useState<TabId>('desk');
  if (!view) return <p class="waiting-room">Đang kết nối máy chủ xếp hàng…</p>;
  const chosen = counter ?? view.counters[0]?.counter ?? 1;
  const leave = async () => {
    await post('logout');
    onLeave();
  };
  return (
    <>
      <header>
        <h1>Quầy tiếp dân</h1>
        <nav class="counters" aria-label="Chọn quầy">
          {view.counters.map((desk) => (
            <button type="button" key={desk.counter} aria-pressed={desk.counter === chosen} onClick={() => setCounter(desk.counter)}>
              <Words vi={`Quầy ${desk.counter}`} en={desk.serving ?? (desk.open ? 'trống' : 'đóng')} />
            </button>
          ))}
        </nav>
        <time>{view.day.split('-').reverse().join('/')}</time>
        {canLeave && (
          <button type="button" onClick={() => void leave()}>
            <Words vi="Thoát" en="log out" />
          </button>
        )}
      </header>
      <Alarms alive={alive} view={view} />
      <nav class="tabs">
        {tabs
          .filter(({ id }) => id !== 'faults' || view.faults)
          .map(({ id, vi, en }) => (
            <button type="button" key={id} aria-pressed={id === tab} onClick={() => setTab(id)}>
              <Words vi={vi} en={en} />
            </button>
          ))}
      </nav>
      <main>
        <Content tab={tab} view={view} counter={chosen} />
      </main>
    </>
  );
}

function Alarms({ alive, view }: { alive: boolean; view: StaffView }) {
  if (!alive)
    return (
      <p class="alarm" role="alert">
        <Words vi="Mất kết nối máy chủ xếp hàng, đang thử lại." en="Queue server not reached, trying again." />
      </p>
    );
  if (!view.connected)
    return (
      <p class="alarm" role="alert">
        <Words vi="Mất kết nối với robot: hãy gọi số bằng lời." en="No broker: robots hear no call, call by voice." />
      </p>
    );
  return null;
}

function Content({ tab, view, counter }: { tab: TabId; view: StaffView; counter: number }) {
  const desk = view.counters.find((candidate) => candidate.counter === counter);
  switch (tab) {
    case 'desk':
      return desk ? <CounterDesk key={counter} desk={desk} view={view} /> : null;
    case 'bookings':
      return <Bookings view={view} />;
    case 'registrations':
      return <Registrations trigger={view} />;
    case 'petitions':
      return <Petitions trigger={view} />;
    case 'statistics':
      return <Statistics view={view} />;
    case 'robots':
      return <Robots robots={view.robots} />;
    case 'faults':
      return view.faults ? <FaultPanel faults={view.faults} /> : null;
  }
}
