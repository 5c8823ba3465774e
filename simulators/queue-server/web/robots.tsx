import { useState } from 'preact/hooks';
import type { RobotOverview } from '../robot-desk.ts';
import { ask } from './api.ts';
import { timeOf, Words } from './words.tsx';

const connections = {
  online: { vi: 'Đang kết nối', en: 'online' },
  offline: { vi: 'Đã tắt', en: 'switched off' },
  connectionBroken: { vi: 'Mất kết nối', en: 'connection broken' },
} as const;

interface CommandAnswer {
  ok: boolean;
  code?: string;
  detail?: string;
  result?: unknown;
}

export function Robots({ robots }: { robots: RobotOverview[] }) {
  if (robots.length === 0) return <p class="card soft">Chưa có robot nào kết nối.</p>;
  return (
    <div class="papers">
      {robots.map((robot) => (
        <RobotCard key={robot.robotId} robot={robot} />
      ))}
    </div>
  );
}

function RobotCard({ robot }: { robot: RobotOverview }) {
  const { robotId, connection, state, link, errors, software, lastSeenAt, log } = robot;
  const movement = state?.stopped ? `Đang dừng (${state.stopCause ?? ''})` : state?.driving ? 'Đang chạy' : 'Đứng yên';
  const faulty = Object.entries(state?.devices ?? {}).filter(([, device]) => device.status !== 'ready');
  return (
    <article class="card">
      <h2>
        <Words vi={robotId} en={software ?? connections[connection].en} />
      </h2>
      <dl>
        <Row name="Kết nối" value={`${connections[connection].vi} · ${timeOf(lastSeenAt)}`} />
        <Row name="Màn hình" value={`${state?.screen ?? '–'}${state?.paused ? ' (tạm nghỉ)' : ''}`} />
        <Row name="Di chuyển" value={movement} />
        {faulty.length > 0 && (
          <Row name="Thiết bị" value={faulty.map(([name, { code, status }]) => `${name}: ${code ?? status}`).join(', ')} />
        )}
        {link && (
          <Row
            name="Đường truyền"
            value={`MQTT ${link.protocol} · chờ gửi ${link.outboxLength} · kẹt ${link.stuckCount} · bị từ chối ${link.refusedCount} · số dự trữ ${link.leasedNumbers} · lệch giờ ${link.clockSkewMs ?? '–'} ms`}
          />
        )}
        <Row name="Lỗi gần nhất" value={errors[0] ? `${errors[0].code}, ${timeOf(errors[0].at)}: ${errors[0].hint}` : 'Không có'} />
      </dl>
      <Commands robotId={robotId} disabled={connection !== 'online'} />
      {log && (
        <p class="answer">
          <a href={`/staff/api/robots/${robotId}/log`} download>
            <Words vi={`Tải nhật ký (${log.lineCount} dòng, ${log.received}/${log.parts} phần)`} en="download the log" />
          </a>
        </p>
      )}
    </article>
  );
}

function Commands({ robotId, disabled }: { robotId: string; disabled: boolean }) {
  const [said, setSaid] = useState('');
  const [text, setText] = useState('');
  const [place, setPlace] = useState('home');
  const give = (command: object) => () => {
    setSaid('…');
    void ask<CommandAnswer>(`robots/${robotId}`, command).then((answer) => setSaid(wordsOf(answer)));
  };
  const simple = [
    { vi: 'Tạm nghỉ', en: 'Pause', command: { command: 'pause' } },
    { vi: 'Tiếp tục', en: 'Resume', command: { command: 'resume' } },
    { vi: 'Dừng ngay', en: 'Stop', command: { command: 'stop', reason: 'quầy yêu cầu' } },
    { vi: 'Khởi động lại', en: 'Reboot', command: { command: 'reboot', reason: 'quầy yêu cầu' } },
    { vi: 'Lấy nhật ký 1 giờ', en: 'Log', command: { command: 'uploadLog', sinceMin: 60 } },
    { vi: 'Cấu hình', en: 'Configuration', command: { command: 'configurationVersion' } },
  ];
  return (
    <>
      <div class="actions compact">
        {simple.map(({ vi, en, command }) => (
          <button type="button" key={en} disabled={disabled} onClick={give(command)}>
            <Words vi={vi} en={en} />
          </button>
        ))}
      </div>
      <div class="fields">
        <label>
          <Words vi="Đi đến" en="place" />
          <input value={place} onInput={(event) => setPlace(event.currentTarget.value)} />
        </label>
        <button type="button" disabled={disabled || place === ''} onClick={give({ command: 'goTo', place })}>
          Đi
        </button>
        <label>
          <Words vi="Thông báo" en="announcement" />
          <input maxLength={200} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <button
          type="button"
          disabled={disabled || text === ''}
          onClick={give({ command: 'announce', text: { vi: text, en: text, ko: text }, showForS: 15 })}
        >
          Đọc
        </button>
      </div>
      <p role="status" class="answer">
        {said}
      </p>
    </>
  );
}

function wordsOf(answer: CommandAnswer | null): string {
  if (!answer) return 'Robot không trả lời (no answer)';
  return answer.ok ? `Đã nhận (done) ${JSON.stringify(answer.result ?? {}).slice(0, 300)}` : `${answer.code}: ${answer.detail}`;
}

function Row({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
