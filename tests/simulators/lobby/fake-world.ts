import type { SiteConfig } from '../../../config/schema.ts';
import type { LobbyCommand } from '../../../simulators/lobby/commands.ts';
import type { LobbyControls, LobbyStatus } from '../../../simulators/lobby/controls.ts';
import { LobbyPlant } from '../../../simulators/lobby/plant.ts';
import { sampleCodes } from '../../../simulators/lobby/samples.ts';
import type { LobbySnapshot } from '../../../simulators/lobby/snapshot.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { Signal } from '../../../src/core/signal.ts';
import { FakePins } from './fake-pins.ts';
import { hall } from './site.ts';

/** A real lobby plant without a processor, and a list of what the page asked of the other parts. */
export class FakeWorld implements LobbyControls {
  readonly site: SiteConfig;
  readonly links = { kiosk: 'http://127.0.0.1:8080/', staff: 'http://127.0.0.1:8082/staff/' };
  readonly samples = sampleCodes(['LT-BOOK-TEST']);
  readonly chipCards = [{ id: 'chip-first', label: 'Card of Nguyễn Thị Mẫu' }];
  readonly snapshotChanged = new Signal<LobbySnapshot>();
  readonly statusChanged = new Signal<LobbyStatus>();
  readonly pins = new FakePins();
  readonly asked: string[] = [];
  readonly scanned: string[] = [];
  status: LobbyStatus = {
    robotName: 'Sen',
    boardPlugged: true,
    boardWedged: false,
    safety: { stopped: true, cause: 'powerUp', latched: true, eStopOpen: false },
    screen: 'attract',
    paperPresent: true,
    cutterJammed: false,
    networkUp: true,
    readerPlugged: true,
    cardsLaid: [],
    tickets: [{ id: 'ticket-1', printedAt: '2026-01-05T08:00:00+07:00' }],
  };
  private readonly plant: LobbyPlant;

  constructor(site: SiteConfig = hall) {
    this.site = site;
    this.plant = new LobbyPlant({ site, random: new SeededRandom(1) });
    this.plant.attach(this.pins);
  }
  get snapshot(): LobbySnapshot {
    return this.plant.snapshot();
  }
  async command(command: LobbyCommand): Promise<boolean> {
    const done = this.plant.command(command);
    this.snapshotChanged.emit(this.snapshot);
    return done;
  }
  paperOut = () => void this.asked.push('paperOut');
  paperIn = () => void this.asked.push('paperIn');
  jamCutter = () => void this.asked.push('jamCutter');
  clearCutter = () => void this.asked.push('clearCutter');
  unplugBoard = () => void this.asked.push('unplugBoard');
  plugBoard = () => void this.asked.push('plugBoard');
  wedgeBoard = () => void this.asked.push('wedgeBoard');
  cutNetwork = () => void this.asked.push('cutNetwork');
  restoreNetwork = () => void this.asked.push('restoreNetwork');
  unplugReader = () => void this.asked.push('unplugReader');
  plugReader = () => void this.asked.push('plugReader');
  async layCard(cardId: string): Promise<boolean> {
    if (cardId !== 'chip-first') return false;
    this.asked.push(`lay ${cardId}`);
    return true;
  }
  takeCard(cardId: string): void {
    this.asked.push(`take ${cardId}`);
  }
  scanCode(text: string): void {
    this.scanned.push(text);
  }
  ticketPng(id: string): Uint8Array | null {
    return id === 'ticket-1' ? Uint8Array.from([0x89, 0x50, 0x4e, 0x47]) : null;
  }
}
