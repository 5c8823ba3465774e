import type { SerialPort } from 'serialport';
import type { Clock } from '../../src/core/clock.ts';
import { bootLoaderBaudRate, command, encodeStkFrame, StkReader } from '../flashing/stk500.ts';

/** A running firmware says its state every 50 ms. */
const listenMs = 200;
const leaveEveryMs = 100;
/** A reset board needs 65 ms until its boot loader listens. */
const leaveTries = 6;

/** Resolves true as soon as `wanted` holds for what came in, false after `timeoutMs`. */
function hears(port: SerialPort, clock: Clock, timeoutMs: number, wanted: (chunk: Buffer) => boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const listen = (chunk: Buffer) => {
      if (wanted(chunk)) end(true);
    };
    const end = (heard: boolean) => {
      cancel();
      port.off('data', listen);
      resolve(heard);
    };
    const cancel = clock.after(timeoutMs, () => end(false));
    port.on('data', listen);
  });
}

/** A port that does not take the speed shows it by its silence. */
const setBaudRate = (port: SerialPort, baudRate: number) => new Promise<void>((resolve) => port.update({ baudRate }, () => resolve()));

/**
 * Opening the port resets a Mega into its boot loader. That waits 7 s, and as long as anything comes over the line it waits for
 * ever, so a host that greets four times a second would never meet the firmware. A silent board is therefore told to leave it.
 */
export async function leaveBootLoader(port: SerialPort, clock: Clock, firmwareBaudRate: number): Promise<void> {
  if (await hears(port, clock, listenMs, () => true)) return;
  await setBaudRate(port, bootLoaderBaudRate);
  const reader = new StkReader();
  const isAnswer = (chunk: Buffer) => reader.push(chunk).some(({ body }) => body[0] === command.leaveProgramming);
  const leave = encodeStkFrame({ seq: 1, body: Uint8Array.of(command.leaveProgramming, 1, 1) });
  for (let left = leaveTries; left > 0 && port.isOpen; left -= 1) {
    port.write(leave);
    if (await hears(port, clock, leaveEveryMs, isAnswer)) break;
  }
  if (port.isOpen) await setBaudRate(port, firmwareBaudRate);
}
