import { Command, InvalidArgumentError } from 'commander';
import type { Procedure } from './calibrate.ts';

interface UnitOptions {
  config: string;
  robot: string;
}
interface AnswerOptions extends UnitOptions {
  yes: boolean;
  answers: string[];
}

/** A parser for whole numbers from `min` to `max`. */
const whole = (min: number, max: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new InvalidArgumentError(`a whole number from ${min} to ${max} is needed`);
  return value;
};
const list = (one: (text: string) => number, least: number) => (text: string) => {
  const values = text.split(',').map(one);
  if (values.length < least) throw new InvalidArgumentError(`at least ${least} numbers are needed, with commas between them`);
  return values;
};

const unitOf = ({ config, robot }: UnitOptions) => ({ configFolder: config, robotName: robot });

async function calibrate(procedure: Procedure, options: AnswerOptions): Promise<void> {
  const { runCalibration } = await import('./calibrate.ts');
  await runCalibration(unitOf(options), procedure, options);
}

/** `letan calibrate …`; `withUnit` adds the options that say which unit. */
export function calibrateCommand(withUnit: (command: Command) => Command): Command {
  const command = new Command('calibrate').description(
    'measure this unit with a technician and write its calibration, with history and undo',
  );
  const withAnswers = (name: string) =>
    withUnit(command.command(name))
      .option('-y, --yes', 'wait for no Enter and answer every question of yes or no with yes', false)
      .option(
        '--answers <list>',
        'numbers that answer the questions in their order, with commas between them',
        (text) => text.split(','),
        [],
      );

  withAnswers('wheels')
    .description('pulses a metre and track: straight runs and UMBmark squares both ways, ends measured with a tape')
    .option('--side <mm>', 'side of the square', whole(500, 5000), 2000)
    .option('--runs <count>', 'squares each way', whole(1, 20), 5)
    .option('--straight <mm>', 'length of the straight runs', whole(500, 10_000), 2000)
    .option('--straight-runs <count>', 'straight runs; without one the common size of the wheels stays', whole(0, 20), 2)
    .option('--speed <mm/s>', 'speed of the sides', whole(100, 400), 300)
    .action((options: AnswerOptions & { side: number; runs: number; straight: number; straightRuns: number; speed: number }) => {
      const { side, runs, straight, straightRuns, speed } = options;
      return calibrate({ name: 'wheels', plan: { sideMm: side, runs, straightMm: straight, straightRuns, speedMmS: speed } }, options);
    });

  withAnswers('braking')
    .description('stopping distance at several speeds, and the speed cap that follows from it')
    .option('--speeds <list>', 'speeds in mm/s, with commas between them', list(whole(100, 600), 2), [150, 300, 450])
    .option('--runs <count>', 'stops from each speed', whole(1, 20), 4)
    .option('--visibility <mm>', 'how far ahead somebody who steps out is first seen', whole(200, 12_000), 1000)
    .action((options: AnswerOptions & { speeds: number[]; runs: number; visibility: number }) => {
      const { speeds, runs, visibility } = options;
      return calibrate({ name: 'braking', plan: { speedsMmS: speeds, runs, visibilityMm: visibility } }, options);
    });

  withAnswers('dispenser')
    .description("pulses a litre and the valve's closing time, from weighed portions")
    .option('--volumes <list>', 'portions in mL, with commas between them', list(whole(30, 300), 1), [100, 150, 200])
    .option('--repeats <count>', 'portions of each volume', whole(1, 20), 2)
    .option('--water-temperature <celsius>', 'for the density of the water', whole(1, 40), 25)
    .action((options: AnswerOptions & { volumes: number[]; repeats: number; waterTemperature: number }) => {
      const { volumes, repeats, waterTemperature } = options;
      return calibrate({ name: 'dispenser', plan: { volumesMl: volumes, repeats, waterCelsius: waterTemperature } }, options);
    });

  withAnswers('ranges')
    .description('offsets of the front range sensors, against a flat board at distances measured with a tape')
    .option(
      '--distances <list>',
      'from the foremost point of the shell, mm, with commas between them',
      list(whole(300, 6000), 2),
      [500, 1500],
    )
    .option('--readings <count>', 'readings of each sensor at each distance', whole(20, 1000), 100)
    .action((options: AnswerOptions & { distances: number[]; readings: number }) =>
      calibrate({ name: 'ranges', plan: { distancesMm: options.distances, readings: options.readings } }, options),
    );

  withAnswers('touchscreen')
    .description('the touch panel against five targets on the screen; the robot may go on running')
    .option('--touches <count>', 'touches of each target', whole(1, 10), 3)
    .option('--port <port>', 'of the page with the targets', whole(0, 65_535), 8090)
    .option(
      '--tape <pixels>',
      'no page: the targets are marked with tape; width and height of the screen, as in 1920,1080',
      list(whole(100, 20_000), 2),
    )
    .action(async (options: AnswerOptions & { touches: number; port: number; tape?: number[] }) => {
      const { runTouchCalibration } = await import('./calibrate-touchscreen.ts');
      const [widthPx, heightPx] = options.tape ?? [];
      const tape = widthPx === undefined || heightPx === undefined ? null : { widthPx, heightPx };
      await runTouchCalibration(unitOf(options), { touches: options.touches, port: options.port, tape }, options);
    });

  withUnit(command.command('undo'))
    .description('take back the latest change of the calibration')
    .option('-y, --yes', 'do not ask', false)
    .option('--force', 'even where a value was edited since', false)
    .action(async (options: UnitOptions & { yes: boolean; force: boolean }) => {
      const { undoCalibration } = await import('./calibrate.ts');
      await undoCalibration(unitOf(options), { yes: options.yes, answers: [], force: options.force });
    });

  withUnit(command.command('history'))
    .description('every change of the calibration with its date and values, newest first')
    .action(async (options: UnitOptions) => {
      const { printCalibrationHistory } = await import('./calibrate.ts');
      printCalibrationHistory(unitOf(options));
    });
  return command;
}
