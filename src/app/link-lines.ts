import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { type ErrorCode, errorKinds } from '../core/errors.ts';
import { CertificateWatch } from '../queue/certificate-watch.ts';
import { skewFault } from '../queue/skew-watch.ts';
import type { CertificateDates } from '../queue/transport.ts';
import { type DeviceLine, deviceLine } from '../technician/status-report.ts';

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorKinds, code);

/** The queue part of a running robot's `/health`, as much as the doctor reads of it. */
export const linkReportSchema = z.object({
  online: z.boolean(),
  outboxLength: z.number(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  broker: z.string().nullable(),
  certificates: z.array(z.object({ whose: z.enum(['robot', 'authority', 'broker']), expiresAt: z.string() })),
  health: z.object({
    protocol: z.string(),
    stuckCount: z.number(),
    refusedCount: z.number(),
    leasedNumbers: z.number(),
    clockSkewMs: z.number().nullable(),
  }),
});
export type LinkReport = z.infer<typeof linkReportSchema>;

/** How the link of a running robot does, one line for each thing that may be wrong, and what to do about it. */
export function linkLines(report: LinkReport, clock: Clock): DeviceLine[] {
  const certificates = report.certificates.map(({ whose, expiresAt }) => ({ whose, expiresAtMs: Date.parse(expiresAt) }));
  return [linkLine(report), outboxLine(report), leaseLine(report), clockLine(report), ...certificateLines(certificates, clock)];
}

/** One line for each certificate: how long it is good. */
export function certificateLines(certificates: readonly CertificateDates[], clock: Clock): DeviceLine[] {
  return certificates.map((certificate) => {
    const [error] = new CertificateWatch(clock).check([certificate]);
    const { whose, expiresAtMs } = certificate;
    const days = Math.floor((expiresAtMs - clock.nowMs()) / 86_400_000);
    const until = `${whose}: good until ${new Date(expiresAtMs).toISOString().slice(0, 10)}, ${days} days`;
    return deviceLine('certificate', error ? { status: 'degraded', error } : { status: 'ready' }, until);
  });
}

function linkLine({ online, error, broker, health: { protocol } }: LinkReport): DeviceLine {
  const where = broker === null ? 'no broker' : `broker ${broker}, MQTT ${protocol}`;
  if (online) return deviceLine('queue', { status: 'ready' }, `online, ${where}`);
  const code = error && isErrorCode(error.code) ? error.code : 'QUEUE_OFFLINE';
  return deviceLine('queue', { status: 'offline', error: { code, detail: `${error?.detail ?? 'offline'}; ${where}` } }, '');
}

function outboxLine({ outboxLength, health: { stuckCount, refusedCount } }: LinkReport): DeviceLine {
  const detail = `${outboxLength} messages wait, ${stuckCount} of them stuck; ${refusedCount} were refused`;
  return deviceLine(
    'outbox',
    stuckCount > 0 ? { status: 'degraded', error: { code: 'OUTBOX_STUCK', detail } } : { status: 'ready' },
    detail,
  );
}

function leaseLine({ health: { leasedNumbers } }: LinkReport): DeviceLine {
  const detail = `${leasedNumbers} numbers in hand for an outage`;
  const error = { code: 'LEASE_EMPTY', detail } as const;
  return deviceLine('lease', leasedNumbers > 0 ? { status: 'ready' } : { status: 'degraded', error }, detail);
}

function clockLine({ health: { clockSkewMs } }: LinkReport): DeviceLine {
  if (clockSkewMs === null)
    return deviceLine('clock', { status: 'ready' }, 'the queue server has not told its time; calls are judged by how long they live');
  const error = skewFault(clockSkewMs);
  return deviceLine(
    'clock',
    error ? { status: 'degraded', error } : { status: 'ready' },
    `queue server's minus the robot's: ${clockSkewMs} ms`,
  );
}
