import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrokerProcess, launch } from './process.ts';

/** Debian's place; `/usr/sbin` is not on everybody's PATH. */
const mosquitto = '/usr/sbin/mosquitto';

export interface Mosquitto extends BrokerProcess {
  readonly url: string;
  readonly port: number;
}

/**
 * The real mosquitto on loopback, open to everybody. `persistent` keeps retained messages and sessions in `folder`; they are written
 * upon {@link BrokerProcess.end} and every second when something changed.
 */
export function startMosquitto(folder: string, port: number, { persistent = false } = {}): Promise<Mosquitto> {
  const store = persistent
    ? `persistence true\npersistence_location ${folder}/\nautosave_on_changes true\nautosave_interval 1\n`
    : 'persistence false\n';
  const limits = 'max_inflight_messages 64\nmax_queued_messages 20000\nset_tcp_nodelay true\n';
  const text = `user root\nlistener ${port} 127.0.0.1\nallow_anonymous true\n${limits}${store}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'open.conf'), text);
  return runMosquitto({ folder, configFile: join(folder, 'open.conf'), port, scheme: 'mqtt' });
}

/** The real mosquitto with a configuration that listens on `port` of loopback. Its log goes to `mosquitto.log` in `folder`. */
export async function runMosquitto(options: {
  folder: string;
  configFile: string;
  port: number;
  scheme: 'mqtt' | 'mqtts';
}): Promise<Mosquitto> {
  const { folder, configFile, port, scheme } = options;
  const broker = await launch({
    command: mosquitto,
    args: ['-c', configFile],
    logFile: join(folder, 'mosquitto.log'),
    ports: [port],
  });
  return Object.assign(broker, { url: `${scheme}://127.0.0.1:${port}`, port });
}
