import type { Clock } from '../core/clock.ts';
import type { ErrorInfo } from '../core/errors.ts';
import type { CertificateDates } from './transport.ts';

const dayMs = 86_400_000;
/** Time enough for a ward to get a new one. */
const warnAheadMs = 30 * dayMs;

const names = { robot: "the robot's certificate", authority: "the authority's certificate (caFile)", broker: "the broker's certificate" };

/** Says once a day which certificates end within 30 days. */
export class CertificateWatch {
  private readonly clock: Clock;
  private readonly toldAtMs = new Map<CertificateDates['whose'], number>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** To be asked often; `nowMs` of the clock that is to be believed. */
  check(certificates: readonly CertificateDates[]): ErrorInfo[] {
    const nowMs = this.clock.nowMs();
    return certificates.filter((certificate) => this.due(certificate, nowMs)).map((certificate) => describe(certificate, nowMs));
  }

  private due({ whose, expiresAtMs }: CertificateDates, nowMs: number): boolean {
    if (expiresAtMs - nowMs > warnAheadMs) {
      this.toldAtMs.delete(whose);
      return false;
    }
    const monotonicMs = this.clock.monotonicMs();
    const toldAtMs = this.toldAtMs.get(whose);
    if (toldAtMs !== undefined && monotonicMs - toldAtMs < dayMs) return false;
    this.toldAtMs.set(whose, monotonicMs);
    return true;
  }
}

function describe({ whose, expiresAtMs }: CertificateDates, nowMs: number): ErrorInfo {
  const date = new Date(expiresAtMs).toISOString().slice(0, 10);
  const days = Math.floor((expiresAtMs - nowMs) / dayMs);
  const when = expiresAtMs <= nowMs ? `expired on ${date}` : `expires on ${date}, in ${days} days`;
  return { code: 'QUEUE_CERTIFICATE_EXPIRES', detail: `${names[whose]} ${when}` };
}
