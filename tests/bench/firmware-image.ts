import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseHex } from '../../simulators/mega2560/hex.ts';

const release = new URL('../../firmware-bridge/firmware/release/letan-mega2560.hex', import.meta.url);

/** The released firmware, or the one in `hexFile`: the flash image (262144 bytes) and what to call it among the conditions. */
export function firmwareImage(hexFile: string | null): { flash: Uint8Array; name: string } {
  const hex = readFileSync(hexFile ?? release, 'utf8');
  const sha256 = createHash('sha256').update(hex).digest('hex');
  return { flash: parseHex(hex), name: `${hexFile ?? 'release/letan-mega2560.hex'}, sha256 ${sha256.slice(0, 12)}` };
}
