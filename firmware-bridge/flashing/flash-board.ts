import type { Clock } from '../../src/core/clock.ts';
import { LetanError } from '../../src/core/errors.ts';
import type { IdentityMessage } from '../protocol/generated/messages.ts';
import { BootLoader } from './boot-loader.ts';
import { confirmFirmware } from './handshake.ts';
import { parseIntelHex } from './intel-hex.ts';
import type { FlashLine } from './line.ts';
import { type CheckedManifest, checkManifest, type Manifest, type Trust } from './manifest.ts';
import { type FlashProgress, programFlash, programLimitBytes } from './program.ts';

/** A release as it lies on disk. */
export interface ReleaseFiles {
  hex: Uint8Array;
  hexName: string;
  manifest: string;
  manifestName: string;
}

export interface CheckedImage extends CheckedManifest {
  /** From address 0. */
  bytes: Uint8Array;
}

/** Checks a release before any board is touched; throws what {@link parseIntelHex} and {@link checkManifest} throw. */
export function checkRelease(files: ReleaseFiles, unit: Trust): CheckedImage {
  const bytes = parseIntelHex(Buffer.from(files.hex).toString('latin1'), files.hexName, programLimitBytes);
  if (bytes.length === 0) throw new LetanError('FIRMWARE_IMAGE_INVALID', `${files.hexName} holds no program`);
  return { bytes, ...checkManifest(files.manifest, files.manifestName, files.hex, unit) };
}

/** Most boards answer within 0.5 s of the reset. */
const patienceMs = 2000;
/** A person may need this long to find the reset button. */
const buttonMs = 20_000;

export interface FlashOptions {
  line: FlashLine;
  clock: Clock;
  image: CheckedImage;
  /** What the firmware speaks. */
  firmwareBaudRate: number;
  report(progress: FlashProgress): void;
  /** The reset over the cable did nothing: a person must press the button now. */
  askForReset(): void;
}

/** Resets the board and waits for its boot loader. */
async function enter(loader: BootLoader, { line, askForReset }: FlashOptions): Promise<void> {
  await line.pulseReset();
  try {
    await loader.signOn(patienceMs);
    return;
  } catch (error) {
    if (!(error instanceof LetanError) || error.code !== 'REQUEST_TIMEOUT') throw error;
  }
  askForReset();
  await loader.signOn(buttonMs);
}

async function checkBoard(loader: BootLoader, { deviceSignature, board }: Manifest, portName: string): Promise<void> {
  const signature = await loader.readSignature();
  if (signature === deviceSignature.toUpperCase()) return;
  const detail = `the board on ${portName} has signature ${signature}, the image is for ${board} (${deviceSignature}); nothing was written`;
  throw new LetanError('FLASH_WRONG_BOARD', detail);
}

/** Anything that goes wrong before the first write leaves the board as it was. */
function untouched(error: unknown, portName: string): unknown {
  if (!(error instanceof LetanError) || error.code === 'FLASH_WRONG_BOARD') return error;
  if (error.code === 'BOARD_NOT_CONNECTED') {
    return new LetanError('FLASH_LINK_LOST', `${error.detail} before anything was written; the board holds its former program`);
  }
  const detail = `no boot loader answers on ${portName} (${error.detail}); nothing was written`;
  return new LetanError('FLASH_NO_BOOT_LOADER', detail, { cause: error });
}

/**
 * Flashes a checked image over an open line at the boot loader's speed, verifies it, starts it and returns how it introduced itself.
 * Rejects with a `FLASH_…` code or `BOARD_PROTOCOL_MISMATCH`. The line stays open.
 */
export async function flashBoard(options: FlashOptions): Promise<IdentityMessage> {
  const { line, clock, image, report, firmwareBaudRate } = options;
  const loader = new BootLoader({ line, clock });
  try {
    try {
      await enter(loader, options);
      await loader.enterProgramming();
      await checkBoard(loader, image.manifest, line.portName);
    } catch (error) {
      throw untouched(error, line.portName);
    }
    await programFlash(loader, image.bytes, report);
    // A lost answer to this one says nothing: the handshake tells whether the firmware runs.
    await loader.leave().catch(() => {});
  } finally {
    loader.end();
  }
  await line.setBaudRate(firmwareBaudRate);
  return confirmFirmware(line, clock, image.manifest);
}
