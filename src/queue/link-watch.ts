import type { Clock } from '../core/clock.ts';
import type { ErrorInfo } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { CertificateWatch } from './certificate-watch.ts';
import type { ServerClock } from './server-clock.ts';
import { SkewWatch } from './skew-watch.ts';
import type { CertificateDates } from './transport.ts';

export interface LinkWatchOptions {
  clock: Clock;
  serverClock: ServerClock;
  logger: Logger;
  certificates: () => readonly CertificateDates[];
  isConnected: () => boolean;
  /** Tells the ward. */
  publish: (error: ErrorInfo) => void;
}

/** The same trouble is told again after this long at the earliest. */
const tellAgainAfterMs = 3_600_000;
const mostWaiting = 20;
const mostRemembered = 200;

/** The link's own troubles (clock, certificates, a rival) on their way to log and ward; the newest few wait for a connection. */
export class LinkWatch {
  private readonly options: LinkWatchOptions;
  private readonly skew = new SkewWatch();
  private readonly certificates: CertificateWatch;
  private readonly toldAtMs = new Map<string, number>();
  private waiting: ErrorInfo[] = [];

  constructor(options: LinkWatchOptions) {
    this.options = options;
    this.certificates = new CertificateWatch(options.serverClock);
  }

  /** Looks at clock and certificates; to be called often. */
  check(): void {
    const { serverClock, certificates } = this.options;
    const skewed = this.skew.check(serverClock.skewMs);
    if (skewed) this.tell(skewed);
    for (const error of this.certificates.check(certificates())) this.tell(error);
  }

  tell(error: ErrorInfo): void {
    const { clock, logger, publish, isConnected } = this.options;
    const key = `${error.code} ${error.detail}`;
    const nowMs = clock.monotonicMs();
    const toldAtMs = this.toldAtMs.get(key);
    if (toldAtMs !== undefined && nowMs - toldAtMs < tellAgainAfterMs) return;
    if (this.toldAtMs.size >= mostRemembered) this.toldAtMs.clear();
    this.toldAtMs.set(key, nowMs);
    logger.warn(error, 'trouble with the queue link');
    if (isConnected()) publish(error);
    else this.waiting = [...this.waiting, error].slice(-mostWaiting);
  }

  onConnected(): void {
    for (const error of this.waiting.splice(0)) this.options.publish(error);
  }
}
