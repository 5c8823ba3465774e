import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SiteConfig } from '../config/schema.ts';
import { Signal } from '../src/core/signal.ts';
import type { LobbyCommand } from './lobby/commands.ts';
import type { LobbySnapshot } from './lobby/snapshot.ts';
import { BoardHost } from './mega2560/board-host.ts';
import { parseHex, withBootLoader } from './mega2560/hex.ts';

/** What the board's worker needs to build its world. */
export interface LobbyWorldSettings {
  site: SiteConfig;
  seed: number;
  /** A unit that was never calibrated. */
  freshUnit: boolean;
}

export interface LobbyBoardOptions extends LobbyWorldSettings {
  workerUrl: URL;
  /** Folder of the device link `board`. */
  folder: string;
  firmwareFile: string;
  /** Hex of a boot loader, as boards are sold: a reset starts it, and opening the port is a reset. Null: the firmware alone. */
  bootLoaderFile: string | null;
}

/** Our own worker sends it, so its shape needs no second check beyond being there. */
const snapshotSchema = z.custom<LobbySnapshot>((value) => typeof value === 'object' && value !== null && 'robot' in value);

/** How long a crashed program stays crashed at most: the firmware's watchdog bites after 30 ms. */
const wedgeShownMs = 1500;

/** The emulated control board with the released firmware, standing in the simulated lobby. */
export class LobbyBoard {
  readonly snapshotChanged = new Signal<LobbySnapshot>();
  snapshot: LobbySnapshot | null = null;
  private readonly host: BoardHost;
  private wedgedUntilMs = 0;

  constructor({ workerUrl, folder, firmwareFile, bootLoaderFile, site, seed, freshUnit }: LobbyBoardOptions) {
    const read = (file: string) => parseHex(readFileSync(file, 'utf8'), file);
    const sold = bootLoaderFile !== null;
    const flash = sold ? withBootLoader(read(firmwareFile), read(bootLoaderFile)) : read(firmwareFile);
    const plant: LobbyWorldSettings = { site, seed, freshUnit };
    this.host = new BoardHost({ workerUrl, flash, bootReset: sold, resetOnOpen: sold, folder, name: 'board', plant });
    this.host.onSnapshot((raw) => {
      const parsed = snapshotSchema.safeParse(raw);
      if (!parsed.success) return;
      this.snapshot = parsed.data;
      this.snapshotChanged.emit(parsed.data);
    });
  }

  get isPlugged(): boolean {
    return this.host.isPlugged;
  }
  get isWedged(): boolean {
    return performance.now() < this.wedgedUntilMs;
  }
  start(): Promise<void> {
    return this.host.start();
  }
  stop(): Promise<void> {
    return this.host.stop();
  }
  /** Resolves false when the world refuses: no such person, nobody can stand there. */
  command(command: LobbyCommand): Promise<boolean> {
    return this.host.command(command);
  }
  plug(): void {
    this.host.plug();
  }
  unplug(): Promise<void> {
    return this.host.unplug();
  }
  wedge(): void {
    this.wedgedUntilMs = performance.now() + wedgeShownMs;
    this.host.wedge();
  }
}
