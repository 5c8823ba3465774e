import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { robotSchema, siteSchema } from '../../../config/schema.ts';
import { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import type { Transport, TransportOpener } from '../../../firmware-bridge/host/transport.ts';
import { type LobbyOptions, LobbyPlant } from '../../../simulators/lobby/plant.ts';
import { parseHex } from '../../../simulators/mega2560/hex.ts';
import { Mega2560 } from '../../../simulators/mega2560/mega2560.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { LetanError } from '../../../src/core/errors.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { Signal } from '../../../src/core/signal.ts';

const file = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

export const site = siteSchema.parse(parse(file('config/sites/cua-nam.yaml')));
export const robot = robotSchema.parse(parse(file('config/robots/simulated.yaml')));
const flash = parseHex(file('firmware-bridge/firmware/release/letan-mega2560.hex'));

/** The released firmware in the emulated part in the simulated lobby, wired to the host in memory and moved by one simulated clock. */
export class EmulatedBoard implements TransportOpener {
  readonly portName = 'emulated';
  readonly clock = new SimulatedClock();
  readonly lobby: LobbyPlant;
  readonly mega = new Mega2560({ flash });
  plugged = true;
  /** While set, the host is stuck: its timers do not run, its bytes lie unread. */
  hostHangs = false;
  private transport: (Transport & { deliver(bytes: Uint8Array): void }) | null = null;
  private outbox: number[] = [];

  constructor(options: Partial<LobbyOptions> = {}) {
    this.lobby = new LobbyPlant({ site, random: new SeededRandom(7), ...options });
    this.lobby.attach(this.mega);
    this.mega.onHostByte((byte) => this.outbox.push(byte));
    // Switched on a while before the host opens the port.
    this.mega.runFor(200);
  }

  connect(firmataDelayMs: number | null = null): BoardLink {
    return new BoardLink({ opener: this, clock: this.clock, logger: silentLogger, calibration: robot.calibration, firmataDelayMs });
  }

  open(): Promise<Transport> {
    if (!this.plugged) return Promise.reject(new LetanError('BOARD_NOT_CONNECTED', 'unplugged'));
    // Opening a port of a real board pulls its reset line through DTR.
    this.mega.reset('external');
    this.outbox = [];
    const received = new Signal<Uint8Array>();
    const closed = new Signal<void>();
    let open = true;
    this.transport = {
      received,
      closed,
      deliver: (bytes) => received.emit(bytes),
      write: (bytes) => {
        if (open) this.mega.hostWrite(bytes);
      },
      present: () => Promise.resolve(open),
      close: () => {
        if (open) {
          open = false;
          this.transport = null;
          closed.emit();
        }
        return Promise.resolve();
      },
    };
    return Promise.resolve(this.transport);
  }

  /** The cable is pulled; the board keeps its own supply. */
  unplug(): void {
    this.plugged = false;
    void this.transport?.close();
  }

  /** Lets `ms` pass on both sides in steps of 1 ms, or less when `until` holds. */
  async run(ms: number, until: () => boolean = () => false): Promise<void> {
    for (let left = ms; left > 0 && !until(); left--) {
      this.mega.runFor(1);
      if (this.hostHangs) continue;
      const bytes = Uint8Array.from(this.outbox);
      this.outbox = [];
      if (bytes.length > 0) this.transport?.deliver(bytes);
      this.clock.advance(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** A person presses the blue button and lets go. */
  async release(): Promise<void> {
    this.lobby.command({ type: 'pressRelease' });
    await this.run(400);
  }
}
