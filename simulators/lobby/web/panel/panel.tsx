import { useState } from 'preact/hooks';
import type { LobbyCommand } from '../../commands.ts';
import type { FaultName, LobbyStatus } from '../../controls.ts';
import type { LobbyWelcome } from '../../messages.ts';
import type { LobbySnapshot } from '../../snapshot.ts';
import type { Act } from '../connection.ts';
import { CardReader } from './card-reader.tsx';
import { Group, Key } from './keys.tsx';
import { Scanner } from './scanner.tsx';
import { Technician } from './technician.tsx';

const fullSnackStock = 8;

interface Props {
  welcome: LobbyWelcome;
  status: LobbyStatus;
  snapshot: LobbySnapshot | null;
  act: Act;
}

/** Everything that can be pressed, pulled or broken. */
export function Panel({ welcome, status, snapshot, act }: Props) {
  const world = (command: LobbyCommand) => act({ type: 'world', command });
  return (
    <aside class="panel" aria-label="Controls">
      <Safety status={status} snapshot={snapshot} world={world} />
      <Supplies status={status} snapshot={snapshot} world={world} fault={(fault) => act({ type: 'fault', fault })} />
      {/* Without a runtime nobody reads codes: the parts are there for a technician. */}
      {status.screen === null ? (
        <Technician site={welcome.site} snapshot={snapshot} world={world} />
      ) : (
        <Papers welcome={welcome} status={status} act={act} />
      )}
    </aside>
  );
}

/** What a citizen brings: codes to scan, or cards with a chip. */
function Papers({ welcome, status, act }: Omit<Props, 'snapshot'>) {
  const [chips, setChips] = useState(false);
  return chips ? (
    <CardReader cards={welcome.chipCards} status={status} act={act} onCodes={() => setChips(false)} />
  ) : (
    <Scanner samples={welcome.samples} act={act} onCards={() => setChips(true)} />
  );
}

type World = (command: LobbyCommand) => void;

function Safety({ status, snapshot, world }: { status: LobbyStatus; snapshot: LobbySnapshot | null; world: World }) {
  const switches = snapshot?.switches;
  const eStopPressed = switches?.eStopPressed ?? false;
  const latched = status.safety?.latched ?? false;
  return (
    <Group title="Safety" hint="a person releases every stop">
      <Key
        label={eStopPressed ? 'Release e-stop' : 'Press e-stop'}
        active={eStopPressed}
        tone="danger"
        onPress={() => world({ type: 'eStop', pressed: !eStopPressed })}
      />
      <Key
        label="Press blue button"
        active={switches?.releasePressed ?? false}
        tone="release"
        wanted={latched && !eStopPressed}
        onPress={() => world({ type: 'pressRelease' })}
      />
      <Key label="Hit bumper left" active={switches?.bumperLeftHit ?? false} onPress={() => world({ type: 'hitBumper', side: 'left' })} />
      <Key
        label="Hit bumper right"
        active={switches?.bumperRightHit ?? false}
        onPress={() => world({ type: 'hitBumper', side: 'right' })}
      />
    </Group>
  );
}

interface SuppliesProps {
  status: LobbyStatus;
  snapshot: LobbySnapshot | null;
  world: World;
  fault(fault: FaultName): void;
}

function Supplies({ status, snapshot, world, fault }: SuppliesProps) {
  const tankEmpty = snapshot !== null && snapshot.water.tankMl === 0;
  const cupPresent = snapshot?.water.cupPresent ?? true;
  const snacksOut = snapshot?.snack.stock === 0;
  const either = (broken: boolean, mend: [string, FaultName], harm: [string, FaultName]) => {
    const [label, name] = broken ? mend : harm;
    return <Key label={label} active={broken} onPress={() => fault(name)} />;
  };
  return (
    <>
      <Group title="Printer" hint="a ticket counts only when it is printed">
        {either(!status.paperPresent, ['Put paper in', 'paperIn'], ['Take paper out', 'paperOut'])}
        {either(status.cutterJammed, ['Clear the cutter', 'clearCutter'], ['Jam the cutter', 'jamCutter'])}
      </Group>
      <Group title="Water and snacks" hint={poured(snapshot)} columns={3}>
        <Key
          label={tankEmpty ? 'Fill tank' : 'Empty tank'}
          active={tankEmpty}
          onPress={() => world({ type: tankEmpty ? 'fillTank' : 'emptyTank' })}
        />
        <Key
          label={cupPresent ? 'Take cup' : 'Put a cup'}
          active={!cupPresent}
          onPress={() => world({ type: 'cup', present: !cupPresent })}
        />
        <Key
          label={snacksOut ? 'Put snacks in' : 'Take snacks'}
          active={snacksOut}
          onPress={() => world({ type: 'snackStock', count: snacksOut ? fullSnackStock : 0 })}
        />
      </Group>
      <Group title="Board and network" hint="safe without them" columns={3}>
        {either(!status.boardPlugged, ['Plug USB in', 'plugBoard'], ['Unplug USB', 'unplugBoard'])}
        <Key label="Wedge board" active={status.boardWedged} onPress={() => fault('wedgeBoard')} />
        {either(!status.networkUp, ['Restore network', 'restoreNetwork'], ['Cut network', 'cutNetwork'])}
      </Group>
    </>
  );
}

function poured(snapshot: LobbySnapshot | null): string {
  if (!snapshot) return '';
  const { water, snack } = snapshot;
  if (water.leak) return 'the drip tray is wet';
  return `${Math.round(water.pouredMl)} mL poured, ${snack.stock} snacks left`;
}
