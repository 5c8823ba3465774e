import type { StaffView } from '../staff-view.ts';
import { post } from './api.ts';
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
