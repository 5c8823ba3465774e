import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ReleaseFiles } from '../../firmware-bridge/flashing/flash-board.ts';
import { hexFileOf, publicKeyText, signManifest } from '../../firmware-bridge/flashing/manifest.ts';
import { type ErrorCode, LetanError } from '../core/errors.ts';

function read(file: string, code: ErrorCode): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'there is no such file' : String(error);
    throw new LetanError(code, `${file}: ${reason}`, { cause: error });
  }
}

/** `name.json` beside `name.hex`, else `manifest.json` in the same folder. */
function manifestOf(hexFile: string): string {
  const own = hexFile.replace(/\.hex$/i, '.json');
  return own !== hexFile && existsSync(own) ? own : join(dirname(hexFile), 'manifest.json');
}

/** Reads a hex file and the manifest beside it. Throws `FIRMWARE_IMAGE_INVALID` or `FIRMWARE_MANIFEST` when one is missing. */
export function readRelease(hexFile: string): ReleaseFiles {
  const hex = read(hexFile, 'FIRMWARE_IMAGE_INVALID');
  const manifestName = manifestOf(hexFile);
  return { hex, hexName: basename(hexFile), manifest: read(manifestName, 'FIRMWARE_MANIFEST').toString('utf8'), manifestName };
}

/** Makes a private key at `file` (PEM, for its owner alone) and prints the public one. Throws `CONFIG_INVALID` when the file exists. */
export function makeKey(file: string): void {
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new LetanError('CONFIG_INVALID', `${file} cannot be made: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  process.stdout.write(`private key in ${file}; keep it safe and off the robots\n`);
  process.stdout.write(
    `for every robot file that shall trust it:\n  firmware: { trust: signed, keys: ['${publicKeyText(privateKey)}'] }\n`,
  );
}

/** Signs the release that `release` (hex file or manifest) belongs to, in place. */
export function signRelease(release: string, keyFile: string): void {
  const given = release.toLowerCase().endsWith('.json');
  const manifestFile = given ? release : manifestOf(release);
  const text = read(manifestFile, 'FIRMWARE_MANIFEST').toString('utf8');
  const hexFile = given ? join(dirname(release), hexFileOf(text, release)) : release;
  const key = read(keyFile, 'CONFIG_INVALID').toString('utf8');
  writeFileSync(manifestFile, signManifest(text, manifestFile, read(hexFile, 'FIRMWARE_IMAGE_INVALID'), key));
  process.stdout.write(`${manifestFile} is signed\n`);
}
