#!/usr/bin/env -S node --v8-pool-size=1
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import { version } from '../package.json';
import { brokerCommand } from './app/broker-command.ts';
import { calibrateCommand } from './app/calibrate-command.ts';
import { LetanError } from './core/errors.ts';

// A robot's computer has little memory, and nothing here is hot enough to need the space. With one helper thread for V8 (line one,
// and the npm script) it comes to 85 MB instead of 91: `bench boot`.
setFlagsFromString('--optimize-for-size');

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const program = new Command('letan').description('Controller of a lobby service robot.').version(version);
const withRobot = (command: Command) =>
  command
    .option('-c, --config <folder>', 'folder with robots/ and sites/', here('../config'))
    .option('-r, --robot <name>', 'name of a file in robots/', 'simulated');

withRobot(program.command('run'))
  .description('run the robot that the configuration names')
  .action(async (options: { config: string; robot: string }) => {
    const { runRobot } = await import('./app/run.ts');
    process.exitCode = await runRobot({
      configFolder: options.config,
      robotName: options.robot,
      version,
      pages: { kiosk: here('./kiosk/'), service: here('./service/') },
    });
  });

withRobot(program.command('doctor'))
  .description('check every device of the robot and say what to do; asks the running robot where there is one')
  .action(async (options: { config: string; robot: string }) => {
    const { runDoctor } = await import('./app/doctor.ts');
    process.exitCode = await runDoctor({ configFolder: options.config, robotName: options.robot });
  });

withRobot(program.command('check-config'))
  .description('read the configuration and name every fault')
  .action(async (options: { config: string; robot: string }) => {
    const { loadConfig } = await import('../config/load.ts');
    const { robot, site } = loadConfig(options.config, options.robot);
    process.stdout.write(`${robot.robotId} at ${site.name.en}: the configuration is good\n`);
  });

withRobot(program.command('flash'))
  .description("write the control board's firmware, verify it and start it; a cut in the middle is mended by running it again")
  .argument('[image]', 'Intel HEX file with its manifest.json beside it', here('../firmware-bridge/firmware/release/letan-mega2560.hex'))
  .option('-p, --port <device>', "serial port of the board instead of the robot file's")
  .action(async (image: string, options: { config: string; robot: string; port?: string }) => {
    const { runFlash } = await import('./app/flash.ts');
    await runFlash({ configFolder: options.config, robotName: options.robot, image, port: options.port ?? null });
  });

const firmware = program.command('firmware').description('sign firmware releases');
firmware
  .command('keygen')
  .description('make a pair of ed25519 keys and print the public one for the robot files')
  .argument('<file>', 'where the private key goes; keep it off the robots')
  .action(async (file: string) => {
    const { makeKey } = await import('./app/firmware-release.ts');
    makeKey(file);
  });
firmware
  .command('sign')
  .description('sign a release: the signature goes into its manifest')
  .argument('<release>', 'hex file or manifest of the release')
  .requiredOption('-k, --key <file>', 'private key that `letan firmware keygen` made')
  .action(async (release: string, options: { key: string }) => {
    const { signRelease } = await import('./app/firmware-release.ts');
    signRelease(release, options.key);
  });

program.addCommand(calibrateCommand(withRobot));
program.addCommand(brokerCommand(here('../config')));

program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof LetanError)) throw error;
  process.stderr.write(`letan: ${error.message}\n  -> ${error.hint}\n`);
  process.exitCode = 1;
});
