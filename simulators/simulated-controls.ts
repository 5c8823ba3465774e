import type { LoadedConfig } from '../config/load.ts';
import type { App } from '../src/app.ts';
import type { Clock } from '../src/core/clock.ts';
import { Signal } from '../src/core/signal.ts';
import type { Broker } from './broker/broker.ts';
import type { CardTable } from './cards/card-table.ts';
import type { LobbyCommand } from './lobby/commands.ts';
import type { LobbyControls, LobbyStatus, TicketPicture } from './lobby/controls.ts';
import { sampleCodes } from './lobby/samples.ts';
import type { LobbySnapshot } from './lobby/snapshot.ts';
import type { LobbyBoard } from './lobby-board.ts';
import type { PrinterSimulator } from './printer/printer-simulator.ts';
import { sampleBookings } from './queue-server/catalogue.ts';
import type { ScannerSimulator } from './scanner/scanner-simulator.ts';

export interface SimulatedParts {
  config: LoadedConfig;
  clock: Clock;
  /** Null where the runtime is not part of the simulation. */
  app: () => App | null;
  board: LobbyBoard;
  printer: PrinterSimulator;
  scanner: ScannerSimulator;
  cards: CardTable;
  broker: Broker;
}

const statusEveryMs = 200;
const picturesKept = 12;
/** The runtime shakes hands with the board within a second; then somebody presses the blue button, as every morning. */
const releaseTriesMs = 10_000;

/** The hands of the lobby page: every fault and knob of the simulated robot. */
export class SimulatedControls implements LobbyControls {
  readonly snapshotChanged: Signal<LobbySnapshot>;
  readonly statusChanged = new Signal<LobbyStatus>();
  readonly samples = sampleCodes(
    sampleBookings
      .filter((booking) => booking.day === null)
      .slice(0, 2)
      .map((booking) => booking.code),
  );
  links = { kiosk: '', staff: '' };
  private readonly parts: SimulatedParts;
  private readonly pictures = new Map<string, { picture: TicketPicture; png: Uint8Array }>();
  private readonly stops: (() => void)[];
  private printedCount = 0;
  private lastStatus = '';

  constructor(parts: SimulatedParts) {
    this.parts = parts;
    this.snapshotChanged = parts.board.snapshotChanged;
    this.stops = [parts.printer.printed.on(({ png }) => this.keep(png)), parts.clock.every(statusEveryMs, () => this.tellStatus())];
  }

  get site() {
    return this.parts.config.site;
  }
  get snapshot(): LobbySnapshot | null {
    return this.parts.board.snapshot;
  }
  get status(): LobbyStatus {
    const { app, board, broker, cards, printer, config } = this.parts;
    const report = app()?.report() ?? null;
    return {
      robotName: config.robot.name,
      boardPlugged: board.isPlugged,
      boardWedged: board.isWedged,
      safety: report?.telemetry?.safety ?? null,
      screen: report?.visit ?? null,
      paperPresent: !printer.faults.paperEnd,
      cutterJammed: printer.faults.cutterJammed || printer.faults.cutterError,
      networkUp: broker.networkUp,
      readerPlugged: cards.isPlugged,
      cardsLaid: cards.laid,
      tickets: [...this.pictures.values()].map(({ picture }) => picture).reverse(),
    };
  }

  command(command: LobbyCommand): Promise<boolean> {
    return this.parts.board.command(command);
  }
  paperOut(): void {
    this.parts.printer.paperOut();
  }
  paperIn(): void {
    this.parts.printer.paperIn();
  }
  jamCutter(): void {
    this.parts.printer.jamCutter();
  }
  clearCutter(): void {
    this.parts.printer.clearCutter();
  }
  unplugBoard(): void {
    void this.parts.board.unplug().catch(() => {});
  }
  plugBoard(): void {
    this.parts.board.plug();
  }
  wedgeBoard(): void {
    this.parts.board.wedge();
  }
  cutNetwork(): void {
    this.parts.broker.cutNetwork();
  }
  restoreNetwork(): void {
    this.parts.broker.restoreNetwork();
  }
  unplugReader(): void {
    this.parts.cards.unplug();
  }
  plugReader(): void {
    this.parts.cards.plug();
  }
  get chipCards() {
    return this.parts.cards.cards;
  }
  layCard(cardId: string): Promise<boolean> {
    return this.parts.cards.lay(cardId);
  }
  takeCard(cardId: string): void {
    this.parts.cards.take(cardId);
  }
  scanCode(text: string): void {
    this.parts.scanner.scan(text);
  }
  ticketPng(id: string): Uint8Array | null {
    return this.pictures.get(id)?.png ?? null;
  }

  /** Presses the release button as soon as the runtime hears the board and the power-up stop is all that holds the robot. */
  async releaseAfterPowerUp(app: App): Promise<void> {
    const { clock, board } = this.parts;
    const endMs = clock.monotonicMs() + releaseTriesMs;
    while (app.report().telemetry === null && clock.monotonicMs() < endMs) await new Promise<void>((resolve) => clock.after(20, resolve));
    await board.command({ type: 'pressRelease' });
  }

  close(): void {
    for (const stop of this.stops) stop();
  }

  private keep(png: Uint8Array): void {
    const id = `ticket-${++this.printedCount}`;
    this.pictures.set(id, { png, picture: { id, printedAt: new Date(this.parts.clock.nowMs()).toISOString() } });
    const oldest = this.pictures.keys().next();
    if (this.pictures.size > picturesKept && !oldest.done) this.pictures.delete(oldest.value);
    this.tellStatus();
  }

  private tellStatus(): void {
    const { status } = this;
    const text = JSON.stringify(status);
    if (text === this.lastStatus) return;
    this.lastStatus = text;
    this.statusChanged.emit(status);
  }
}
