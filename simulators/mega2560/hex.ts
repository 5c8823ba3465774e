import { parseIntelHex } from '../../firmware-bridge/flashing/intel-hex.ts';
import { bootStart } from './self-programming.ts';

/** Flash of an ATmega2560 in bytes. */
export const flashBytes = 0x40000;

/**
 * Reads Intel HEX into a whole flash image (262144 bytes, 0xFF where nothing is written). Throws as `parseIntelHex` does.
 */
export function parseHex(text: string, name = 'hex'): Uint8Array {
  const flash = new Uint8Array(flashBytes).fill(0xff);
  flash.set(parseIntelHex(text, name, flashBytes));
  return flash;
}

/** The flash image `program` with the boot section of `bootLoader`; both as {@link parseHex} gives them. */
export function withBootLoader(program: Uint8Array, bootLoader: Uint8Array): Uint8Array {
  const flash = Uint8Array.from(program);
  flash.set(bootLoader.subarray(2 * bootStart), 2 * bootStart);
  return flash;
}
