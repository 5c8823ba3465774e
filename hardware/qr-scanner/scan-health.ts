import type { DeviceStatus } from '../../src/core/device.ts';
import { Signal } from '../../src/core/signal.ts';

/** So many damaged codes in a row are no accident: wrong baud rate or encoding. */
const faultyAfter = 5;

/** A scanner's status: what its line says, and whether what it sends makes sense. */
export class ScanHealth {
  readonly changed = new Signal<DeviceStatus>();
  status: DeviceStatus;
  private readonly complaint: string;
  private rejectedInRow = 0;

  /** `complaint`: for technicians, once too much is damaged. */
  constructor(status: DeviceStatus, complaint: string) {
    this.status = status;
    this.complaint = complaint;
  }

  /** After some bytes or a report: how many codes were good, how many damaged. */
  judge(good: number, bad: number): void {
    if (good > 0) {
      this.rejectedInRow = 0;
      if (this.status.status === 'faulty') this.set({ status: 'ready' });
      return;
    }
    this.rejectedInRow += bad;
    if (this.rejectedInRow >= faultyAfter && this.status.status === 'ready') {
      this.set({ status: 'faulty', error: { code: 'DEVICE_FAULTY', detail: this.complaint } });
    }
  }

  /** The line came or went. */
  reset(status: DeviceStatus): void {
    this.rejectedInRow = 0;
    this.set(status);
  }

  private set(status: DeviceStatus): void {
    this.status = status;
    this.changed.emit(status);
  }
}
