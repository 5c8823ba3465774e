import type { Store } from '../store/store.ts';
import type { LinkHealth } from './contract.ts';
import type { Intake } from './intake.ts';
import type { LeaseRenewal } from './lease-renewal.ts';
import type { ServerClock } from './server-clock.ts';
import type { Transport } from './transport.ts';
import { isoTime } from './wire.ts';

export interface LinkParts {
  store: Store;
  transport: Transport;
  serverClock: ServerClock;
  intake: Intake;
  leaseRenewal: LeaseRenewal;
}

/** How the link does, gathered from the rooms that know. Throws `STORE_FAILED`. */
export function linkHealth({ store, transport, serverClock, intake, leaseRenewal }: LinkParts): LinkHealth {
  const own = transport.certificates?.find(({ whose }) => whose === 'robot');
  return {
    protocol: transport.protocol ?? '5',
    outboxLength: store.outbox.length,
    stuckCount: store.outbox.stuckCount,
    refusedCount: store.outbox.refusedCount,
    leasedNumbers: leaseRenewal.remaining,
    clockSkewMs: serverClock.skewMs,
    certificateExpiresAt: own ? isoTime(own.expiresAtMs) : null,
    droppedMessages: intake.dropped,
  };
}
