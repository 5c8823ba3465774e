import { spawnSync } from 'node:child_process';
import { z } from 'zod';
import { type LoadedConfig, loadConfig } from '../../config/load.ts';
import { describeReaders } from '../../hardware/card-reader/open-card-reader.ts';
import { describeQrScanner } from '../../hardware/qr-scanner/qr-scanner.driver.ts';
import { readingText } from '../../hardware/sensors/sensors.ts';
import { SystemClock } from '../core/clock.ts';
import type { DeviceStatus } from '../core/device.ts';
import { LetanError, toErrorInfo } from '../core/errors.ts';
import { createLogger } from '../core/logger.ts';
import { readPublicKey } from '../identity/sealing.ts';
import { robotClientId } from '../queue/topics.ts';
import { type DeviceLine, deviceLine, formatReport } from '../technician/status-report.ts';
import { examineQueue } from './examine-queue.ts';
import { linkLines, linkReportSchema } from './link-lines.ts';
import { openHardware } from './open-parts.ts';

/** Long enough for a board that has just been reset and a printer that must be asked. */
const settleMs = 4000;
const healthMs = 1500;
const lineSchema = z.object({
  device: z.string(),
  state: z.enum(['ready', 'degraded', 'faulty', 'offline']),
  code: z.string().nullable(),
  detail: z.string(),
  hint: z.string(),
});
const healthSchema = z.object({
  robotId: z.string(),
  devices: z.array(lineSchema),
  queue: linkReportSchema,
});

const clock = new SystemClock();

/** The lines of the robot that runs with this configuration; null where none answers. */
async function askRunningRobot({ robot }: LoadedConfig): Promise<DeviceLine[] | null> {
  try {
    const response = await fetch(`http://${robot.kiosk.host}:${robot.kiosk.port}/health`, { signal: AbortSignal.timeout(healthMs) });
    const health = healthSchema.parse(await response.json());
    if (health.robotId !== robot.robotId) return null;
    return [...health.devices, ...linkLines(health.queue, clock)];
  } catch {
    return null;
  }
}

/** A check of one's own that either tells something or throws. */
async function check(device: string, work: () => Promise<string> | string): Promise<DeviceLine> {
  try {
    return deviceLine(device, { status: 'ready' }, await work());
  } catch (error) {
    return deviceLine(device, { status: 'offline', error: toErrorInfo(error, 'QUEUE_OFFLINE') }, '');
  }
}

function findVoice(): string {
  const found = spawnSync('espeak-ng', ['--version'], { encoding: 'utf8' });
  if (found.error || found.status !== 0) throw new LetanError('VOICE_MISSING', 'espeak-ng is not installed');
  return found.stdout.split('  ')[0]?.trim() ?? 'espeak-ng';
}

/** What kind of card reader; of PC/SC the names to choose from. */
async function cardReaders({ robot }: LoadedConfig): Promise<string> {
  if (robot.cardReader?.kind !== 'pcsc') return robot.cardReader?.kind ?? '';
  const found = await describeReaders({ clock });
  return found.kind === 'readers' ? `pcsc: ${found.names.join(', ') || 'no reader'}` : 'pcsc';
}

/** Opens the devices, gives them a while, and reads their states. */
async function examineDevices(config: LoadedConfig): Promise<DeviceLine[]> {
  const logger = createLogger({ level: 'silent' });
  // Nothing is dispensed here, so the numbers need not be remembered.
  const { hardware, close } = openHardware(config, { next: () => 1 }, { clock, logger });
  const readers = await cardReaders(config);
  const devices: [string, { status: DeviceStatus }, () => string][] = [
    ['board', hardware.board, () => `firmware ${hardware.board.identity?.firmware}, protocol ${hardware.board.identity?.protocol}`],
    ['printer', hardware.printer, () => config.robot.printer.profile],
    ['qrScanner', hardware.scanner, () => describeQrScanner(config.robot.qrScanner)],
  ];
  const { touchscreen } = hardware;
  if (touchscreen) devices.push(['touchscreen', touchscreen, () => 'touch panel']);
  if (hardware.cardReader) devices.push(['cardReader', hardware.cardReader, () => readers]);
  const { computer } = hardware;
  if (computer) devices.push(['computer', computer, () => computer.detail]);
  const { sensors, servos } = hardware.peripherals;
  for (const sensor of sensors) devices.push([sensor.name, sensor, () => readingText(sensor.reading)]);
  for (const servo of servos) devices.push([servo.name, servo, () => 'servo']);
  const endMs = clock.monotonicMs() + settleMs;
  while (clock.monotonicMs() < endMs && devices.some(([, device]) => device.status.status === 'offline')) {
    await new Promise<void>((resolve) => clock.after(50, resolve));
  }
  const lines = devices.map(([name, device, detail]) => deviceLine(name, device.status, device.status.status === 'ready' ? detail() : ''));
  await close();
  return lines;
}

/** Prints one line for each device and what to do about it. Returns the exit code: 0 when all is well, 1 otherwise. */
export async function runDoctor(options: { configFolder: string; robotName: string }): Promise<number> {
  const config = loadConfig(options.configFolder, options.robotName);
  const { robot, site } = config;
  const running = await askRunningRobot(config);
  process.stdout.write(
    `${robot.robotId}, ${site.name.vi}: ${running ? 'asked the running robot' : 'no robot is running, the devices are examined'}\n`,
  );
  const lines = running ?? [
    ...(await examineDevices(config)),
    await check('voice', findVoice),
    // An id of its own: with the robot's it would throw out a robot that runs elsewhere.
    ...(await examineQueue(robot.queue, `${robotClientId(site.ward, robot.robotId)}-doctor`, clock)),
    await check('publicKey', () => {
      readPublicKey(robot.queue.publicKeyFile);
      return robot.queue.publicKeyFile;
    }),
  ];
  process.stdout.write(`${formatReport(lines)}\n`);
  return lines.every((line) => line.state === 'ready' || line.state === 'degraded') ? 0 : 1;
}
