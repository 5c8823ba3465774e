import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { SerialPort } from 'serialport';
import { SerialDevice } from '../../../hardware/serial/serial-device.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { openFiles, untilOpenFiles } from './leaks.ts';
import { noticeLimitMs, Suite, until } from './suite.ts';
import { UsbSerialUnit } from './usb-gadget.ts';

const suite = new Suite('serial');
const baudRate = 115200;
const unit = new UsbSerialUnit('serial');
const openDevice = () => new SerialDevice({ path: unit.path, baudRate, clock: new SystemClock(), logger: silentLogger });

/** The far end: what the unit hears, and its voice. */
async function openOwnEnd() {
  const port = new SerialPort({ path: unit.ownEnd, baudRate, autoOpen: false });
  let heard = Buffer.alloc(0);
  // A pulled cable hangs up this end too.
  port.on('error', () => {});
  port.on('data', (bytes: Buffer) => {
    heard = Buffer.concat([heard, bytes]);
  });
  port.open();
  await once(port, 'open');
  return {
    heard: () => heard,
    say: (bytes: Uint8Array) => port.write(Buffer.from(bytes)),
    close: async () => {
      if (!port.isOpen) return;
      const closed = once(port, 'close');
      port.close();
      await closed;
    },
  };
}

/** Every value of a byte, flow control and line ends among them, several times over. */
const allBytes = Uint8Array.from({ length: 1024 }, (_, index) => index & 0xff);

suite.test('bytes of every value pass both ways over a USB serial port', async () => {
  await unit.plug();
  const device = openDevice();
  await until('the port to open', () => device.isOpen);
  const far = await openOwnEnd();
  let received = Buffer.alloc(0);
  device.received.on((bytes) => {
    received = Buffer.concat([received, bytes]);
  });
  await device.write(allBytes);
  await until('the unit to hear all', () => far.heard().length >= allBytes.length);
  far.say(allBytes);
  await until('the robot to hear all', () => received.length >= allBytes.length);
  assert.deepEqual([...far.heard()], [...allBytes]);
  assert.deepEqual([...received], [...allBytes]);
  await far.close();
  await device.close();
  unit.unplug();
});

suite.test('a unit that is plugged in late is found, one that is pulled is noticed, and it works again', async () => {
  const device = openDevice();
  const closed: string[] = [];
  device.closed.on((reason) => closed.push(reason));
  await unit.plug();
  await until('the port to open', () => device.isOpen, noticeLimitMs);
  unit.unplug();
  await until('the loss', () => !device.isOpen, noticeLimitMs);
  assert.equal(closed.length, 1);
  await assert.rejects(device.write(allBytes));
  await unit.plug();
  await until('the port to open again', () => device.isOpen, noticeLimitMs);
  const far = await openOwnEnd();
  await device.write(allBytes);
  await until('the unit to hear', () => far.heard().length === allBytes.length);
  await far.close();
  await device.close();
  unit.unplug();
});

suite.test('10 re-plugs, in the middle of writing too, leave no open file and take no second port', async () => {
  await unit.plug();
  const device = openDevice();
  await until('the port to open', () => device.isOpen);
  const before = openFiles();
  for (let cycle = 0; cycle < 10; cycle += 1) {
    if (cycle % 2 === 0) device.write(allBytes).catch(() => {});
    unit.unplug();
    await until(`loss ${cycle}`, () => !device.isOpen, noticeLimitMs);
    await unit.plug();
    await until(`return ${cycle}`, () => device.isOpen, noticeLimitMs);
    assert.equal(existsSync('/dev/ttyACM1'), false, 'the old port is still held');
  }
  await untilOpenFiles(before);
  await device.close();
  unit.unplug();
});

await suite.run();
