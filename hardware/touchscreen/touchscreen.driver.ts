import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import type { HidBackend } from '../hid/hid-backend.ts';
import { HidDevice, statusOf, usbIds } from '../hid/hid-device.ts';
import type { HidIdentity, HidLink } from '../hid/hid-link.ts';
import { digitizerUsagePage, TouchReader, touchscreenUsages } from './digitizer.ts';
import { TouchWatch } from './touch-watch.ts';
import type { Contact, TouchRange, TouchSuspicion, Touchscreen } from './touchscreen.ts';

/** Nobody touches: so long without any finger. */
const idleMs = 10_000;
/** How often resting fingers and old suspicions are looked at anew. */
const reviewMs = 10_000;
/** So many reports in a row that make no sense are no accident. */
const faultyAfter = 5;

const notAPanel = faulty('its report descriptor has no touch screen');
const nonsense = faulty('its reports contradict its descriptor');

function faulty(detail: string): DeviceStatus {
  return { status: 'faulty', error: { code: 'DEVICE_FAULTY', detail } };
}

/** A HID touch panel. Other programs, the browser among them, go on getting its touches from the kernel. */
export class HidTouchscreen implements Touchscreen {
  readonly statusChanged = new Signal<DeviceStatus>();
  readonly touched = new Signal<Contact[]>();
  readonly presenceChanged = new Signal<boolean>();
  readonly suspected = new Signal<TouchSuspicion>();
  status: DeviceStatus;
  private readonly link: HidLink;
  private readonly clock: Clock;
  private readonly stops: Unsubscribe[];
  private reader: TouchReader | null = null;
  private watch: TouchWatch | null = null;
  private contacts: Contact[] = [];
  private known: TouchSuspicion[] = [];
  private malformedInRow = 0;
  private present = false;
  private cancelIdle: Cancel = () => {};
  private cancelReview: Cancel | null = null;

  constructor(options: { link: HidLink; clock: Clock }) {
    this.link = options.link;
    this.clock = options.clock;
    this.status = statusOf(this.link.trouble ?? { code: 'TOUCHSCREEN_OFFLINE', detail: 'not connected' });
    this.stops = [
      this.link.opened.on((identity) => this.begin(identity)),
      this.link.closed.on((why) => this.end(statusOf(why))),
      this.link.received.on((report) => this.read(report)),
    ];
    if (this.link.identity) this.begin(this.link.identity);
  }

  get range(): TouchRange | null {
    return this.reader?.range ?? null;
  }

  async close(): Promise<void> {
    for (const stop of this.stops) stop();
    this.cancelIdle();
    this.cancelReview?.();
    await this.link.close();
  }

  private begin({ descriptor }: HidIdentity): void {
    const reader = new TouchReader(descriptor);
    if (!reader.range) {
      this.end(notAPanel);
      return;
    }
    this.reader = reader;
    this.watch = new TouchWatch(reader.range);
    this.known = [];
    this.malformedInRow = 0;
    this.setStatus({ status: 'ready' });
  }

  private end(status: DeviceStatus): void {
    this.reader = null;
    this.watch = null;
    this.known = [];
    this.cancelReview?.();
    this.cancelReview = null;
    this.setStatus(status);
    if (this.contacts.length === 0) return;
    this.contacts = [];
    this.touched.emit([]);
  }

  private read(report: Uint8Array): void {
    const result = this.reader?.push(report) ?? { kind: 'none' };
    if (result.kind === 'none') return;
    if (result.kind === 'malformed') {
      this.malformedInRow += 1;
      if (this.malformedInRow === faultyAfter) this.setStatus(nonsense);
      return;
    }
    const wasNonsense = this.malformedInRow >= faultyAfter;
    this.malformedInRow = 0;
    const before = this.contacts.length;
    this.contacts = result.contacts;
    this.look(wasNonsense);
    // An empty report after an empty one is no news.
    if (before > 0 || this.contacts.length > 0) this.touched.emit(result.contacts);
  }

  /** Judges who is down now. `anew`: the status must be set whether or not it looks different. */
  private look(anew: boolean): void {
    const { watch } = this;
    if (!watch) return;
    const nowMs = this.clock.monotonicMs();
    watch.observe(this.contacts, nowMs);
    if (this.contacts.some(({ contactId }) => !watch.isStuck(contactId, nowMs))) this.touchedBySomebody();
    const suspicions = watch.suspicions(nowMs);
    const isNew = ({ kind }: TouchSuspicion) => !this.known.some((other) => other.kind === kind);
    const fresh = suspicions.filter(isNew);
    const changed = fresh.length > 0 || suspicions.length !== this.known.length;
    this.known = suspicions;
    if (changed || anew) this.setStatus(this.describe(suspicions));
    for (const suspicion of fresh) this.suspected.emit(suspicion);
    this.scheduleReview(this.contacts.length > 0 || suspicions.length > 0);
  }

  private describe(suspicions: readonly TouchSuspicion[]): DeviceStatus {
    const { range } = this;
    if (suspicions.length === 0 || !range) return { status: 'ready' };
    const share = (value: number, min: number, max: number) => `${Math.round(((value - min) / (max - min)) * 100)} %`;
    const words = { ghostTouch: 'touches nobody makes', deadZone: 'no answer any more' } as const;
    const places = suspicions.map(
      ({ kind, x, y }) => `${words[kind]} at ${share(x, range.minX, range.maxX)}, ${share(y, range.minY, range.maxY)} of the panel`,
    );
    return { status: 'degraded', error: { code: 'TOUCHSCREEN_SUSPECT', detail: places.join('; ') } };
  }

  private scheduleReview(wanted: boolean): void {
    if (wanted && !this.cancelReview) this.cancelReview = this.clock.every(reviewMs, () => this.look(false));
    if (wanted || !this.cancelReview) return;
    this.cancelReview();
    this.cancelReview = null;
  }

  private touchedBySomebody(): void {
    this.cancelIdle();
    this.cancelIdle = this.clock.after(idleMs, () => this.becomeIdle());
    if (this.present) return;
    this.present = true;
    this.presenceChanged.emit(true);
  }

  private becomeIdle(): void {
    const { watch } = this;
    const nowMs = this.clock.monotonicMs();
    // A panel may say nothing while a finger rests.
    if (watch && this.contacts.some(({ contactId }) => !watch.isStuck(contactId, nowMs))) {
      this.touchedBySomebody();
      return;
    }
    this.present = false;
    this.presenceChanged.emit(false);
  }

  private setStatus(status: DeviceStatus): void {
    this.status = status;
    this.statusChanged.emit(status);
  }
}

export interface TouchscreenConfig {
  vendorId?: string | undefined;
  productId?: string | undefined;
}

/** The link of the unit's panel; `identity` says which panel was found. */
export function openTouchLink(config: TouchscreenConfig, parts: { clock: Clock; logger: Logger; backend?: HidBackend }): HidDevice {
  const wanted = { usagePage: digitizerUsagePage, usages: touchscreenUsages, ...usbIds(config) };
  return new HidDevice({ what: 'touch panel', wanted, offlineCode: 'TOUCHSCREEN_OFFLINE', ...parts });
}

/** The unit's touch panel; it is waited for and found again after an unplug. */
export function openTouchscreen(config: TouchscreenConfig, parts: { clock: Clock; logger: Logger; backend?: HidBackend }): Touchscreen {
  return new HidTouchscreen({ link: openTouchLink(config, parts), clock: parts.clock });
}
