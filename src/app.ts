import { fastify } from 'fastify';
import { listen } from './app/listen.ts';
import { listenToComputer } from './app/listen-computer.ts';
import { createOrders, keepStanding } from './app/orders.ts';
import type { RobotParts } from './app/parts.ts';
import { createPerformer } from './app/perform.ts';
import { createReport, projectRobotState } from './app/report.ts';
import { behaviourSettings } from './app/settings.ts';
import { createRobotActor, onCommand, type RobotActor } from './behaviour/actor.ts';
import type { RobotEvent } from './behaviour/events.ts';
import { expectedScan } from './behaviour/view-state.ts';
import { claimPort } from './core/port.ts';
import { Signal } from './core/signal.ts';
import { shownPeople } from './identity/shown-person.ts';
import { KioskProjection } from './kiosk/projection.ts';
import { registerKiosk } from './kiosk/server.ts';
import type { KioskView } from './kiosk/view.ts';
import { openServicePassword } from './technician/password.ts';
import { registerService } from './technician/server.ts';
import type { StatusReport } from './technician/status-report.ts';

export interface AppOptions {
  version: string;
  /** Folders of the built pages. */
  pages: { kiosk: string; service: string };
}

/** A running robot. */
export interface App {
  /** For instance `http://127.0.0.1:8080`. */
  readonly address: string;
  /** Set at the first start alone: to be shown once. */
  readonly firstRunPassword: string | null;
  report(): StatusReport;
  /** The ward ordered a restart and nobody is being served: the host ends this app and starts it anew. Emitted once. */
  readonly restartWanted: Signal<void>;
  /** Ends the app; the parts are the caller's. */
  close(): Promise<void>;
}

const telemetryEveryMs = 5000;

function startViews(actor: RobotActor, parts: RobotParts): { view(): KioskView; changed: Signal<KioskView> } {
  const { robot, site } = parts.config;
  const projection = new KioskProjection({
    clock: parts.clock,
    robotName: robot.name,
    wardName: site.name,
    showPortrait: parts.config.robot.identity.showPortrait,
    shownPeople: (recordIds) => shownPeople(parts.vault, recordIds),
    boardConnected: () => parts.board.status.status === 'ready' || parts.board.status.status === 'degraded',
  });
  const changed = new Signal<KioskView>();
  actor.subscribe((snapshot) => changed.emit(projection.project(snapshot)));
  return { view: () => projection.project(actor.getSnapshot()), changed };
}

/** Joins the parts into a robot: events in, machine, commands out; kiosk, service page and ward are projections of its snapshot. */
export async function startApp(parts: RobotParts, options: AppOptions): Promise<App> {
  const { clock, ids, logger, config, queue } = parts;
  const actor = createRobotActor({ settings: behaviourSettings(config), seed: ids.next(), clock });
  const send = (event: RobotEvent) => actor.send(event);
  const restartWanted = new Signal<void>();
  const stopCommands = onCommand(actor, createPerformer({ parts, send, restart: () => restartWanted.emit() }));
  const views = startViews(actor, parts);
  const toReport = createReport(parts, options.version, clock.nowMs());
  const report = () => toReport(actor.getSnapshot());

  const server = fastify({ forceCloseConnections: true });
  const password = openServicePassword(config.robot.service.passwordFile);
  const { view, changed: viewChanged } = views;
  await registerKiosk(server, {
    view,
    viewChanged,
    send,
    vault: parts.vault,
    catalogue: parts.catalogue,
    logger,
    staticFolder: options.pages.kiosk,
  });
  await registerService(server, { clock, password, report, staticDir: options.pages.service });
  const address = await claimPort('kiosk page', config.robot.kiosk, () => server.listen(config.robot.kiosk)).catch(
    async (error: unknown) => {
      await server.close();
      throw error;
    },
  );

  actor.start();
  const stopStanding = keepStanding(actor, parts);
  queue.onCommand(createOrders({ parts, actor, software: `letan ${options.version}`, loadedAtMs: clock.nowMs() }));
  const stopStates = publishStates(actor, parts);
  const stopListening = listen(parts, () => expectedScan(actor.getSnapshot()), send);
  const stopComputer = parts.computer ? listenToComputer(parts.computer, actor, parts) : () => {};
  queue.start();

  return {
    address,
    firstRunPassword: password.firstRunPassword,
    report,
    restartWanted,
    close: async () => {
      stopListening();
      stopComputer();
      stopStates();
      stopStanding();
      stopCommands();
      actor.stop();
      parts.wheels.stop();
      parts.dispenser.abort();
      parts.vault.erase();
      await server.close();
    },
  };
}

/** Tells the ward the robot's state whenever it really changes, and where it is and how its battery does every few seconds. */
function publishStates(actor: RobotActor, { queue, clock, wheels, board }: RobotParts): () => void {
  let last = '';
  const subscription = actor.subscribe((snapshot) => {
    const state = projectRobotState(snapshot);
    const text = JSON.stringify(state);
    if (text === last) return;
    last = text;
    queue.publishState(state);
  });
  const stopTelemetry = clock.every(telemetryEveryMs, () => {
    const { xMm, yMm, headingRad } = wheels.pose;
    const batteryMv = board.telemetry?.batteryMv;
    queue.publishTelemetry({
      xMm,
      yMm,
      headingDeg: (headingRad * 180) / Math.PI,
      batteryV: batteryMv === undefined ? null : batteryMv / 1000,
    });
  });
  return () => {
    stopTelemetry();
    subscription.unsubscribe();
  };
}
