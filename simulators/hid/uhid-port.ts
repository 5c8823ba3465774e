import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import type { HidModel } from './hid-model.ts';

/** Events of linux/uhid.h that are used here. */
const events = { destroy: 1, getReport: 9, getReportReply: 10, create2: 11, input2: 12, setReport: 13, setReportReply: 14 } as const;
const eventBytes = 4380;
const createBytes = 280;
const busUsb = 3;
const noSuchReport = 5; // EIO
/** How often the kernel is asked for what it wants of the device. */
const pollMs = 5;

const isAgain = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EAGAIN';

/** Plugs a simulated HID device into this machine's kernel through /dev/uhid. Throws where that cannot be opened. */
export class UhidPort {
  private readonly model: HidModel;
  private file: number | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopReports = () => {};

  constructor(model: HidModel) {
    this.model = model;
  }

  plug(): void {
    if (this.file !== null) return;
    this.file = openSync('/dev/uhid', constants.O_RDWR | constants.O_NONBLOCK);
    writeSync(this.file, this.createEvent());
    this.stopReports = this.model.reported.on((report) => this.send(report));
    this.timer = setInterval(() => this.serve(), pollMs);
  }

  /** What the kernel still had for the device is lost, as with a cable. */
  unplug(): void {
    if (this.file === null) return;
    this.stopReports();
    if (this.timer) clearInterval(this.timer);
    const destroy = Buffer.alloc(4);
    destroy.writeUInt32LE(events.destroy);
    writeSync(this.file, destroy);
    closeSync(this.file);
    this.file = null;
  }

  private createEvent(): Buffer {
    const { product, vendorId, productId, descriptor } = this.model;
    const event = Buffer.alloc(createBytes + descriptor.length);
    event.writeUInt32LE(events.create2, 0);
    event.write(product.slice(0, 127), 4);
    event.writeUInt16LE(descriptor.length, 260);
    event.writeUInt16LE(busUsb, 262);
    event.writeUInt32LE(vendorId, 264);
    event.writeUInt32LE(productId, 268);
    event.set(descriptor, createBytes);
    return event;
  }

  private send(report: Uint8Array): void {
    if (this.file === null) return;
    const event = Buffer.alloc(6 + report.length);
    event.writeUInt32LE(events.input2, 0);
    event.writeUInt16LE(report.length, 4);
    event.set(report, 6);
    writeSync(this.file, event);
  }

  /** Takes all that waits. */
  private serve(): void {
    const event = Buffer.alloc(eventBytes);
    while (this.file !== null) {
      try {
        if (readSync(this.file, event, 0, event.length, null) < 4) return;
      } catch (error) {
        if (isAgain(error)) return;
        throw error;
      }
      const type = event.readUInt32LE(0);
      if (type === events.getReport) this.answerGet(event);
      else if (type === events.setReport) this.answerSet(event);
    }
  }

  private answerGet(event: Buffer): void {
    const report = this.model.getFeature(event.readUInt8(8));
    const reply = Buffer.alloc(12 + (report?.length ?? 0));
    reply.writeUInt32LE(events.getReportReply, 0);
    reply.writeUInt32LE(event.readUInt32LE(4), 4);
    reply.writeUInt16LE(report ? 0 : noSuchReport, 8);
    reply.writeUInt16LE(report?.length ?? 0, 10);
    if (report) reply.set(report, 12);
    if (this.file !== null) writeSync(this.file, reply);
  }

  private answerSet(event: Buffer): void {
    const report = Uint8Array.from(event.subarray(12, 12 + event.readUInt16LE(10)));
    const reply = Buffer.alloc(10);
    reply.writeUInt32LE(events.setReportReply, 0);
    reply.writeUInt32LE(event.readUInt32LE(4), 4);
    reply.writeUInt16LE(this.model.setFeature(report) ? 0 : noSuchReport, 8);
    if (this.file !== null) writeSync(this.file, reply);
  }
}
