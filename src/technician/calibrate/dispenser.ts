import type { DispenseReportMessage } from '../../../firmware-bridge/protocol/generated/messages.ts';
import { createDispenser, type DispenseIds } from '../../../hardware/dispenser/dispenser-driver.ts';
import { closingMs, fitFlow, type WeighedFill, waterDensity } from '../../../hardware/dispenser/flow-fit.ts';
import { withDeadline } from '../../core/deadline.ts';
import { LetanError } from '../../core/errors.ts';
import { awaitRelease, type CalibrationBench, type Proposal } from './bench.ts';

export interface DispenserPlan {
  volumesMl: readonly number[];
  /** Portions of each volume. */
  repeats: number;
  waterCelsius: number;
  /** Numbers of dispenses, given once in the robot's life. */
  ids: DispenseIds;
}

/** Full flow: after the valve has opened and before it closes. */
const fullFlowFrom = 0.2;
const fullFlowUntil = 0.9;
/** A YF-S401 is within 10 % before it is calibrated; beyond twice that the scale or the cup was not what it seemed. */
const strayShare = 0.2;
/** The store counts dispenses up from 1. */
const unusedId = 0xffffffff;
const queryMs = 1000;

/** The firmware keeps what it learned through resets and tells it with the answer to any query. */
function learnedClosingMs({ link, clock }: CalibrationBench): Promise<number> {
  let unsubscribe = () => {};
  const answer = new Promise<number>((resolve) => {
    unsubscribe = link.received.on((message) => {
      if (message.name === 'dispenseReport' && message.dispenseId === unusedId) resolve(message.closing100us / 10);
    });
  });
  link.send({ name: 'queryDispense', dispenseId: unusedId });
  return withDeadline(clock, queryMs, 'the closing time', answer).finally(() => unsubscribe());
}

async function pour(bench: CalibrationBench, plan: DispenserPlan, volumeMl: number, allowedClosingMs: number): Promise<Portion> {
  const { link, clock, calibration, dialogue } = bench;
  const reports: DispenseReportMessage[] = [];
  const dispenser = createDispenser({ link, calibration, clock, ids: plan.ids });
  const unsubscribe = link.received.on((message) => {
    if (message.name === 'dispenseReport' && message.kind === 'water') reports.push(message);
  });
  try {
    dialogue.tell(`  pouring about ${volumeMl} mL ...`);
    await dispenser.dispenseWater(volumeMl, () => {});
  } finally {
    unsubscribe();
    dispenser.close();
  }
  const last = reports.at(-1);
  if (!last) throw new LetanError('DISPENSE_INTERRUPTED', 'the board reported nothing of the portion');
  return { last, pulsesPerMs: rateOf(reports, last), allowedClosingMs };
}

interface Portion {
  last: DispenseReportMessage;
  pulsesPerMs: number;
  allowedClosingMs: number;
}

function rateOf(reports: readonly DispenseReportMessage[], { targetPulses }: DispenseReportMessage): number {
  const flowing = reports.filter(({ pulses }) => pulses >= targetPulses * fullFlowFrom && pulses <= targetPulses * fullFlowUntil);
  const [first, last] = [flowing[0], flowing.at(-1)];
  if (!first || !last || last.elapsedMs <= first.elapsedMs)
    throw new LetanError('CALIBRATION_IMPLAUSIBLE', 'too few reports came in during the portion to tell the rate of flow');
  return (last.pulses - first.pulses) / (last.elapsedMs - first.elapsedMs);
}

/**
 * Portions weighed by a person. Resolves with pulses a litre and the valve's closing time; rejects with the codes of
 * `Dispenser.dispenseWater`, `CALIBRATION_IMPLAUSIBLE` or `CANCELLED`.
 */
export async function calibrateDispenser(bench: CalibrationBench, plan: DispenserPlan): Promise<Proposal> {
  const { dialogue } = bench;
  const volumes = plan.volumesMl.flatMap((volumeMl) => Array.from({ length: plan.repeats }, () => volumeMl));
  dialogue.tell(
    `Dispenser: ${volumes.length} portions of ${plan.volumesMl.join(', ')} mL. Needed: a kitchen scale that reads 0.1 g, a cup of ` +
      `${Math.ceil((Math.max(...volumes) * 1.3) / 50) * 50} mL, a full tank and a pipe without air. Water is taken to have ${plan.waterCelsius} °C.`,
  );
  await awaitRelease(bench);
  const fills: WeighedFill[] = [];
  let allowedClosingMs = await learnedClosingMs(bench);
  for (const [index, volumeMl] of volumes.entries()) {
    await dialogue.ready(
      'cup.empty',
      `Portion ${index + 1} of ${volumes.length}: tare the scale with the dry cup, then put the cup under the spout.`,
    );
    const portion = await pour(bench, plan, volumeMl, allowedClosingMs);
    const grams = await dialogue.number({ step: 'cup.grams', text: 'What does the water weigh?', unit: 'g', min: 1, max: 1000 });
    const fill = fillOf(portion, grams / waterDensity(plan.waterCelsius));
    fills.push(fill);
    dialogue.tell(
      `  ${fill.pulses} pulses, ${grams} g: ${((1000 * fill.pulses) / fill.volumeMl).toFixed(0)} pulses/L, valve ${closingMs(fill).toFixed(0)} ms`,
    );
    allowedClosingMs = portion.last.closing100us / 10;
  }
  return conclude(bench, fills);
}

function fillOf({ last, pulsesPerMs, allowedClosingMs }: Portion, volumeMl: number): WeighedFill {
  return { pulses: last.pulses, targetPulses: last.targetPulses, pulsesPerMs, allowedClosingMs, volumeMl };
}

function conclude({ dialogue, calibration }: CalibrationBench, fills: readonly WeighedFill[]): Proposal {
  const fit = fitFlow(fills);
  const stray = fills.find(({ pulses, volumeMl }) => Math.abs((1000 * pulses) / volumeMl / fit.flowPulsesPerLitre - 1) > strayShare);
  if (stray) {
    const perLitre = ((1000 * stray.pulses) / stray.volumeMl).toFixed(0);
    throw new LetanError(
      'CALIBRATION_IMPLAUSIBLE',
      `one portion gave ${perLitre} pulses/L, all together ${fit.flowPulsesPerLitre.toFixed(0)}`,
    );
  }
  dialogue.tell(
    `Repeatability over ${fills.length} portions: ${fit.flowPulsesPerLitre.toFixed(0)} ± ${fit.flowSpread.toFixed(0)} pulses/L ` +
      `(${((100 * fit.flowSpread) / fit.flowPulsesPerLitre).toFixed(2)} %), valve closes in ${fit.valveClosingMs.toFixed(1)} ± ${fit.closingSpreadMs.toFixed(1)} ms.\n` +
      `150 mL asked for were ${((150 * calibration.flowPulsesPerLitre) / fit.flowPulsesPerLitre).toFixed(1)} mL until now.`,
  );
  return {
    by: 'dispenser',
    values: {
      flowPulsesPerLitre: Math.round(fit.flowPulsesPerLitre * 10) / 10,
      valveClosingMs: Math.round(fit.valveClosingMs * 10) / 10,
    },
    measured: fills.map(({ pulses, volumeMl }) => `${pulses} pulses: ${volumeMl.toFixed(1)} mL`),
  };
}
