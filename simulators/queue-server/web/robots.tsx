import type { RobotOverview } from '../robot-desk.ts';
import { post } from './api.ts';
import { Words } from './words.tsx';

const connections = {
  online: { vi: 'Đang kết nối', en: 'online' },
  offline: { vi: 'Đã tắt', en: 'switched off' },
  connectionBroken: { vi: 'Mất kết nối', en: 'connection broken' },
} as const;

export function Robots({ robots }: { robots: RobotOverview[] }) {
  if (robots.length === 0) return <p class="card soft">Chưa có robot nào kết nối.</p>;
  return (
    <div class="papers">
      {robots.map(({ robotId, connection, state, lastError }) => (
        <article class="card" key={robotId}>
          <h2>
            <Words vi={robotId} en={connections[connection].en} />
          </h2>
          <dl>
            <Row name="Kết nối" value={connections[connection].vi} />
            <Row name="Màn hình" value={state?.screen ?? '–'} />
            <Row
              name="Di chuyển"
              value={state?.stopped ? `Đang dừng (${state.stopCause ?? ''})` : state?.driving ? 'Đang chạy' : 'Đứng yên'}
            />
            <Row name="Lỗi gần nhất" value={lastError ?? 'Không có'} />
          </dl>
          <div class="actions">
            <button type="button" disabled={connection !== 'online'} onClick={() => void post(`robots/${robotId}`, { command: 'pause' })}>
              <Words vi="Tạm nghỉ" en="Pause" />
            </button>
            <button type="button" disabled={connection !== 'online'} onClick={() => void post(`robots/${robotId}`, { command: 'resume' })}>
              <Words vi="Tiếp tục" en="Resume" />
            </button>
          </div>
        </article>
      ))}
    </div>
  );
}

function Row({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
