import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { LetanError } from '../../src/core/errors.ts';
import { dictionaryHash, protocolVersion } from '../protocol/generated/messages.ts';

const hexDigits = (count: number) => z.string().regex(new RegExp(`^[0-9a-fA-F]{${count}}$`), `${count} hexadecimal digits`);
const base64Of = (bytes: number) => z.string().refine((text) => Buffer.from(text, 'base64').length === bytes, `base64 of ${bytes} bytes`);

/** What a firmware release says about itself, beside its hex file. */
const manifestSchema = z.object({
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  protocolVersion: z.string().regex(/^\d+\.\d+$/),
  /** Of the message declarations; eight hexadecimal digits. */
  dictionaryHash: hexDigits(8),
  board: z.string(),
  /** The part's three signature bytes: `1E9801` for an ATmega2560. */
  deviceSignature: hexDigits(6),
  /** Name of the hex file beside it. */
  file: z.string(),
  /** Of the hex file's bytes. */
  sha256: hexDigits(64),
  /** Ed25519 over everything else in the manifest; see {@link signManifest}. */
  signature: z.object({ publicKey: base64Of(32), value: base64Of(64) }).optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** Whose images a unit takes: the robot file's `firmware`. */
export interface Trust {
  /** `development` takes unsigned images too. */
  trust: 'signed' | 'development';
  /** Public ed25519 keys: base64 of 32 bytes, or PEM. */
  keys: readonly string[];
}

/** A signature of ours can be taken for nothing else. */
const purpose = 'letan firmware manifest 1\n';
/** DER in front of a raw ed25519 public key (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const rawKeyBytes = 32;

/** Reads a public ed25519 key: base64 of its 32 bytes, or its PEM, as the robot file's schema lets them through. */
function readPublicKey(text: string): KeyObject {
  const raw = /([A-Za-z0-9+/]{43}=)\s*(?:-----END PUBLIC KEY-----)?\s*$/.exec(text)?.[1] ?? '';
  return createPublicKey({ key: Buffer.concat([spkiPrefix, Buffer.from(raw, 'base64')]), format: 'der', type: 'spki' });
}

/** Base64 of a key's 32 public bytes. */
export function publicKeyText(key: KeyObject): string {
  const spki = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' });
  return spki.subarray(-rawKeyBytes).toString('base64');
}

/** The same bytes for the same content, however the file was written: keys sorted, no white space. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}

function parseObject(text: string, name: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (error) {
    throw new LetanError('FIRMWARE_MANIFEST', `${name} is no manifest: it is not a JSON object`, { cause: error });
  }
}

function signedBytes(fields: Record<string, unknown>): Buffer {
  const { signature: _, ...rest } = fields;
  return Buffer.from(purpose + canonical(rest));
}

function validate(fields: Record<string, unknown>, name: string): Manifest {
  const parsed = manifestSchema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new LetanError('FIRMWARE_MANIFEST', `${name} is no manifest: ${faults.join('; ')}`);
}

/** Name of the hex file that a manifest speaks of. Throws `FIRMWARE_MANIFEST`. */
export const hexFileOf = (text: string, name: string): string => validate(parseObject(text, name), name).file;

/** Throws `FIRMWARE_HASH` unless the manifest speaks of this hex file. */
function checkHash({ sha256 }: Manifest, name: string, hexFile: Uint8Array): void {
  const found = createHash('sha256').update(hexFile).digest('hex');
  if (found === sha256.toLowerCase()) return;
  throw new LetanError('FIRMWARE_HASH', `the hex file has SHA-256 ${found}, ${name} says ${sha256}`);
}

/**
 * Returns the manifest of `hexFile` with a fresh signature. Throws `FIRMWARE_MANIFEST`, `FIRMWARE_HASH`, or `CONFIG_INVALID` for a
 * key that is none.
 */
export function signManifest(text: string, name: string, hexFile: Uint8Array, privateKeyPem: string): string {
  const fields = parseObject(text, name);
  checkHash(validate({ ...fields, signature: undefined }, name), name, hexFile);
  let key: KeyObject;
  try {
    key = createPrivateKey(privateKeyPem);
  } catch (error) {
    throw new LetanError('CONFIG_INVALID', 'the key file holds no private key in PEM', { cause: error });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new LetanError('CONFIG_INVALID', 'the key file holds no ed25519 key');
  const signature = { publicKey: publicKeyText(key), value: sign(null, signedBytes(fields), key).toString('base64') };
  return `${JSON.stringify({ ...fields, signature }, null, 2)}\n`;
}

function checkProtocol(manifest: Manifest, name: string): void {
  const [major] = manifest.protocolVersion.split('.').map(Number);
  const ours = `${protocolVersion.major}.${protocolVersion.minor}`;
  if (major !== protocolVersion.major) {
    const age = (major ?? 0) < protocolVersion.major ? 'an older' : 'a newer';
    const detail = `${name}: firmware ${manifest.version} speaks ${age} protocol, ${manifest.protocolVersion}; this letan speaks ${ours}`;
    throw new LetanError('FIRMWARE_PROTOCOL', detail);
  }
  const hash = dictionaryHash.toString(16).padStart(8, '0');
  if (manifest.dictionaryHash.toLowerCase() === hash) return;
  const detail = `${name}: firmware ${manifest.version} has message dictionary ${manifest.dictionaryHash}, this letan has ${hash}`;
  throw new LetanError('FIRMWARE_PROTOCOL', detail);
}

/** The trusted signer's key, or null for an unsigned image that the unit takes. */
function checkSignature(fields: Record<string, unknown>, { signature }: Manifest, name: string, unit: Trust): string | null {
  if (!signature) {
    if (unit.trust === 'development') return null;
    throw new LetanError('FIRMWARE_UNSIGNED', `${name} carries no signature and this unit takes signed firmware only`);
  }
  if (!verify(null, signedBytes(fields), readPublicKey(signature.publicKey), Buffer.from(signature.value, 'base64'))) {
    throw new LetanError('FIRMWARE_SIGNATURE', `${name}: the signature does not fit the manifest`);
  }
  const trusted = unit.keys.map((text) => publicKeyText(readPublicKey(text)));
  if (trusted.includes(publicKeyText(readPublicKey(signature.publicKey))) || unit.trust === 'development') return signature.publicKey;
  const known = trusted.length === 0 ? 'this unit trusts no key' : `this unit trusts ${trusted.join(', ')}`;
  throw new LetanError('FIRMWARE_KEY_UNTRUSTED', `${name} is signed by ${signature.publicKey}; ${known}`);
}

/** A manifest that was found good, and who signed it (null: nobody). */
export interface CheckedManifest {
  manifest: Manifest;
  signedBy: string | null;
}

/**
 * Checks what can be known of an image before a board is touched: shape (`FIRMWARE_MANIFEST`), signature (`FIRMWARE_UNSIGNED`,
 * `FIRMWARE_SIGNATURE`, `FIRMWARE_KEY_UNTRUSTED`), hash of the hex file (`FIRMWARE_HASH`), protocol (`FIRMWARE_PROTOCOL`).
 */
export function checkManifest(text: string, name: string, hexFile: Uint8Array, unit: Trust): CheckedManifest {
  const fields = parseObject(text, name);
  const manifest = validate(fields, name);
  const signedBy = checkSignature(fields, manifest, name, unit);
  checkHash(manifest, name, hexFile);
  checkProtocol(manifest, name);
  return { manifest, signedBy };
}
