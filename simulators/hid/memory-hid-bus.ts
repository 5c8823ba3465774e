import type { HidBackend, HidHandle, HidListing } from '../../hardware/hid/hid-backend.ts';
import { LetanError } from '../../src/core/errors.ts';
import { Signal } from '../../src/core/signal.ts';
import type { HidModel } from './hid-model.ts';

interface Socket {
  path: string;
  model: HidModel;
  forbidden: boolean;
  unplugged: Signal<void>;
}

/** The HID devices of a machine, in memory. Answers come one turn of the microtask queue later, as from node-hid. */
export class MemoryHidBus implements HidBackend {
  /** Devices that are open now; a leak check. */
  openCount = 0;
  /** Openings that were tried. */
  attempts = 0;
  /** What each device was sent, by product. */
  readonly sent: { product: string; report: Uint8Array }[] = [];
  private readonly sockets = new Set<Socket>();
  private made = 0;

  /** Puts a device in; returns its path. `forbidden`: this user may not open it. */
  plug(model: HidModel, { forbidden = false } = {}): string {
    const path = `/dev/hidraw${this.made++}`;
    this.sockets.add({ path, model, forbidden, unplugged: new Signal() });
    return path;
  }

  unplug(model: HidModel): void {
    for (const socket of this.sockets) {
      if (socket.model !== model) continue;
      this.sockets.delete(socket);
      socket.unplugged.emit();
    }
  }

  async list(): Promise<HidListing[]> {
    return [...this.sockets].flatMap(({ path, model }) =>
      model.collections.map(({ usagePage, usage }) => ({
        path,
        vendorId: model.vendorId,
        productId: model.productId,
        product: model.product,
        usagePage,
        usage,
      })),
    );
  }

  async describe(path: string): Promise<Uint8Array> {
    return this.socketAt(path).model.descriptor;
  }

  async open(path: string): Promise<HidHandle> {
    this.attempts += 1;
    const socket = this.socketAt(path);
    if (socket.forbidden) throw new LetanError('HID_PERMISSION', `this user may not open ${path}`);
    return this.handleOf(socket);
  }

  private handleOf(socket: Socket): HidHandle {
    const { model } = socket;
    const stops: (() => void)[] = [];
    let isOpen = true;
    this.openCount += 1;
    const demandOpen = () => {
      if (!isOpen || !this.sockets.has(socket)) throw new Error('device has been closed');
    };
    return {
      onReport: (listener) => void stops.push(model.reported.on(listener)),
      onLost: (listener) => void stops.push(socket.unplugged.on(() => listener('could not read from HID device'))),
      sendFeature: async (report) => {
        demandOpen();
        this.sent.push({ product: model.product, report });
        if (!model.setFeature(report)) throw new Error('could not send feature report to device');
      },
      getFeature: async (reportId, lengthBytes) => {
        demandOpen();
        const report = model.getFeature(reportId);
        if (!report) throw new Error('could not get feature report from device');
        return report.subarray(0, lengthBytes + 1);
      },
      close: async () => {
        if (!isOpen) throw new Error('device is already closed');
        isOpen = false;
        this.openCount -= 1;
        for (const stop of stops) stop();
      },
    };
  }

  private socketAt(path: string): Socket {
    const socket = [...this.sockets].find((one) => one.path === path);
    if (!socket) throw new Error(`cannot open device with path ${path}`);
    return socket;
  }
}
