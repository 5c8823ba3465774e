import { readFileSync } from 'node:fs';
import { parseHex } from '../../simulators/mega2560/hex.ts';

const release = new URL('../../firmware-bridge/firmware/release/letan-mega2560.hex', import.meta.url);

/** The firmware as it is released: the flash image, 262144 bytes. */
export const releasedFlash = (): Uint8Array => parseHex(readFileSync(release, 'utf8'));
