import { afterEach, expect, it } from 'vitest';
import { peripheralsSchema, type SensorConfig } from '../../../config/peripherals.ts';
import type { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import { openSensors } from '../../../hardware/sensors/sensors.driver.ts';
import { readingText, type Sensor } from '../../../hardware/sensors/sensors.ts';
import { openServo } from '../../../hardware/servo/servo.driver.ts';
import { EmulatedBoard } from '../../firmware-bridge/host/emulated-board.ts';

const parts = peripheralsSchema.parse([
  { kind: 'temperature', name: 'case', pin: 'A4', sensor: { type: 'lm35' }, warnAboveC: 60 },
  { kind: 'temperature', name: 'charger', pin: 'A8', sensor: { type: 'thermistor' } },
  { kind: 'level', name: 'canister', pin: 'A15', emptyVolts: 0.5, fullVolts: 4.5, warnBelowPercent: 20 },
  { kind: 'levelSwitch', name: 'drain', pin: 30, closedMeans: 'low' },
  { kind: 'door', name: 'rear', pin: 31, warnOpenAfterMs: 2000 },
]);
const configs = parts.filter((part): part is SensorConfig => part.kind !== 'servo');

let emulated: EmulatedBoard;
let link: BoardLink;
let opened: ReturnType<typeof openSensors>;

const sensor = (name: string): Sensor => {
  const found = opened.sensors.find((one) => one.name === name);
  if (!found) throw new Error(`no sensor ${name}`);
  return found;
};
const shown = () => opened.sensors.map(({ reading }) => readingText(reading));
const codes = () => opened.sensors.map(({ status }) => (status.status === 'ready' ? 'ready' : status.error.code));
/** Pins 30 and 31 are PC7 and PC6. */
const contacts = (drainClosed: boolean, rearClosed: boolean) => {
  emulated.mega.setInput('C', 7, !drainClosed);
  emulated.mega.setInput('C', 6, !rearClosed);
};

async function start(): Promise<void> {
  emulated = new EmulatedBoard();
  emulated.mega.setAnalog(4, 0.31);
  // 10 kΩ against 10 kΩ: 25 °C.
  emulated.mega.setAnalog(8, 2.5);
  emulated.mega.setAnalog(15, 3.5);
  contacts(false, true);
  link = emulated.connect(100);
  opened = openSensors(configs, { link, clock: emulated.clock });
}
afterEach(async () => {
  opened.close();
  await link.close();
});

it('the released firmware’s Firmata frames become units, faults and warnings, and come back after an unplug', async () => {
  await start();
  expect(codes()).toEqual(Array.from({ length: 5 }, () => 'BOARD_NOT_CONNECTED'));
  await emulated.run(5000, () => link.five !== null);
  await emulated.run(700);
  expect(shown()).toEqual(['30.8 °C', '25.0 °C', '75 %', 'enough', 'closed']);
  expect(codes()).toEqual(['ready', 'ready', 'ready', 'ready', 'ready']);

  // Hot, a broken wire, running dry, the drain full, the door open.
  emulated.mega.setAnalog(4, 0.65);
  emulated.mega.setAnalog(8, 5);
  emulated.mega.setAnalog(15, 0.9);
  contacts(true, false);
  await emulated.run(1000);
  expect(shown()).toEqual(['64.9 °C', 'no reading', '10 %', 'low', 'open']);
  expect(codes()).toEqual(['PERIPHERAL_TOO_HOT', 'PERIPHERAL_FAULTY', 'PERIPHERAL_LEVEL_LOW', 'PERIPHERAL_LEVEL_LOW', 'ready']);
  await emulated.run(1500);
  expect(codes()[4]).toBe('PERIPHERAL_DOOR_OPEN');

  // A bounce of 20 ms is no closed door.
  const told: string[] = [];
  sensor('rear').changed.on(() => told.push(readingText(sensor('rear').reading)));
  contacts(true, true);
  await emulated.run(20);
  contacts(true, false);
  await emulated.run(200);
  expect(told).toEqual([]);

  emulated.unplug();
  await emulated.run(10);
  expect(codes()).toEqual(Array.from({ length: 5 }, () => 'BOARD_NOT_CONNECTED'));
  expect(shown()).toEqual(Array.from({ length: 5 }, () => 'no reading'));
  emulated.mega.setAnalog(4, 0.4);
  emulated.mega.setAnalog(8, 2.5);
  emulated.mega.setAnalog(15, 4.5);
  contacts(false, true);
  emulated.plugged = true;
  await emulated.run(6000, () => link.five !== null);
  await emulated.run(700);
  expect(shown()).toEqual(['39.6 °C', '25.0 °C', '100 %', 'enough', 'closed']);
  expect(codes()).toEqual(['ready', 'ready', 'ready', 'ready', 'ready']);
}, 120_000);

it('the released firmware drives no servo: said, not pretended', async () => {
  await start();
  const config = peripheralsSchema.parse([{ kind: 'servo', name: 'head', pin: 8 }])[0];
  if (config?.kind !== 'servo') throw new Error('no servo');
  const servo = openServo(config, link);
  await emulated.run(5000, () => link.five !== null);
  expect(servo.status).toMatchObject({ status: 'faulty', error: { code: 'PERIPHERAL_UNSUPPORTED' } });
  expect(servo.degrees).toBeNull();
  servo.show('calling');
  servo.close();
}, 60_000);
