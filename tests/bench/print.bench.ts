import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PrinterProfileName, printerProfileNames } from '../../hardware/printer/profiles.ts';
import { startMosquitto } from '../../simulators/broker/mosquitto.ts';
import { freePort } from '../../simulators/broker/process.ts';
import { startChild } from '../../simulators/fleet/child.ts';
import { languages } from '../../src/core/language.ts';
import { sampleTicket } from '../hardware/printer/sample-papers.ts';
import type { Bench, Figure } from './bench.ts';
import { machineConditions, quantile } from './measure.ts';
import { measureBytes, measureDrawing } from './print/bytes.ts';
import { baudRate, cutMs, measureTimes, type PrintTimes, speedMmS } from './print/times.ts';
import { startRobot, until, ward } from './queue/robot-side.ts';

const ticketsPerProfile = 20;
const drawings = 50;
const progress = (line: string) => process.stderr.write(`print: ${line}\n`);
const atMost = (value: number) => ({ op: '<=', value }) as const;

/** Before anything is drawn here: the first ticket of all is the one after a start. */
async function overMosquitto(folder: string): Promise<Record<PrinterProfileName, PrintTimes>> {
  const broker = await startMosquitto(join(folder, 'mosquitto'), await freePort(), { persistent: true });
  try {
    const server = await startChild(new URL('../../simulators/fleet/ward-server.process.ts', import.meta.url), [ward, broker.url, folder]);
    const robot = startRobot('robot-print', broker.url, folder);
    try {
      await until('the link', () => robot.link.online);
      const times = async (profile: PrinterProfileName) => {
        progress(profile);
        return measureTimes(robot, folder, profile, ticketsPerProfile);
      };
      return {
        'epson-80mm': await times('epson-80mm'),
        'epson-58mm': await times('epson-58mm'),
        'clone-80mm': await times('clone-80mm'),
        'clone-58mm': await times('clone-58mm'),
      };
    } finally {
      await robot.stop();
      await server.end();
    }
  } finally {
    await broker.kill();
  }
}

function timeFigures(profile: PrinterProfileName, times: PrintTimes, isFirst: boolean): Figure[] {
  const { reserveToConfirmedMs, replyToFirstByteMs } = times;
  const [first = Number.NaN] = replyToFirstByteMs;
  const warm = isFirst ? replyToFirstByteMs.slice(1) : replyToFirstByteMs;
  const figure = (name: string, value: number, goal: number | null): Figure => ({
    name: `${profile}: ${name}`,
    value,
    unit: 'ms',
    goal: goal === null ? null : atMost(goal),
  });
  return [
    figure('reserve -> confirmed, p50', quantile(reserveToConfirmedMs, 0.5), 1500),
    figure('reserve -> confirmed, worst', Math.max(...reserveToConfirmedMs), 1500),
    figure('reply -> first byte, p50', quantile(warm, 0.5), 50),
    figure('reply -> first byte, worst', Math.max(...warm), 50),
    ...(isFirst ? [figure('reply -> first byte, first ticket after the start', first, 50)] : []),
  ];
}

async function byteFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const profile of printerProfileNames) {
    for (const language of languages) {
      const { sent, fullRaster } = await measureBytes(profile, sampleTicket(language));
      const goal = language === 'vi' ? atMost(9000) : null;
      figures.push({ name: `${profile}: ticket, ${language}`, value: sent, unit: 'bytes', goal });
      figures.push({ name: `${profile}: the same as one picture, ${language}`, value: fullRaster, unit: 'bytes', goal: null });
    }
  }
  const { sent } = await measureBytes('epson-80mm', sampleTicket('vi', {}, 'config/papers/lotus.png'));
  return [...figures, { name: 'epson-80mm: ticket with a logo, vi', value: sent, unit: 'bytes', goal: atMost(9000) }];
}

const bench: Bench = {
  name: 'print',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'letan-print-bench-'));
    try {
      const times = await overMosquitto(folder);
      progress('bytes');
      const bytes = await byteFigures();
      const drawingMs = await measureDrawing('epson-80mm', sampleTicket('vi'), drawings);
      return {
        conditions: {
          ...machineConditions(),
          line: `${baudRate} baud 8N1 without flow control, paced, over a pseudo-terminal and serialport`,
          printer: `simulated in the same process: ${speedMmS} mm/s, blade ${cutMs} ms, receive buffer 4,096 bytes`,
          queue: 'real link and store, reference queue server in a process of its own, mosquitto on loopback',
          'tickets per profile': ticketsPerProfile,
        },
        figures: [
          ...bytes,
          ...printerProfileNames.flatMap((profile, at) => timeFigures(profile, times[profile], at === 0)),
          { name: 'drawing a Vietnamese ticket, 576 dots, p50', value: quantile(drawingMs, 0.5), unit: 'ms', goal: null },
        ],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
export default bench;
