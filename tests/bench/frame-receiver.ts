import { decodeFrame, type FirmwareMessage, isFirmwareMessage } from '../../firmware-bridge/protocol/generated/messages.ts';
import type { Mega2560 } from '../../simulators/mega2560/mega2560.ts';

type Named<Name extends FirmwareMessage['name']> = Extract<FirmwareMessage, { name: Name }>;

/** What the firmware says, decoded; Firmata between the frames is left out. Keeps the latest message of each kind. */
export class FrameReceiver {
  /** How dispenses ended: reports by result, each dispense once. */
  readonly finished: Record<string, number> = {};
  private readonly latest = new Map<FirmwareMessage['name'], FirmwareMessage>();
  private readonly ended = new Set<number>();
  private sysex: number[] | null = null;
  private readonly onMessage: (message: FirmwareMessage) => void;

  /** `onMessage` is called when the last stop bit of a frame is out. */
  constructor(mega: Mega2560, onMessage: (message: FirmwareMessage) => void = () => {}) {
    this.onMessage = onMessage;
    mega.onHostByte((byte) => this.take(byte));
  }

  last<Name extends FirmwareMessage['name']>(name: Name): Named<Name> {
    const isNamed = (message: FirmwareMessage | undefined): message is Named<Name> => message?.name === name;
    const message = this.latest.get(name);
    if (!isNamed(message)) throw new Error(`no ${name} was received`);
    return message;
  }

  private take(byte: number): void {
    if (byte === 0xf0) this.sysex = [];
    else if (byte === 0xf7 && this.sysex) {
      const decoded = decodeFrame(Uint8Array.from(this.sysex));
      this.sysex = null;
      if (decoded.ok && isFirmwareMessage(decoded.message)) this.keep(decoded.message);
    } else this.sysex?.push(byte);
  }

  private keep(message: FirmwareMessage): void {
    this.latest.set(message.name, message);
    if (
      message.name === 'dispenseReport' &&
      message.result !== 'running' &&
      message.result !== 'idle' &&
      !this.ended.has(message.dispenseId)
    ) {
      this.ended.add(message.dispenseId);
      this.finished[message.result] = (this.finished[message.result] ?? 0) + 1;
    }
    this.onMessage(message);
  }
}
