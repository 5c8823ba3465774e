import type { Act, PageState } from './connection.ts';
import { LobbyMap } from './map/lobby-map.tsx';
import { Panel } from './panel/panel.tsx';
import { StatusBar } from './status-bar.tsx';
import { Tickets } from './tickets.tsx';

/** The whole page: status on top, the lobby with its tickets on the left, the controls on the right. */
export function App({ state, act }: { state: PageState; act: Act }) {
  const { welcome, snapshot, status } = state;
  if (!welcome || !status) return <p class="waiting">Looking for the simulated lobby…</p>;
  return (
    <div class={`page ${state.connected ? '' : 'page-stale'}`}>
      <StatusBar welcome={welcome} status={status} snapshot={snapshot} connected={state.connected} />
      <main class="stage">
        <LobbyMap site={welcome.site} snapshot={snapshot} act={act} />
        <Tickets tickets={status.tickets} />
      </main>
      <Panel welcome={welcome} status={status} snapshot={snapshot} act={act} />
      <p class={`refusal ${state.refusal ? 'refusal-shown' : ''}`} role="status">
        {state.refusal}
      </p>
    </div>
  );
}
