import type { Clock } from '../../src/core/clock.ts';
import { LetanError } from '../../src/core/errors.ts';
import { FrameParser } from '../host/frame-parser.ts';
import { firmwareVersion, mismatchOf, protocolOf } from '../host/identity.ts';
import { encodeFrame, type IdentityMessage, protocolVersion } from '../protocol/generated/messages.ts';
import type { FlashLine } from './line.ts';
import type { Manifest } from './manifest.ts';

const helloEveryMs = 200;
/** The boot loader takes 0.1 s to leave, the firmware checks itself and announces itself. */
const identityMs = 5000;

/** Asks the firmware who it is. Rejects with `FLASH_NOT_RUNNING`. */
async function readIdentity(line: FlashLine, clock: Clock): Promise<IdentityMessage> {
  const parser = new FrameParser();
  let seq = 0;
  const greet = () => {
    line.write(encodeFrame({ name: 'hello', protocolMajor: protocolVersion.major, protocolMinor: protocolVersion.minor }, seq & 0xff));
    seq += 1;
  };
  return new Promise<IdentityMessage>((resolve, reject) => {
    const stops = [
      clock.every(helloEveryMs, greet),
      clock.after(identityMs, () => fail(`said nothing within ${identityMs / 1000} s`)),
      line.closed.on(() => fail('is gone: the connection ended')),
      line.received.on((chunk) => {
        for (const parsed of parser.push(chunk)) {
          if (parsed.kind !== 'message' || parsed.message.name !== 'identity') continue;
          end();
          resolve(parsed.message);
        }
      }),
    ];
    const end = () => {
      for (const stop of stops) stop();
    };
    const fail = (what: string) => {
      end();
      reject(new LetanError('FLASH_NOT_RUNNING', `the new firmware on ${line.portName} ${what}`));
    };
    greet();
  });
}

/**
 * Waits for the freshly started firmware and compares it with what was flashed. Rejects with `FLASH_NOT_RUNNING` (silence, or another
 * firmware than flashed) or `BOARD_PROTOCOL_MISMATCH`.
 */
export async function confirmFirmware(line: FlashLine, clock: Clock, manifest: Manifest): Promise<IdentityMessage> {
  const identity = await readIdentity(line, clock);
  const mismatch = mismatchOf(identity, line.portName);
  if (mismatch) throw mismatch;
  const said = `${firmwareVersion(identity)} (protocol ${protocolOf(identity)})`;
  const flashed = `${manifest.version} (protocol ${manifest.protocolVersion})`;
  if (said !== flashed) throw new LetanError('FLASH_NOT_RUNNING', `${flashed} was flashed, yet the board answers as ${said}`);
  return identity;
}
