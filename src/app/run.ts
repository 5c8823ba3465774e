import { loadConfig } from '../../config/load.ts';
import { type AppOptions, startApp } from '../app.ts';
import { SystemClock } from '../core/clock.ts';
import { LogRing } from '../core/log-ring.ts';
import { createLogger } from '../core/logger.ts';
import { SystemRandom } from '../core/random.ts';
import { openParts } from './open-parts.ts';

export interface RunOptions extends AppOptions {
  configFolder: string;
  robotName: string;
}

/** EX_TEMPFAIL: a unit with `Restart=on-failure`, or `RestartForceExitStatus=75`, starts the program anew. */
const restartExitCode = 75;

/**
 * Runs a robot until SIGINT, SIGTERM, or a restart that the ward ordered. Prints one line when the kiosk can be used. Resolves with the
 * exit code: 75 asks whoever started the program to start it anew.
 */
export async function runRobot(options: RunOptions): Promise<number> {
  const config = loadConfig(options.configFolder, options.robotName);
  const clock = new SystemClock();
  const logs = new LogRing(clock);
  const logger = createLogger({ level: config.robot.logLevel, ring: logs });
  const { version, configFolder } = options;
  const environment = { clock, random: new SystemRandom(), logger, logs, version, configFolder };
  const { parts, close } = openParts(config, environment);
  const app = await startApp(parts, options).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  if (app.firstRunPassword) process.stdout.write(`service page password, shown only now: ${app.firstRunPassword}\n`);
  process.stdout.write(`letan is ready: kiosk ${app.address}/, service page ${app.address}/service/\n`);
  const exitCode = await new Promise<number>((resolve) => {
    process.once('SIGINT', () => resolve(0));
    process.once('SIGTERM', () => resolve(0));
    app.restartWanted.on(() => resolve(restartExitCode));
  });
  await app.close();
  await close();
  return exitCode;
}
