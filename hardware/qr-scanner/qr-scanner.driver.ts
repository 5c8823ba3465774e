import type { Clock } from '../../src/core/clock.ts';
import type { Logger } from '../../src/core/logger.ts';
import type { HidBackend } from '../hid/hid-backend.ts';
import { HidDevice, usbIds } from '../hid/hid-device.ts';
import { SerialDevice } from '../serial/serial-device.ts';
import { scannerUsage, scannerUsagePage } from './hid-pos.ts';
import { HidScanner } from './hid-scanner.driver.ts';
import type { QrScanner } from './qr-scanner.ts';
import { SerialScanner } from './serial-scanner.driver.ts';

/** As the robot's file has it; ids hexadecimal. */
export type QrScannerConfig =
  | { kind?: 'serial' | undefined; path: string; baudRate: number }
  | { kind: 'hid'; vendorId?: string | undefined; productId?: string | undefined };

/** What a technician knows the scanner by. */
export function describeQrScanner(config: QrScannerConfig): string {
  if (config.kind !== 'hid') return config.path;
  return `HID ${config.vendorId ?? '*'}:${config.productId ?? '*'}`;
}

/** The unit's scanner; it is waited for and found again after an unplug. */
export function openQrScanner(config: QrScannerConfig, parts: { clock: Clock; logger: Logger; backend?: HidBackend }): QrScanner {
  const { clock } = parts;
  if (config.kind !== 'hid') return new SerialScanner({ link: new SerialDevice({ ...config, ...parts }), clock });
  const wanted = { usagePage: scannerUsagePage, usages: [scannerUsage], ...usbIds(config) };
  return new HidScanner({ link: new HidDevice({ what: 'QR scanner', wanted, offlineCode: 'SCANNER_OFFLINE', ...parts }), clock });
}
