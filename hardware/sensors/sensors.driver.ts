import type { FiveBoard } from 'johnny-five/lib/board.js';
import { arduinoPin, type SensorConfig } from '../../config/peripherals.ts';
import type { BoardLink } from '../../firmware-bridge/host/board-link.ts';
import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import { type Conversion, levelOf, switchOf, temperatureOf } from './conversion.ts';
import { concern, differs, Judge } from './judge.ts';
import type { Reading, Sensor } from './sensors.ts';

type Link = Pick<BoardLink, 'five' | 'fiveChanged'>;

/** Ten a second: nothing here changes faster, and the link has frames of its own to carry. */
const sampleEveryMs = 100;
/** An analogue pin that says nothing for so long is not reported any more. */
const silentAfterMs = 2000;
/** Contacts bounce for some milliseconds, reeds in a slammed door for some tens. */
const settleMs = 50;

/**
 * Sensors over johnny-five's board. Its own sensor classes are left alone: they run on timers of their own, which no test could move and
 * which outlive an unplugged board. Working from construction to `close`.
 */
export function openSensors(configs: readonly SensorConfig[], options: { link: Link; clock: Clock }): { sensors: Sensor[]; close(): void } {
  const { link, clock } = options;
  const sensors = configs.map((config) => new FirmataSensor(config, clock));
  const use = (board: FiveBoard | null) => {
    if (board && sensors.some((sensor) => sensor.analog)) board.io.setSamplingInterval(sampleEveryMs);
    for (const sensor of sensors) sensor.use(board, () => link.five === board);
  };
  const unsubscribe: Unsubscribe = link.fiveChanged.on(use);
  use(link.five);
  const checkSilence = () => {
    for (const sensor of sensors) sensor.checkSilence();
  };
  const cancelWatch = sensors.length === 0 ? () => {} : clock.every(silentAfterMs, checkSilence);
  return {
    sensors,
    close() {
      unsubscribe();
      cancelWatch();
      for (const sensor of sensors) sensor.use(null, () => false);
    },
  };
}

class FirmataSensor implements Sensor {
  readonly changed = new Signal<void>();
  reading: Reading | null = null;
  status: DeviceStatus;
  private readonly config: SensorConfig;
  private readonly clock: Clock;
  private readonly judge = new Judge();
  private heardAtMs = 0;
  private connected = false;
  private cancelSettle: Cancel = () => {};
  private cancelDoor: Cancel = () => {};

  constructor(config: SensorConfig, clock: Clock) {
    this.config = config;
    this.clock = clock;
    this.status = this.away();
  }

  get name(): string {
    return this.config.name;
  }

  get analog(): boolean {
    return this.config.kind === 'temperature' || this.config.kind === 'level';
  }

  /** `isCurrent`: whether this board is still the one in use; a former one may have a last word. */
  use(board: FiveBoard | null, isCurrent: () => boolean): void {
    this.cancelSettle();
    this.cancelDoor();
    this.judge.forget();
    this.connected = board !== null;
    if (board === null) this.tell(null, this.away());
    else this.read(board, isCurrent);
  }

  private read(board: FiveBoard, isCurrent: () => boolean): void {
    this.heardAtMs = this.clock.monotonicMs();
    const { config } = this;
    switch (config.kind) {
      case 'temperature':
        this.readAnalog(board, isCurrent, (raw) => temperatureOf(raw, config));
        break;
      case 'level':
        this.readAnalog(board, isCurrent, (raw) => levelOf(raw, config));
        break;
      case 'levelSwitch':
      case 'door':
        this.readSwitch(board, isCurrent, (high) => switchOf(high, config));
        break;
    }
  }

  checkSilence(): void {
    if (!this.connected || !this.analog || this.clock.monotonicMs() - this.heardAtMs < silentAfterMs) return;
    this.judge.forget();
    this.tell(null, this.faulty('the control board reports nothing of its pin'));
  }

  private readAnalog(board: FiveBoard, isCurrent: () => boolean, convert: (raw: number) => Conversion): void {
    const channel = arduinoPin(this.config.pin) - arduinoPin('A0');
    board.pinMode(channel, modes.analog);
    board.analogRead(channel, (raw) => {
      if (!isCurrent()) return;
      this.heardAtMs = this.clock.monotonicMs();
      this.judge.take(convert(raw));
      const { reading, fault } = this.judge;
      if (fault !== null) this.tell(null, this.faulty(fault));
      else if (reading !== null) this.tell(reading, this.judged(reading));
    });
  }

  private readSwitch(board: FiveBoard, isCurrent: () => boolean, convert: (high: boolean) => Reading): void {
    const pin = arduinoPin(this.config.pin);
    let last: number | null = null;
    board.pinMode(pin, modes.pullUp);
    board.digitalRead(pin, (level) => {
      // Pins come eight at a time: a neighbour's change brings this one's level once more.
      if (!isCurrent() || level === last) return;
      last = level;
      this.cancelSettle();
      this.cancelSettle = this.clock.after(settleMs, () => this.settled(convert(level !== 0)));
    });
  }

  /** A contact that bounced back to where it was changes nothing; an open door's time runs on. */
  private settled(reading: Reading): void {
    if (this.reading !== null && !differs(this.reading, reading)) return;
    this.cancelDoor();
    this.tell(reading, this.judged(reading));
    if (reading.kind === 'door' && reading.open) this.watchOpenDoor();
  }

  private watchOpenDoor(): void {
    if (this.config.kind !== 'door' || this.config.warnOpenAfterMs === undefined) return;
    const { name } = this.config;
    this.cancelDoor = this.clock.after(this.config.warnOpenAfterMs, () =>
      this.tell(this.reading, { status: 'degraded', error: { code: 'PERIPHERAL_DOOR_OPEN', detail: name } }),
    );
  }

  private judged(reading: Reading): DeviceStatus {
    const error = concern(reading, this.config, this.status.status === 'degraded');
    return error ? { status: 'degraded', error } : { status: 'ready' };
  }

  /** Emits what is new; a reading that wavers within its step is not. */
  private tell(reading: Reading | null, status: DeviceStatus): void {
    const code = (of: DeviceStatus) => (of.status === 'ready' ? null : of.error.code);
    const newStatus = status.status !== this.status.status || code(status) !== code(this.status);
    if (!newStatus && !differs(this.reading, reading)) return;
    this.reading = reading;
    this.status = status;
    this.changed.emit();
  }

  private away(): DeviceStatus {
    return {
      status: 'offline',
      error: { code: 'BOARD_NOT_CONNECTED', detail: `${this.config.name}: no reading from the control board yet` },
    };
  }

  private faulty(fault: string): DeviceStatus {
    return { status: 'faulty', error: { code: 'PERIPHERAL_FAULTY', detail: `${this.config.name} on pin ${this.config.pin}: ${fault}` } };
  }
}

/** Firmata's pin modes. */
const modes = { analog: 0x02, pullUp: 0x0b } as const;
