import '@fontsource/be-vietnam-pro/vietnamese-400.css';
import '@fontsource/be-vietnam-pro/latin-400.css';
import '@fontsource/be-vietnam-pro/vietnamese-600.css';
import '@fontsource/be-vietnam-pro/latin-600.css';
import '../../../config/look/palette.css';
import './style.css';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { refusalSchema, type ShownReport, shownReportSchema } from './report-schema.ts';

const pollMs = 1000;

async function fetchStatus(): Promise<ShownReport | null> {
  const response = await fetch('/service/api/status');
  return response.ok ? shownReportSchema.parse(await response.json()) : null;
}

function Login({ onOpen }: { onOpen: () => void }) {
  const [error, setError] = useState('');
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const password = String(new FormData(form).get('password') ?? '');
    const response = await fetch('/service/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password }),
    });
    if (response.ok) return onOpen();
    const answer = refusalSchema.safeParse(await response.json());
    setError(answer.success ? answer.data.hint : 'The robot refused the password.');
  };
  return (
    <form class="card login" onSubmit={submit}>
      <h1>letan service</h1>
      <label>
        Password of this unit
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
      {error && (
        <div class="error" role="alert">
          {error}
        </div>
      )}
      <button type="submit">Log in</button>
    </form>
  );
}

const row = (name: string, value: string) => (
  <tr key={name}>
    <th scope="row">{name}</th>
    <td>{value}</td>
  </tr>
);

function Telemetry({ report }: { report: ShownReport }) {
  const { board, telemetry } = report;
  if (!board || !telemetry) return <p class="soft">No telemetry: the control board is not connected.</p>;
  const { safety, rangesMm } = telemetry;
  const ranges = Object.entries(rangesMm).map(([side, mm]) => `${side} ${mm ?? '–'}`);
  return (
    <table>
      <tbody>
        {row('Firmware', `${board.firmware}, protocol ${board.protocol}, last reset: ${board.resetCause}`)}
        {row('Stop', safety.cause ? `${safety.cause}${safety.latched ? ', latched: press the release button' : ''}` : 'none')}
        {row('Battery', `${(telemetry.batteryMv / 1000).toFixed(1)} V`)}
        {row('Ranges', `${ranges.join(', ')} mm`)}
        {row('Wheels', `${telemetry.leftMmS} / ${telemetry.rightMmS} mm/s`)}
        {row(
          'Link',
          `${telemetry.roundTripMs ?? '–'} ms round trip, ${telemetry.rejectedFrames} frames rejected, ${telemetry.refusedPinWrites} pin writes refused`,
        )}
      </tbody>
    </table>
  );
}

function QueueLink({ queue }: { queue: ShownReport['queue'] }) {
  const { online, outboxLength, error, health } = queue;
  const dropped = Object.entries(health.droppedMessages).map(([cause, count]) => `${cause} ${count}`);
  return (
    <table>
      <tbody>
        {row('State', online ? 'online' : `offline${error ? `, ${error.code}: ${error.detail}` : ''}`)}
        {row('Protocol', `MQTT ${health.protocol}`)}
        {row('Outbox', `${outboxLength} waiting, ${health.stuckCount} stuck, ${health.refusedCount} refused for good`)}
        {row('Leased numbers', String(health.leasedNumbers))}
        {row('Clock', health.clockSkewMs === null ? 'not compared yet' : `queue server ${health.clockSkewMs} ms ahead of the robot`)}
        {row('Certificate', health.certificateExpiresAt === null ? 'none' : `until ${health.certificateExpiresAt}`)}
        {row('Messages dropped', dropped.join(', ') || 'none')}
      </tbody>
    </table>
  );
}

function Status({ report }: { report: ShownReport }) {
  return (
    <main>
      <h1>{report.robotId}</h1>
      <p class="soft">
        letan {report.version}, started {new Date(report.startedAt).toLocaleString()}. Queue {report.queue.online ? 'online' : 'offline'},{' '}
        {report.queue.outboxLength} messages waiting. Screen: {report.visit}.
      </p>
      <h2>Devices</h2>
      <div class="card">
        <table>
          <tbody>
            {report.devices.map((line) => (
              <tr key={line.device}>
                <th scope="row">{line.device}</th>
                <td>
                  <span class={`state ${line.state}`}>{line.state}</span> {line.code} <span class="soft">{line.detail}</span>
                  {line.hint && <div>{line.hint}</div>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h2>Queue link</h2>
      <div class="card">
        <QueueLink queue={report.queue} />
      </div>
      <h2>Control board</h2>
      <div class="card">
        <Telemetry report={report} />
      </div>
    </main>
  );
}

function Page() {
  const [report, setReport] = useState<ShownReport | null>(null);
  const [opened, setOpened] = useState(0);
  useEffect(() => {
    const refresh = () => fetchStatus().then(setReport, () => setReport(null));
    void refresh();
    const timer = setInterval(refresh, pollMs);
    return () => clearInterval(timer);
  }, [opened]);
  return report ? <Status report={report} /> : <Login onOpen={() => setOpened(opened + 1)} />;
}

const place = document.getElementById('page');
if (place) render(<Page />, place);
