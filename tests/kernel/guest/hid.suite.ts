import assert from 'node:assert/strict';
import { HidDevice } from '../../../hardware/hid/hid-device.ts';
import { openQrScanner } from '../../../hardware/qr-scanner/qr-scanner.driver.ts';
import { openTouchscreen } from '../../../hardware/touchscreen/touchscreen.driver.ts';
import type { Contact } from '../../../hardware/touchscreen/touchscreen.ts';
import { type PosScannerOptions, PosScannerSimulator } from '../../../simulators/hid/pos-scanner.ts';
import { type TouchPanelForm, TouchPanelSimulator } from '../../../simulators/hid/touch-panel.ts';
import { UhidPort } from '../../../simulators/hid/uhid-port.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import type { DeviceStatus } from '../../../src/core/device.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { openFiles, untilOpenFiles } from './leaks.ts';
import { noticeLimitMs, pause, Suite, until } from './suite.ts';

const suite = new Suite('hid');
const parts = () => ({ clock: new SystemClock(), logger: silentLogger });

interface Part {
  readonly status: DeviceStatus;
}
const untilReady = (part: Part) => until('the device to be ready', () => part.status.status === 'ready', noticeLimitMs);
const untilOffline = (part: Part, code: string) =>
  until(`the device to be ${code}`, () => part.status.status === 'offline' && part.status.error.code === code, noticeLimitMs);

const byId = (contacts: Contact[]) => [...contacts].sort((a, b) => a.contactId - b.contactId);

// Logical units of the panels' descriptors: 0 to 4095, of the single-finger one -1000 to 1000.
const panels: [TouchPanelForm, { x: number; y: number }, number][] = [
  ['single', { x: 500, y: -500 }, 1],
  ['multi', { x: 3071, y: 1024 }, 5],
  ['hybrid', { x: 3071, y: 1024 }, 7],
  ['overlong', { x: 3071, y: 1024 }, 7],
];
for (const [form, first, fingers] of panels) {
  suite.test(`a touch panel (${form}) is found by its descriptor; ${fingers} finger${fingers > 1 ? 's' : ''} come and go`, async () => {
    const panel = new TouchPanelSimulator(form);
    const port = new UhidPort(panel);
    port.plug();
    const touchscreen = openTouchscreen({}, parts());
    let contacts: Contact[] = [];
    touchscreen.touched.on((now) => {
      contacts = now;
    });
    await untilReady(touchscreen);
    panel.touch(Array.from({ length: fingers }, (_, contactId) => ({ contactId, x: 0.75 - contactId / 10, y: 0.25 })));
    await until('all fingers', () => contacts.length === fingers);
    assert.deepEqual(
      byId(contacts).map(({ contactId }) => contactId),
      Array.from({ length: fingers }, (_, contactId) => contactId),
    );
    const [left] = byId(contacts);
    assert.deepEqual({ x: left?.x, y: left?.y }, first);
    panel.lift();
    await until('no finger', () => contacts.length === 0);
    await touchscreen.close();
    port.unplug();
  });
}

/** Longer than two reports of 56 bytes, with letters of two and three bytes across their border. */
const longCode = `034201000123|${'Lê Thị Hoà '.repeat(12)}|Tổ 4, Khu phố Mẫu`;

const scanners: [string, PosScannerOptions][] = [
  ['of the published form', { form: 'published' }],
  ['with its AIM prefix one byte late', { form: 'vendor', isShifted: true }],
  ['that sleeps until feature report 254', { form: 'vendor', isAsleep: true }],
];
for (const [name, options] of scanners) {
  suite.test(`a POS scanner ${name}: a code over several reports is one, and the next is another`, async () => {
    const scanner = new PosScannerSimulator(options);
    const port = new UhidPort(scanner);
    port.plug();
    const reader = openQrScanner({ kind: 'hid' }, parts());
    const codes: string[] = [];
    reader.scanned.on((code) => codes.push(code));
    await untilReady(reader);
    if (options.isAsleep) await until('the scanner to wake', () => scanner.getFeature(254)?.[1] === 1);
    assert.ok(scanner.reportsOf(Buffer.from(longCode)).length >= 3);
    scanner.scan(longCode);
    scanner.scan('A012');
    await until('both codes', () => codes.length >= 2);
    await pause(50);
    assert.deepEqual(codes, [longCode, 'A012']);
    await reader.close();
    port.unplug();
  });
}

suite.test('panel and scanner together are told apart, by ids too', async () => {
  const scanner = new PosScannerSimulator({ form: 'published' });
  const panel = new TouchPanelSimulator('multi');
  const ports = [scanner, panel].map((model) => new UhidPort(model));
  for (const port of ports) port.plug();
  const touchscreen = openTouchscreen({ vendorId: '222a', productId: '0001' }, parts());
  const reader = openQrScanner({ kind: 'hid', vendorId: '0c2e' }, parts());
  const stranger = openQrScanner({ kind: 'hid', vendorId: 'ffff' }, parts());
  const codes: string[] = [];
  reader.scanned.on((code) => codes.push(code));
  await untilReady(touchscreen);
  await untilReady(reader);
  scanner.scan('B345');
  await until('the code', () => codes.length > 0);
  assert.deepEqual(codes, ['B345']);
  await untilOffline(stranger, 'SCANNER_OFFLINE');
  await Promise.all([touchscreen.close(), reader.close(), stranger.close()]);
  for (const port of ports) port.unplug();
});

suite.test('20 re-plugs of both, with a finger down and a code half sent, are noticed and leave no open file', async () => {
  const scanner = new PosScannerSimulator({ form: 'published' });
  const panel = new TouchPanelSimulator('multi');
  const ports = [scanner, panel].map((model) => new UhidPort(model));
  const touchscreen = openTouchscreen({}, parts());
  const reader = openQrScanner({ kind: 'hid' }, parts());
  const codes: string[] = [];
  let contacts: Contact[] = [];
  reader.scanned.on((code) => codes.push(code));
  touchscreen.touched.on((now) => {
    contacts = now;
  });
  const [firstHalf] = scanner.reportsOf(Buffer.from(longCode));
  assert.ok(firstHalf);
  await untilOffline(touchscreen, 'TOUCHSCREEN_OFFLINE');
  const before = openFiles();
  for (let cycle = 0; cycle < 20; cycle += 1) {
    for (const port of ports) port.plug();
    await untilReady(touchscreen);
    await untilReady(reader);
    scanner.scan(`C${cycle}`);
    panel.touch([{ contactId: 0, x: 0.5, y: 0.5 }]);
    await until('code and finger', () => codes.length === cycle + 1 && contacts.length === 1);
    scanner.reported.emit(firstHalf);
    for (const port of ports) port.unplug();
    await untilOffline(touchscreen, 'TOUCHSCREEN_OFFLINE');
    await untilOffline(reader, 'SCANNER_OFFLINE');
  }
  assert.deepEqual(
    codes,
    Array.from({ length: 20 }, (_, cycle) => `C${cycle}`),
  );
  await untilOpenFiles(before);
  await Promise.all([touchscreen.close(), reader.close()]);
});

const openPanel = () =>
  new HidDevice({ what: 'touch panel', wanted: { usagePage: 0x0d, usages: [4] }, offlineCode: 'TOUCHSCREEN_OFFLINE', ...parts() });

suite.test('feature reports are read and written, and what the device refuses rejects', async () => {
  const port = new UhidPort(new TouchPanelSimulator('multi'));
  port.plug();
  const link = openPanel();
  await until('the panel to be open', () => link.identity);
  assert.deepEqual([...(await link.getFeature(2, 1))], [10]);
  await link.sendFeature(Uint8Array.of(2, 5));
  await assert.rejects(link.getFeature(9, 1));
  await link.close();
  port.unplug();
});

suite.test('closed at any moment of its opening, a device leaves no open file', async () => {
  const port = new UhidPort(new TouchPanelSimulator('multi'));
  port.plug();
  const first = openPanel();
  await until('the panel to be open', () => first.identity);
  const before = openFiles();
  await first.close();
  for (let round = 0; round < 20; round += 1) {
    const link = openPanel();
    await pause((round % 5) * 10);
    await link.close();
  }
  await untilOpenFiles(before - 1);
  port.unplug();
});

await suite.run();
