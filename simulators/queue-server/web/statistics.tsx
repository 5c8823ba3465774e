import { useState } from 'preact/hooks';
import type { StaffView } from '../staff-view.ts';
import type { DayStatistics, StatisticsRow } from '../statistics.ts';
import { post, useAnswer } from './api.ts';
import { Words } from './words.tsx';

const scores = [5, 4, 3, 2, 1] as const;

export function Statistics({ view }: { view: StaffView }) {
  return (
    <div class="statistics">
      <section class="card">
        <h2>
          <Words vi="Hôm nay theo lĩnh vực" en="today by service" />
        </h2>
        <ServiceTable view={view} />
      </section>
      <section class="card">
        <h2>
          <Words vi="Mức độ hài lòng" en="satisfaction" />
        </h2>
        <Scores counts={view.scores} />
      </section>
      <DayFigures view={view} />
    </div>
  );
}

function ServiceTable({ view }: { view: StaffView }) {
  return (
    <table>
      <thead>
        <tr>
          <th>Lĩnh vực</th>
          <th>Đã cấp</th>
          <th>Đang chờ</th>
          <th>Đã phục vụ</th>
          <th>Vắng mặt</th>
          <th>Đã hủy</th>
          <th>Chờ TB (phút)</th>
          <th>Nhận số</th>
        </tr>
      </thead>
      <tbody>
        {view.services.map(({ serviceId, prefix, name, open }) => {
          const row = view.figures.find((candidate) => candidate.serviceId === serviceId);
          return (
            <tr key={serviceId}>
              <th scope="row">
                <Words vi={`${prefix} · ${name.vi}`} en={name.en} />
              </th>
              {[row?.issued, row?.waiting, row?.served, row?.noShow, row?.voided, row?.averageWaitMin].map((value, index) => (
                <td key={index}>{value ?? '–'}</td>
              ))}
              <td>
                <button type="button" aria-pressed={open} onClick={() => void post(`services/${serviceId}`, { open: !open })}>
                  {open ? 'Đang mở' : 'Đã đóng'}
                </button>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Scores({ counts }: { counts: Record<string, number> }) {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return (
    <ul class="scores">
      {scores.map((score) => {
        const count = counts[String(score)] ?? 0;
        return (
          <li key={score}>
            <span>{score}</span>
            <meter min={0} max={Math.max(1, total)} value={count} />
            <span>{count}</span>
          </li>
        );
      })}
    </ul>
  );
}

const groups: { group: StatisticsRow['group']; vi: string; en: string }[] = [
  { group: 'service', vi: 'Lĩnh vực', en: 'service' },
  { group: 'counter', vi: 'Quầy', en: 'counter' },
  { group: 'hour', vi: 'Giờ', en: 'hour' },
  { group: 'priority', vi: 'Đối tượng', en: 'priority class' },
];

/** Any day, by service, counter, hour or class, and as a table for a spreadsheet. */
function DayFigures({ view }: { view: StaffView }) {
  const [day, setDay] = useState(view.day);
  const [group, setGroup] = useState<StatisticsRow['group']>('service');
  const answer = useAnswer<DayStatistics>(`statistics?day=${day}`, view);
  const rows = answer?.rows.filter((row) => row.group === group) ?? [];
  return (
    <section class="card">
      <h2>
        <Words vi="Chi tiết theo ngày" en="one day in detail" />
      </h2>
      <div class="actions fields">
        <input type="date" aria-label="Ngày" value={day} onInput={(event) => setDay(event.currentTarget.value || view.day)} />
        {groups.map(({ group: each, vi, en }) => (
          <button type="button" key={each} aria-pressed={each === group} onClick={() => setGroup(each)}>
            <Words vi={vi} en={en} />
          </button>
        ))}
        <a href={`/staff/api/statistics.csv?day=${day}`} download>
          <Words vi="Tải bảng CSV" en="download" />
        </a>
      </div>
      <table>
        <thead>
          <tr>
            {['', 'Đã cấp', 'Đã phục vụ', 'Vắng khi gọi', 'Chờ TB (phút)', 'Chờ p90', 'Phục vụ TB'].map((name) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.key}</th>
              {[
                group === 'counter' ? null : row.issued,
                row.served,
                row.absent,
                row.averageWaitMin,
                row.p90WaitMin,
                row.averageServiceMin,
              ].map((value, index) => (
                <td key={index}>{value ?? '–'}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {answer && (
        <p class="answer soft">
          {`Đặt trước ${answer.bookings.booked}, đã đến ${answer.bookings.checkedIn}, đã hủy ${answer.bookings.cancelled}`} · Cấp khi mất
          mạng {answer.origins.lease ?? 0}
        </p>
      )}
    </section>
  );
}
