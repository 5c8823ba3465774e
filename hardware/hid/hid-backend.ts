import { access, constants, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { HIDAsync } from 'node-hid';
import { LetanError } from '../../src/core/errors.ts';
import { Signal } from '../../src/core/signal.ts';

/** One top-level collection of one device; a device with several is listed several times. */
export interface HidListing {
  path: string;
  vendorId: number;
  productId: number;
  product: string;
  usagePage: number;
  usage: number;
}

/** An open device. Its listeners are set before anything of it is awaited. */
export interface HidHandle {
  onReport(listener: (report: Uint8Array) => void): void;
  /** Unplugged, or it cannot be read; `close` is still called. */
  onLost(listener: (reason: string) => void): void;
  sendFeature(report: Uint8Array): Promise<void>;
  /** With the report's id first. */
  getFeature(reportId: number, lengthBytes: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The HID devices of a machine; a test may give its own. */
export interface HidBackend {
  list(): Promise<HidListing[]>;
  /** The report descriptor of the device at `path`. */
  describe(path: string): Promise<Uint8Array>;
  /** Rejects with `HID_PERMISSION` where this user may not. */
  open(path: string): Promise<HidHandle>;
}

/** Reads report descriptors from Linux' sysfs, where everybody may. */
export const sysfsDescriptor =
  (sysfs = '/sys') =>
  async (path: string): Promise<Uint8Array> =>
    readFile(join(sysfs, 'class', 'hidraw', basename(path), 'device', 'report_descriptor'));

/** Why a path may not be opened; null where it may, or where it is gone, which opening tells better. */
async function refusal(path: string): Promise<string | null> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    return code === 'EACCES' || code === 'EPERM' ? `this user may not open ${path}` : null;
  }
}

function handleOf(device: HIDAsync): HidHandle {
  const reports = new Signal<Uint8Array>();
  const lost = new Signal<string>();
  device.on('data', (report: Buffer) => reports.emit(report));
  device.on('error', (error: Error) => lost.emit(error.message));
  return {
    onReport: (listener) => void reports.on(listener),
    onLost: (listener) => void lost.on(listener),
    sendFeature: async (report) => void (await device.sendFeatureReport(Buffer.from(report))),
    getFeature: (reportId, lengthBytes) => device.getFeatureReport(reportId, lengthBytes + 1),
    close: () => device.close(),
  };
}

/** The devices of this machine over hidraw. node-hid is loaded when first asked: not every robot has a HID part. */
export function nodeHidBackend(describe = sysfsDescriptor()): HidBackend {
  return {
    list: async () => {
      const { devicesAsync } = await import('node-hid');
      const devices = await devicesAsync();
      return devices.flatMap(({ path, vendorId, productId, product = '', usagePage, usage }) =>
        path === undefined || usagePage === undefined || usage === undefined
          ? []
          : [{ path, vendorId, productId, product, usagePage, usage }],
      );
    },
    describe,
    open: async (path) => {
      const refused = await refusal(path);
      if (refused) throw new LetanError('HID_PERMISSION', refused);
      const { HIDAsync } = await import('node-hid');
      const device = await HIDAsync.open(path);
      const handle = handleOf(device);
      // node-hid begins to read in the next tick: closed before that, it would throw where nobody catches.
      await new Promise<void>((resolve) => process.nextTick(resolve));
      return handle;
    },
  };
}
