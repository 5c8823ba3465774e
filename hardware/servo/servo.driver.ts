import type { FiveBoard } from 'johnny-five/lib/board.js';
import type { FiveServo } from 'johnny-five/lib/servo.js';
import type { ServoConfig } from '../../config/peripherals.ts';
import type { BoardLink } from '../../firmware-bridge/host/board-link.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import type { LightMood } from '../lights/moods.ts';
import type { Servo } from './servo.ts';

type Link = Pick<BoardLink, 'five' | 'fiveChanged'>;

/** Firmata's mode of a servo pin. */
const servoMode = 0x04;

/** A servo through johnny-five, where the board's firmware offers servos on the pin. */
export function openServo(config: ServoConfig, link: Link): Servo & { close(): void } {
  return new FiveMoodServo(config, link);
}

class FiveMoodServo implements Servo {
  readonly changed = new Signal<void>();
  status: DeviceStatus;
  private servo: FiveServo | null = null;
  private target: number;
  private readonly config: ServoConfig;
  private readonly link: Link;
  private readonly unsubscribe: Unsubscribe;

  constructor(config: ServoConfig, link: Link) {
    this.config = config;
    this.link = link;
    this.target = config.restDeg;
    this.status = this.away();
    this.unsubscribe = link.fiveChanged.on((board) => this.use(board));
    this.use(link.five);
  }

  get name(): string {
    return this.config.name;
  }

  get degrees(): number | null {
    return this.servo === null ? null : this.target;
  }

  show(mood: LightMood): void {
    this.target = this.config.moods[mood] ?? this.config.restDeg;
    this.servo?.to(this.target);
  }

  close(): void {
    this.unsubscribe();
    this.servo = null;
  }

  private use(board: FiveBoard | null): void {
    this.servo = null;
    if (board === null) this.setStatus(this.away());
    else if (!board.io.pins[this.config.pin]?.supportedModes.includes(servoMode)) this.setStatus(this.unsupported());
    else this.drive(board);
  }

  private drive(board: FiveBoard): void {
    const { pin, minPulseUs, maxPulseUs, minDeg, maxDeg } = this.config;
    import('johnny-five/lib/servo.js')
      .then(({ default: FiveServoOfPin }) => {
        if (this.link.five !== board) return;
        this.servo = new FiveServoOfPin({ pin, board, pwmRange: [minPulseUs, maxPulseUs], range: [minDeg, maxDeg], startAt: this.target });
        this.setStatus({ status: 'ready' });
      })
      // A board that vanished meanwhile: the next one brings a new servo.
      .catch(() => {});
  }

  private setStatus(status: DeviceStatus): void {
    this.status = status;
    this.changed.emit();
  }

  private unsupported(): DeviceStatus {
    const { name, pin } = this.config;
    const detail = `${name}: the control board's firmware drives no servo on pin ${pin}`;
    return { status: 'faulty', error: { code: 'PERIPHERAL_UNSUPPORTED', detail } };
  }

  private away(): DeviceStatus {
    return { status: 'offline', error: { code: 'BOARD_NOT_CONNECTED', detail: `${this.config.name}: no control board` } };
  }
}
