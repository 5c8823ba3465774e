import { loadConfig } from '../../config/load.ts';
import { type AppOptions, startApp } from '../app.ts';
import { SystemClock } from '../core/clock.ts';
import { createLogger } from '../core/logger.ts';
import { SystemRandom } from '../core/random.ts';
import { openParts } from './open-parts.ts';

export interface RunOptions extends AppOptions {
  configFolder: string;
  robotName: string;
}

/** Runs a robot until SIGINT or SIGTERM. Prints one line when the kiosk can be used. */
export async function runRobot(options: RunOptions): Promise<void> {
  const config = loadConfig(options.configFolder, options.robotName);
  const logger = createLogger({ level: config.robot.logLevel });
  const { version, configFolder } = options;
  const environment = { clock: new SystemClock(), random: new SystemRandom(), logger, version, configFolder };
  const { parts, close } = openParts(config, environment);
  const app = await startApp(parts, options).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  if (app.firstRunPassword) process.stdout.write(`service page password, shown only now: ${app.firstRunPassword}\n`);
  process.stdout.write(`letan is ready: kiosk ${app.address}/, service page ${app.address}/service/\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await app.close();
  await close();
}
