import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mosquitto, runMosquitto } from '../../../simulators/broker/mosquitto.ts';
import { freePort } from '../../../simulators/broker/process.ts';
import { brokerFiles } from '../../../src/queue/broker/broker-files.ts';
import type { WardBroker } from '../../../src/queue/broker/ward-broker.ts';
import { type Authority, type Identity, readIdentity } from './certificates.ts';

export interface WardMosquitto {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly authority: Authority;
  /** Certificate files of a user, or of the broker. */
  files(user: string): { caFile: string; certificateFile: string; keyFile: string };
  identity(user: string): Identity;
  /** Writes the files for another set of users and makes the running broker read them. */
  rewrite(change: Partial<WardBroker>): void;
  renew(name: string): void;
  /** Makes the broker read certificates and access list again. */
  reload(): void;
  /** SIGTERM, as a service manager stops it. */
  end(): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** The broker ends and its folder goes. */
  remove(): Promise<void>;
}

/** Sees and may publish everything: what a test shows to be impossible must be possible for this one. */
export const control = 'control';
const controlRights = `\nuser ${control}\ntopic readwrite #\ntopic read $SYS/#\n`;

/**
 * The mosquitto that `letan broker` makes for a ward, for real: its files, its certificates, its access list. Added for the tests: the
 * user `control`, and that it stays root where the tests run as root.
 */
export async function startWardMosquitto(users: Pick<WardBroker, 'robots' | 'operators'>): Promise<WardMosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'letan-ward-'));
  let plan: WardBroker = { ward: 'cua-nam', host: '127.0.0.1', bind: '127.0.0.1', port: await freePort(), folder, ...users };
  const { port } = plan;
  const write = () => {
    for (const { name, text } of brokerFiles(plan)) writeFileSync(join(folder, name), text);
    appendFileSync(join(folder, 'acl'), controlRights);
    appendFileSync(join(folder, 'mosquitto.conf'), '\nuser root\n');
  };
  const certificates = (...args: string[]) => execFileSync('sh', [join(folder, 'certificates.sh'), ...args], { stdio: 'ignore' });
  const file = (name: string, ending: string) => join(folder, 'certificates', `${name}.${ending}`);
  mkdirSync(join(folder, 'store'));
  // The control's certificate comes from the same script: for it there is one operator more.
  const operators = plan.operators;
  plan = { ...plan, operators: [...operators, { name: control, commands: [] }] };
  write();
  certificates();
  plan = { ...plan, operators };
  write();
  let broker: Mosquitto;
  const start = async () => {
    broker = await runMosquitto({ folder, configFile: join(folder, 'mosquitto.conf'), port, scheme: 'mqtts' });
  };
  await start();
  return {
    url: `mqtts://127.0.0.1:${port}`,
    port,
    folder,
    authority: { certificate: join(folder, 'ca/ca.crt'), key: join(folder, 'ca/ca.key') },
    files: (user) => ({ caFile: file('ca', 'crt'), certificateFile: file(user, 'crt'), keyFile: file(user, 'key') }),
    identity: (user) => readIdentity(file('ca', 'crt'), { certificate: file(user, 'crt'), key: file(user, 'key') }),
    rewrite(change) {
      plan = { ...plan, ...change };
      write();
      broker.reload();
    },
    renew: (name) => void certificates('renew', name),
    reload: () => broker.reload(),
    end: () => broker.end(),
    kill: () => broker.kill(),
    start,
    async remove() {
      await broker.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
