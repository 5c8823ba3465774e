import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { until } from './suite.ts';

const root = '/sys/kernel/config/usb_gadget';

/** A USB-to-serial unit (CDC-ACM) on the kernel's own USB port: what a robot's board, scanner or reader is. */
export class UsbSerialUnit {
  /** Where the robot sees it. */
  readonly path = '/dev/ttyACM0';
  /** The unit's own end. */
  readonly ownEnd = '/dev/ttyGS0';
  private readonly gadget: string;
  private readonly port: string;

  constructor(name: string) {
    this.gadget = `${root}/${name}`;
    const [port] = readdirSync('/sys/class/udc');
    if (!port) throw new Error('the kernel has no USB port for gadgets');
    this.port = port;
    const acm = `${this.gadget}/functions/acm.usb0`;
    const configuration = `${this.gadget}/configs/c.1`;
    mkdirSync(this.gadget);
    // Ids that the USB gadget documentation gives for tests.
    writeFileSync(`${this.gadget}/idVendor`, '0x1d6b');
    writeFileSync(`${this.gadget}/idProduct`, '0x0104');
    mkdirSync(acm);
    mkdirSync(configuration);
    symlinkSync(acm, `${configuration}/acm.usb0`);
  }

  /** Resolves when the kernel has made the port. */
  async plug(): Promise<void> {
    writeFileSync(`${this.gadget}/UDC`, this.port);
    await until(this.path, () => existsSync(this.path));
  }

  unplug(): void {
    writeFileSync(`${this.gadget}/UDC`, '\n');
  }
}
