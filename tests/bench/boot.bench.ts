import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startBroker } from '../../simulators/broker/broker.ts';
import type { Bench } from './bench.ts';
import { machineConditions, quantile, rssMb, startNode } from './measure.ts';

const rounds = 7;
const settleMs = 25_000;
const readyText = 'letan is ready';

/** Second and later starts of the whole simulated robot, ms. */
async function simulatedStarts(folder: string): Promise<number[]> {
  const args = ['dist/simulate.js', '--kiosk-port', '0', '--lobby-port', '0', '--broker-port', '0', '--run-dir', join(folder, 'run')];
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const robot = await startNode(args, readyText);
    await robot.stop();
    if (round > 0) times.push(robot.readyMs);
  }
  return times;
}

/** A robot file for the runtime alone: the broker is there, devices are not. */
function writeConfig(folder: string, brokerUrl: string): void {
  cpSync('config', join(folder, 'config'), { recursive: true });
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  mkdirSync(join(folder, 'alone'), { recursive: true });
  writeFileSync(join(folder, 'alone/key.jwk'), JSON.stringify(key));
  const text = readFileSync('config/robots/simulated.yaml', 'utf8')
    .replace('run/queue-server.public.jwk', join(folder, 'alone/key.jwk'))
    .replace('mqtt://127.0.0.1:1883', brokerUrl)
    .replace('port: 8080', 'port: 0')
    .replaceAll('run/', `${folder}/alone/`);
  writeFileSync(join(folder, 'config/robots/alone.yaml'), text);
}

/** Starts of the runtime alone, ms, and the last one's memory after 25 s, MB. */
async function runtimeAlone(folder: string): Promise<{ times: number[]; memoryMb: number }> {
  const broker = await startBroker({ host: '127.0.0.1', port: 0 });
  writeConfig(folder, broker.url);
  // As the npm script `letan` starts it.
  const args = ['--v8-pool-size=1', 'dist/letan.js', 'run', '--config', join(folder, 'config'), '--robot', 'alone'];
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const robot = await startNode(args, readyText);
    times.push(robot.readyMs);
    await robot.stop();
  }
  const robot = await startNode(args, readyText);
  await pause(settleMs);
  const memoryMb = rssMb(robot.child.pid ?? 0);
  await robot.stop();
  await broker.close();
  return { times, memoryMb };
}

/** Starts of Node with an empty program, ms: how fast this machine is just now. */
function bareStarts(): number[] {
  return Array.from({ length: rounds }, () => {
    const startMs = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    return performance.now() - startMs;
  });
}

const bench: Bench = {
  name: 'boot',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'letan-boot-'));
    try {
      const simulated = await simulatedStarts(folder);
      const alone = await runtimeAlone(folder);
      const bareMs = quantile(bareStarts(), 0.5);
      const seconds = (times: number[], share: number) => quantile(times, share) / 1000;
      return {
        conditions: { ...machineConditions(), starts: rounds, 'from, to': 'spawn of node, ready line', broker: 'embedded aedes, loopback' },
        figures: [
          { name: 'simulated robot, second start, median', value: seconds(simulated, 0.5), unit: 's', goal: { op: '<=', value: 3 } },
          { name: 'simulated robot, second start, worst', value: seconds(simulated, 1), unit: 's', goal: null },
          { name: 'runtime alone, median', value: seconds(alone.times, 0.5), unit: 's', goal: { op: '<=', value: 0.8 } },
          { name: 'runtime alone, worst', value: seconds(alone.times, 1), unit: 's', goal: null },
          { name: 'bare node, median', value: bareMs / 1000, unit: 's', goal: null },
          { name: 'runtime alone / bare node', value: quantile(alone.times, 0.5) / bareMs, unit: 'x', goal: null },
          { name: 'runtime alone, RSS after 25 s', value: alone.memoryMb, unit: 'MB', goal: { op: '<=', value: 90 } },
        ],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
export default bench;
