import type { LobbyStatus } from '../controls.ts';
import type { LobbyWelcome } from '../messages.ts';
import type { LobbySnapshot } from '../snapshot.ts';
import { safetyText, spoken } from './texts.ts';

function Reading({ label, value }: { label: string; value: string }) {
  return (
    <div class="reading">
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

interface Props {
  welcome: LobbyWelcome;
  status: LobbyStatus;
  snapshot: LobbySnapshot | null;
  connected: boolean;
}

/** Name, stop state, the figures that matter, and the way to the other pages. */
export function StatusBar({ welcome, status, snapshot, connected }: Props) {
  const lost = { tone: 'quiet', title: 'Connection lost', detail: 'Looking for the simulated robot again…' } as const;
  const { tone, title, detail } = connected ? safetyText(status.safety, status.boardPlugged) : lost;
  const speedMmS = snapshot ? (snapshot.robot.leftMmS + snapshot.robot.rightMmS) / 2 : 0;
  return (
    <header class="bar">
      <h1 class="bar-name">
        {status.robotName}
        <span>simulated lobby</span>
      </h1>
      <p class={`state state-${tone}`} role="status">
        <span class="state-dot" />
        <strong>{title}</strong>
        <span>{detail}</span>
      </p>
      <dl class="readings">
        <Reading label="Speed" value={snapshot ? `${(Math.abs(speedMmS) / 1000).toFixed(2)} m/s` : '–'} />
        <Reading label="Battery" value={snapshot ? `${snapshot.batteryVolts.toFixed(1)} V` : '–'} />
        <Reading label="Tank" value={snapshot ? `${(snapshot.water.tankMl / 1000).toFixed(2)} L` : '–'} />
        <Reading label="Screen" value={status.screen ? spoken(status.screen) : '–'} />
      </dl>
      <nav class="bar-links" aria-label="Other pages">
        <a href={welcome.links.kiosk} target="_blank" rel="noreferrer">
          Kiosk ↗
        </a>
        <a href={welcome.links.staff} target="_blank" rel="noreferrer">
          Staff ↗
        </a>
      </nav>
    </header>
  );
}
