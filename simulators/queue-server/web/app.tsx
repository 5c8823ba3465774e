import { useState } from 'preact/hooks';
import type { StaffView } from '../staff-view.ts';
import { useLive } from './api.ts';
import { CounterDesk } from './counter-desk.tsx';
import { Petitions, Registrations } from './inbox.tsx';
import { Robots } from './robots.tsx';
import { Statistics } from './statistics.tsx';
import { Words } from './words.tsx';

const tabs = [
  { id: 'desk', vi: 'Gọi số', en: 'call' },
  { id: 'registrations', vi: 'Hồ sơ', en: 'registrations' },
  { id: 'petitions', vi: 'Kiến nghị', en: 'petitions' },
  { id: 'statistics', vi: 'Thống kê', en: 'statistics' },
  { id: 'robots', vi: 'Robot', en: 'robots' },
] as const;
type TabId = (typeof tabs)[number]['id'];

export function App() {
  const { view, alive } = useLive();
  const [counter, setCounter] = useState(() => Number(new URLSearchParams(location.search).get('counter')) || 1);
  const [tab, setTab] = useState<TabId>('desk');
  if (!view) return <p class="waiting-room">Đang kết nối máy chủ xếp hàng…</p>;
  return (
    <>
      <header>
        <h1>Quầy tiếp dân</h1>
        <nav class="counters" aria-label="Chọn quầy">
          {view.counters.map((desk) => (
            <button type="button" key={desk.counter} aria-pressed={desk.counter === counter} onClick={() => setCounter(desk.counter)}>
              <Words vi={`Quầy ${desk.counter}`} en={desk.serving ?? 'trống'} />
            </button>
          ))}
        </nav>
        <time>{view.day.split('-').reverse().join('/')}</time>
      </header>
      {!alive && (
        <p class="alarm" role="alert">
          <Words vi="Mất kết nối máy chủ xếp hàng, đang thử lại." en="Queue server not reached, trying again." />
        </p>
      )}
      <nav class="tabs">
        {tabs.map(({ id, vi, en }) => (
          <button type="button" key={id} aria-pressed={id === tab} onClick={() => setTab(id)}>
            <Words vi={vi} en={en} />
          </button>
        ))}
      </nav>
      <main>
        <Content tab={tab} view={view} counter={counter} />
      </main>
    </>
  );
}

function Content({ tab, view, counter }: { tab: TabId; view: StaffView; counter: number }) {
  const desk = view.counters.find((candidate) => candidate.counter === counter);
  switch (tab) {
    case 'desk':
      return desk ? <CounterDesk desk={desk} services={view.services} /> : null;
    case 'registrations':
      return <Registrations trigger={view} />;
    case 'petitions':
      return <Petitions trigger={view} />;
    case 'statistics':
      return <Statistics view={view} />;
    case 'robots':
      return <Robots robots={view.robots} />;
  }
}
