import { connect, type Socket } from 'node:net';
import type { Clock } from '../../../src/core/clock.ts';
import { atrOf, type ContactlessCard } from './contactless-card.ts';
import { VpcdReader, vpcdFrame } from './vpcd-messages.ts';

export interface VpcdCardOptions {
  card: ContactlessCard;
  clock: Clock;
  /** Where vpcd listens on this machine; its second slot is the port above. */
  port: number;
}

/** A virtual card that lies in a reader of the real pcscd: the card's side of vpcd's protocol. */
export class VpcdCard {
  /** Times it was powered or reset. */
  powerings = 0;
  private readonly options: VpcdCardOptions;
  private socket: Socket | null = null;
  private work: Promise<void> = Promise.resolve();

  constructor(options: VpcdCardOptions) {
    this.options = options;
  }

  /** Puts it into the reader; rejects when vpcd does not listen. pcscd notices within half a second. */
  put(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.options.port, '127.0.0.1', resolve);
      const reader = new VpcdReader();
      this.socket = socket;
      socket.setNoDelay(true);
      socket.on('error', reject);
      socket.on('close', () => {
        if (this.socket === socket) this.take();
      });
      socket.on('data', (bytes) => {
        for (const message of reader.push(bytes)) this.work = this.work.then(() => this.obey(socket, message));
      });
    });
  }

  /** Takes it away, be it in the middle of a command. */
  take(): void {
    this.socket?.destroy();
    this.socket = null;
    this.options.card.powerOff();
    this.work = Promise.resolve();
  }

  private async obey(socket: Socket, message: ReturnType<VpcdReader['push']>[number]): Promise<void> {
    const { card } = this.options;
    switch (message.kind) {
      case 'powerOff':
        card.powerOff();
        return;
      case 'powerOn':
      case 'reset':
        this.powerings += 1;
        card.powerOn();
        return;
      case 'atr':
        this.send(socket, atrOf(card));
        return;
      case 'apdu':
        await this.answer(socket, message.command);
    }
  }

  private async answer(socket: Socket, command: Uint8Array): Promise<void> {
    const { card, clock } = this.options;
    try {
      const response = await card.process(command);
      const { processingMs = 0 } = card;
      if (processingMs > 0) await new Promise<void>((resolve) => clock.after(processingMs, resolve));
      if (response.length > 0) this.send(socket, response);
      else this.take();
    } catch {
      // A card that throws is a card that was torn away.
      this.take();
    }
  }

  private send(socket: Socket, data: Uint8Array): void {
    if (socket === this.socket) socket.write(vpcdFrame(data));
  }
}
