import type { FaultSettings } from '../faults.ts';
import { post } from './api.ts';
import { Words } from './words.tsx';

const reservations = ['tickets/reserve', 'checkins'];
const promises = ['tickets/commit', 'tickets/void', 'feedback', 'petitions', 'registrations'];

/** Each press sets one fault; the last row takes all back. */
export function FaultPanel({ faults }: { faults: FaultSettings }) {
  const set = (change: object) => () => void post('faults', change);
  const same = (list: readonly string[], of: string[]) => list.length === of.length;
  const toggles: { vi: string; en: string; on: boolean; change: object }[] = [
    { vi: 'Chậm 3 giây', en: 'slow', on: faults.delayMs > 0, change: { delayMs: faults.delayMs > 0 ? 0 : 3000 } },
    { vi: 'Trả lời quá hạn', en: 'late answers', on: faults.late, change: { late: !faults.late } },
    {
      vi: 'Không nghe yêu cầu lấy số',
      en: 'deaf to reservations',
      on: faults.deaf.length > 0,
      change: { deaf: same(faults.deaf, reservations) ? [] : reservations },
    },
    {
      vi: 'Nhận nhưng không trả lời',
      en: 'decides and is silent',
      on: faults.silent.length > 0,
      change: { silent: same(faults.silent, promises) ? [] : promises },
    },
    { vi: 'Trả lời hai lần', en: 'duplicate answers', on: faults.copies > 1, change: { copies: faults.copies > 1 ? 1 : 2 } },
    { vi: 'Từ chối: thử lại sau', en: 'TRY_LATER', on: faults.tryLater, change: { tryLater: !faults.tryLater } },
    ...(['badShape', 'foreignKey', 'wrongTicket'] as const).map((wrong) => ({
      vi: 'Trả lời sai',
      en: wrong,
      on: faults.wrong === wrong,
      change: { wrong: faults.wrong === wrong ? null : wrong },
    })),
  ];
  return (
    <section class="card danger">
      <h2>
        <Words vi="Thử lỗi: không dùng khi đang tiếp dân" en="faults on demand: never while citizens are served" />
      </h2>
      <div class="actions">
        {toggles.map(({ vi, en, on, change }) => (
          <button type="button" key={en} aria-pressed={on} onClick={set(change)}>
            <Words vi={vi} en={en} />
          </button>
        ))}
      </div>
      <div class="actions">
        <button type="button" onClick={() => void post('faults/restart', { downMs: 5000 })}>
          <Words vi="Khởi động lại máy chủ (5 giây)" en="restart" />
        </button>
        <button type="button" onClick={() => void post('faults/clear')}>
          <Words vi="Hết lỗi" en="clear all" />
        </button>
      </div>
    </section>
  );
}
