import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { concat, ofNumber } from './bytes.ts';

export type DigestName = 'sha1' | 'sha256' | 'sha384' | 'sha512';

export const digest = (name: DigestName, ...parts: Uint8Array[]): Uint8Array =>
  Uint8Array.from(
    createHash(name)
      .update(concat(...parts))
      .digest(),
  );

/** Which session key comes out of a shared secret: the counter of ICAO 9303-11, 9.7.1. */
export const keyCounters = { encryption: 1, mac: 2, password: 3 } as const;

function cbc(algorithm: string, key: Uint8Array, iv: Uint8Array, data: Uint8Array, direction: 'encrypt' | 'decrypt'): Uint8Array {
  const cipher = direction === 'encrypt' ? createCipheriv(algorithm, key, iv) : createDecipheriv(algorithm, key, iv);
  cipher.setAutoPadding(false);
  return concat(cipher.update(data), cipher.final());
}

/** ISO 9797-1 padding method 2: 80, then zeros to the block. */
export const pad = (data: Uint8Array, block: number): Uint8Array =>
  concat(data, Uint8Array.of(0x80), new Uint8Array(block - 1 - (data.length % block)));

/** Takes method 2's padding away; null when there is none. */
export function unpad(data: Uint8Array): Uint8Array | null {
  const end = data.lastIndexOf(0x80);
  return end >= 0 && data.subarray(end + 1).every((byte) => byte === 0) ? data.subarray(0, end) : null;
}

/** DES wants odd parity; no library checks it, the published keys have it. */
const withParity = (key: Uint8Array): Uint8Array =>
  key.map((byte) => {
    let ones = 0;
    for (let bit = 1; bit < 8; bit++) ones += (byte >> bit) & 1;
    return (byte & 0xfe) | (1 - (ones % 2));
  });

/** A cipher suite of secure messaging: block length in bytes, key derivation, CBC and an 8-byte checksum over padded data. */
export interface Suite {
  readonly block: 8 | 16;
  deriveKey(secret: Uint8Array, counter: number): Uint8Array;
  /** `counter`: the send sequence counter of this message, for the initial vector. */
  encrypt(key: Uint8Array, counter: Uint8Array, padded: Uint8Array): Uint8Array;
  decrypt(key: Uint8Array, counter: Uint8Array, data: Uint8Array): Uint8Array;
  checksum(key: Uint8Array, padded: Uint8Array): Uint8Array;
}

const derived = (secret: Uint8Array, counter: number) => digest('sha1', secret, ofNumber(counter, 4)).subarray(0, 16);

const zero8 = new Uint8Array(8);
const zero16 = new Uint8Array(16);

/** ISO 9797-1 MAC algorithm 3: DES-CBC with the first half, the last block through both. OpenSSL 3 has single DES as two equal keys alone. */
function retailMac(key: Uint8Array, padded: Uint8Array): Uint8Array {
  const first = key.subarray(0, 8);
  const second = key.subarray(8, 16);
  const single = (half: Uint8Array, data: Uint8Array, direction: 'encrypt' | 'decrypt') =>
    cbc('des-ede-cbc', concat(half, half), zero8, data, direction);
  const last = single(first, padded, 'encrypt').subarray(-8);
  return single(first, single(second, last, 'decrypt'), 'encrypt');
}

export const tripleDes: Suite = {
  block: 8,
  deriveKey: (secret, counter) => withParity(derived(secret, counter)),
  encrypt: (key, _counter, padded) => cbc('des-ede-cbc', key, zero8, padded, 'encrypt'),
  decrypt: (key, _counter, data) => cbc('des-ede-cbc', key, zero8, data, 'decrypt'),
  checksum: retailMac,
};

/** NIST SP 800-38B, 6.1: a subkey is the one before doubled in GF(2^128). */
function doubled(block: Uint8Array): Uint8Array {
  const shifted = block.map((byte, index) => ((byte << 1) | ((block[index + 1] ?? 0) >> 7)) & 0xff);
  if ((block[0] ?? 0) & 0x80) shifted[15] = (shifted[15] ?? 0) ^ 0x87;
  return shifted;
}

/** AES-CMAC of any length of data, 16 bytes. */
export function cmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  const k1 = doubled(cbc('aes-128-cbc', key, zero16, zero16, 'encrypt'));
  const whole = data.length > 0 && data.length % 16 === 0;
  const message = whole ? Uint8Array.from(data) : pad(data, 16);
  const subkey = whole ? k1 : doubled(k1);
  const start = message.length - 16;
  for (let index = 0; index < 16; index++) message[start + index] = (message[start + index] ?? 0) ^ (subkey[index] ?? 0);
  return cbc('aes-128-cbc', key, zero16, message, 'encrypt').subarray(-16);
}

const aesVector = (key: Uint8Array, counter: Uint8Array) => cbc('aes-128-cbc', key, zero16, counter, 'encrypt');

export const aes128: Suite = {
  block: 16,
  deriveKey: derived,
  encrypt: (key, counter, padded) => cbc('aes-128-cbc', key, aesVector(key, counter), padded, 'encrypt'),
  decrypt: (key, counter, data) => cbc('aes-128-cbc', key, aesVector(key, counter), data, 'decrypt'),
  checksum: (key, padded) => cmac(key, padded).subarray(0, 8),
};

/** AES-128-CBC without padding from a zero vector: PACE's encrypted nonce. */
export const aesOnce = (key: Uint8Array, data: Uint8Array): Uint8Array => cbc('aes-128-cbc', key, zero16, data, 'encrypt');
