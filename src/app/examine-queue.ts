import type { RobotConfig } from '../../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import { LetanError, toErrorInfo } from '../core/errors.ts';
import { BrokerAccess } from '../queue/broker-access.ts';
import { readTlsFiles } from '../queue/certificates.ts';
import { type ConnectionEnd, MqttConnection } from '../queue/mqtt-connection.ts';
import type { CertificateDates } from '../queue/transport.ts';
import { type DeviceLine, deviceLine } from '../technician/status-report.ts';
import { certificateLines } from './link-lines.ts';

type QueueConfig = RobotConfig['queue'];

/** Every broker and certificate of the configuration, one line each, and what to do about it. `clientId`: not the running robot's. */
export async function examineQueue(queue: QueueConfig, clientId: string, clock: Clock): Promise<DeviceLine[]> {
  const lines: DeviceLine[] = [];
  const seen: CertificateDates[] = [];
  for (const url of queue.brokerUrls) lines.push(await examineBroker(queue, url, clientId, clock, seen));
  return [...lines, ...examineCertificates(queue, seen, clock)];
}

/** Connects as the robot would, and leaves again. `seen` gets the broker's certificate. */
async function examineBroker(
  queue: QueueConfig,
  url: string,
  clientId: string,
  clock: Clock,
  seen: CertificateDates[],
): Promise<DeviceLine> {
  const versions = queue.protocol === 'auto' ? ([5, 4] as const) : ([queue.protocol === '5' ? 5 : 4] as const);
  let error = new LetanError('QUEUE_OFFLINE', `${url}: not asked`).toInfo();
  for (const version of versions) {
    const end = await knock(queue, url, clientId, clock, version, seen);
    const { host, protocol } = new URL(url);
    const how = `MQTT ${version === 5 ? '5' : '3.1.1'}${protocol === 'mqtts:' ? ', TLS, its certificate is good' : ', without TLS'}`;
    if (end === 'ready') return deviceLine('queue', { status: 'ready' }, `${host} lets this robot in (${how})`);
    error = end.fault;
    if (end.versionRefused === 'no') break;
  }
  return deviceLine('queue', { status: 'offline', error }, '');
}

function knock(queue: QueueConfig, url: string, clientId: string, clock: Clock, version: 4 | 5, seen: CertificateDates[]) {
  return new Promise<'ready' | Pick<ConnectionEnd, 'fault' | 'versionRefused'>>((resolve) => {
    try {
      const connection: MqttConnection = new MqttConnection({
        url,
        version,
        clientId,
        // Nothing of this visit is to stay at the broker.
        clean: true,
        access: new BrokerAccess({ ...queue, clock }),
        subscriptions: [],
        optional: [],
        will: null,
        clock,
        onReady: () => {
          seen.push(...connection.certificates.filter(({ whose }) => whose === 'broker'));
          resolve('ready');
          void connection.close();
        },
        onMessage: () => {},
        onEnd: resolve,
      });
    } catch (error) {
      resolve({ fault: toErrorInfo(error, 'QUEUE_TLS'), versionRefused: 'no' });
    }
  });
}

function examineCertificates({ tls }: QueueConfig, ofBrokers: readonly CertificateDates[], clock: Clock): DeviceLine[] {
  if (!tls) return [];
  try {
    return certificateLines([...readTlsFiles(tls, clock.nowMs()).dates, ...ofBrokers], clock);
  } catch (error) {
    return [deviceLine('certificate', { status: 'faulty', error: toErrorInfo(error, 'QUEUE_TLS') }, '')];
  }
}
