import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mqtt from 'mqtt';
import type { Page } from 'playwright-core';
import { SystemClock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { queueTopics } from '../../src/queue/topics.ts';
import { envelope, isoTime } from '../../src/queue/wire.ts';
import { launchBrowser } from '../e2e/simulated-robot.ts';
import type { Bench } from './bench.ts';
import { machineConditions, quantile, startNode } from './measure.ts';

const calls = 300;
const warmUpCalls = 10;
/** The shortest that the configuration allows, so that 300 calls take minutes and not an hour. */
const callDisplayMs = 500;
const clock = new SystemClock();
const ids = createIds(clock, new SystemRandom());

/**
 * Runs in the page: notes for each number the wall-clock time at which the frame that shows it has been painted. A string, because
 * the page knows none of the helpers that a compiler adds to functions.
 */
const watchPaints = `
  window.painted = {};
  new MutationObserver(() => {
    const number = document.querySelector('.call-number')?.textContent;
    if (!number || number in window.painted) return;
    window.painted[number] = 0;
    // A task posted from a frame callback runs after that frame's paint.
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { window.painted[number] = performance.timeOrigin + performance.now(); };
      channel.port2.postMessage(null);
    });
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
`;

/** Asks seldom, so that asking does not slow the page down. */
async function paintedAt(page: Page, number: string): Promise<number> {
  for (;;) {
    const paintedMs = Number(await page.evaluate(`window.painted['${number}'] ?? 0`));
    if (paintedMs > 0) return paintedMs;
    await pause(100);
  }
}

function callMessage(index: number): { number: string; payload: string } {
  const number = `${String.fromCharCode(65 + Math.floor(index / 999))}${String((index % 999) + 1).padStart(3, '0')}`;
  const expiresAt = isoTime(clock.nowMs() + 60_000);
  const call = { callId: ids.next(), ticketNumber: number, counter: (index % 3) + 1, sequence: 1, kind: 'call', expiresAt };
  return { number, payload: JSON.stringify({ ...envelope(clock, ids, 'cua-nam'), ...call }) };
}

/** Publish -> painted, ms, call after call, each on an attract screen without another call. */
async function latencies(brokerUrl: string, page: Page): Promise<number[]> {
  const client = await mqtt.connectAsync(brokerUrl, { protocolVersion: 4 });
  const topic = queueTopics('cua-nam').calls;
  const times: number[] = [];
  for (let index = 0; index < calls + warmUpCalls; index++) {
    const { number, payload } = callMessage(index);
    const sentMs = performance.timeOrigin + performance.now();
    await client.publishAsync(topic, payload, { qos: 1 });
    const latencyMs = (await paintedAt(page, number)) - sentMs;
    if (index >= warmUpCalls) times.push(latencyMs);
    await page.locator('.overlay-call').waitFor({ state: 'detached' });
  }
  await client.endAsync();
  return times;
}

const bench: Bench = {
  name: 'call',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'letan-call-'));
    cpSync('config', join(folder, 'config'), { recursive: true });
    const file = join(folder, 'config/robots/simulated.yaml');
    writeFileSync(file, `${readFileSync(file, 'utf8')}behaviour: { callDisplayMs: ${callDisplayMs}, patrolEveryMs: 3600000 }\n`);
    const ports = ['--kiosk-port', '0', '--lobby-port', '0', '--broker-port', '0', '--run-dir', join(folder, 'run')];
    const robot = await startNode(['dist/simulate.js', '--config', join(folder, 'config'), ...ports], 'letan is ready');
    const browser = await launchBrowser();
    try {
      const addressOf = (name: string) => new RegExp(`^ {2}${name} +(\\S+)$`, 'm').exec(robot.output)?.[1] ?? '';
      const page = await browser.newPage({ viewport: { width: 1080, height: 1920 }, reducedMotion: 'reduce' });
      await page.goto(addressOf('kiosk'));
      await page.locator('.attract').waitFor();
      await page.evaluate(watchPaints);
      const times = await latencies(addressOf('broker'), page);
      return {
        conditions: {
          ...machineConditions(),
          calls: times.length,
          browser: `Chromium ${browser.version()} headless, 1080x1920, software rendering`,
          broker: 'embedded aedes, QoS 1, loopback',
          emulator: 'running beside it',
        },
        figures: [
          { name: 'publish -> painted, p50', value: quantile(times, 0.5), unit: 'ms', goal: { op: '<=', value: 20 } },
          { name: 'publish -> painted, p99', value: quantile(times, 0.99), unit: 'ms', goal: { op: '<=', value: 50 } },
          { name: 'publish -> painted, worst', value: quantile(times, 1), unit: 'ms', goal: null },
        ],
      };
    } finally {
      await browser.close();
      await robot.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
export default bench;
