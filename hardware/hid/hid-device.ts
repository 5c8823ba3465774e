import type { Cancel, Clock } from '../../src/core/clock.ts';
import { withDeadline } from '../../src/core/deadline.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import { type ErrorCode, type ErrorInfo, LetanError, toErrorInfo } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal } from '../../src/core/signal.ts';
import { type HidBackend, type HidHandle, type HidListing, nodeHidBackend } from './hid-backend.ts';
import type { HidIdentity, HidLink } from './hid-link.ts';
import { parseReportDescriptor } from './report-descriptor.ts';

export interface HidWanted {
  usagePage: number;
  /** Any of these; the first ones are taken before the others. */
  usages: readonly number[];
  vendorId?: number | undefined;
  productId?: number | undefined;
}

export interface HidDeviceOptions {
  /** For logs, as in "touch panel". */
  what: string;
  wanted: HidWanted;
  /** What its absence is. */
  offlineCode: ErrorCode;
  clock: Clock;
  logger: Logger;
  backend?: HidBackend;
}

/** As of a serial device: ms between attempts; the last one repeats. */
const retryDelaysMs = [100, 250, 500, 1000];
/** Listing and opening take some milliseconds; a hub that resets holds them up for a second. */
const openTimeoutMs = 3000;
/** A control transfer is given up by the kernel after 5 s; a device that works answers within milliseconds. */
const featureTimeoutMs = 1000;

/** How a driver shows that its device is away: what makes no sense is faulty, what is missing is offline. */
export const statusOf = (trouble: ErrorInfo): DeviceStatus => ({
  status: trouble.code === 'DEVICE_FAULTY' ? 'faulty' : 'offline',
  error: trouble,
});

function matches({ usagePage, vendorId, productId }: HidWanted, listing: HidListing): boolean {
  return (
    listing.usagePage === usagePage &&
    (vendorId === undefined || listing.vendorId === vendorId) &&
    (productId === undefined || listing.productId === productId)
  );
}

/** A HID device that is looked for and opened again, with back-off, whenever it is lost. Starts at once. */
export class HidDevice implements HidLink {
  readonly opened = new Signal<HidIdentity>();
  readonly closed = new Signal<ErrorInfo>();
  readonly received = new Signal<Uint8Array>();
  identity: HidIdentity | null = null;
  trouble: ErrorInfo | null;
  private readonly options: HidDeviceOptions;
  private readonly backend: HidBackend;
  private handle: HidHandle | null = null;
  private ended = false;
  private attempts = 0;
  private cancelRetry: Cancel = () => {};

  constructor(options: HidDeviceOptions) {
    this.options = options;
    this.backend = options.backend ?? nodeHidBackend();
    this.trouble = { code: options.offlineCode, detail: 'not found yet' };
    void this.connect();
  }

  async sendFeature(report: Uint8Array): Promise<void> {
    await this.within(featureTimeoutMs, 'the feature report', this.present().sendFeature(report));
  }

  async getFeature(reportId: number, lengthBytes: number): Promise<Uint8Array> {
    const report = await this.within(featureTimeoutMs, 'the feature report', this.present().getFeature(reportId, lengthBytes));
    return report.subarray(1);
  }

  reopen(reason: string): void {
    if (this.handle) this.lose(this.handle, reason);
  }

  async close(): Promise<void> {
    this.ended = true;
    this.cancelRetry();
    const { handle } = this;
    this.handle = null;
    this.identity = null;
    if (handle) await release(handle);
  }

  /** Never rejects: what goes wrong becomes `trouble`. */
  private async connect(): Promise<void> {
    try {
      await this.open();
    } catch (error) {
      const { offlineCode } = this.options;
      const { code, detail } = toErrorInfo(error, offlineCode);
      // One that does not answer is as good as away.
      if (!this.ended) this.fail({ code: code === 'REQUEST_TIMEOUT' ? offlineCode : code, detail });
    }
  }

  private async open(): Promise<void> {
    const { what, wanted, offlineCode } = this.options;
    const listings = await this.within(openTimeoutMs, 'the list of HID devices', this.backend.list());
    const [found] = wanted.usages.flatMap((usage) => listings.filter((listing) => listing.usage === usage && matches(wanted, listing)));
    if (!found) throw new LetanError(offlineCode, `no ${what}${wantedIds(wanted)} among ${listings.length} HID devices`);
    const bytes = await this.within(openTimeoutMs, 'its report descriptor', this.backend.describe(found.path));
    const parsed = parseReportDescriptor(bytes);
    if (!parsed.ok) throw new LetanError('DEVICE_FAULTY', `the ${what} has a damaged report descriptor (${parsed.fault})`);
    const opening = this.backend.open(found.path);
    // One that opens after its deadline has nobody left to close it.
    const handle = await this.within(openTimeoutMs, `the ${what}`, opening).catch((error: unknown) => {
      void opening.then(release, () => {});
      throw error;
    });
    if (this.ended) return release(handle);
    const { vendorId, productId, product } = found;
    this.settle(handle, { vendorId, productId, product, descriptor: parsed.descriptor });
  }

  private settle(handle: HidHandle, identity: HidIdentity): void {
    // Listeners belong to this handle alone: a late event of an old handle must not touch the new one.
    handle.onReport((report) => {
      if (this.handle === handle) this.received.emit(report);
    });
    handle.onLost((reason) => this.lose(handle, reason));
    this.handle = handle;
    this.identity = identity;
    this.trouble = null;
    this.attempts = 0;
    const { vendorId, productId, product } = identity;
    this.options.logger.info({ part: this.options.what, vendorId, productId, product }, 'HID device open');
    this.opened.emit(identity);
  }

  private lose(handle: HidHandle, reason: string): void {
    if (this.handle !== handle) return;
    this.handle = null;
    this.identity = null;
    void release(handle);
    this.options.logger.warn({ part: this.options.what, reason }, 'HID device lost');
    this.trouble = { code: this.options.offlineCode, detail: reason };
    this.closed.emit(this.trouble);
    this.retry();
  }

  /** Told once as long as the cause stays the same. */
  private fail(trouble: ErrorInfo): void {
    const known = this.trouble;
    this.trouble = trouble;
    if (this.attempts === 0 || known?.code !== trouble.code) {
      this.options.logger.warn({ part: this.options.what, ...trouble }, 'HID device cannot be opened; trying on');
      this.closed.emit(trouble);
    }
    this.retry();
  }

  private retry(): void {
    if (this.ended) return;
    const delayMs = retryDelaysMs[Math.min(this.attempts, retryDelaysMs.length - 1)] ?? 1000;
    this.attempts += 1;
    this.cancelRetry = this.options.clock.after(delayMs, () => void this.connect());
  }

  private present(): HidHandle {
    if (this.handle) return this.handle;
    throw new LetanError('CANCELLED', `the ${this.options.what} is not open`);
  }

  private within<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
    return withDeadline(this.options.clock, timeoutMs, what, work);
  }
}

/** A device that is gone cannot be closed properly either. */
const release = (handle: HidHandle): Promise<void> => handle.close().catch(() => {});

function wantedIds({ vendorId, productId }: HidWanted): string {
  const hex = (id: number | undefined) => (id === undefined ? '*' : id.toString(16).padStart(4, '0'));
  return vendorId === undefined && productId === undefined ? '' : ` ${hex(vendorId)}:${hex(productId)}`;
}

/** Ids as configuration files have them, hexadecimal. */
export function usbIds({ vendorId, productId }: { vendorId?: string | undefined; productId?: string | undefined }) {
  const numberOf = (id: string | undefined) => (id === undefined ? undefined : Number.parseInt(id, 16));
  return { vendorId: numberOf(vendorId), productId: numberOf(productId) };
}
