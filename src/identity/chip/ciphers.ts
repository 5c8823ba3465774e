import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

/** The ciphers of ICAO Doc 9303-11: two-key triple DES with the retail MAC, AES with CMAC. */
export type CipherName = '3des' | 'aes128' | 'aes192' | 'aes256';

interface CipherKind {
  keyBytes: number;
  blockBytes: number;
  cbc: string;
  ecb: string;
  /** Hash of the key derivation (9303-11, 9.7.1). */
  hash: 'sha1' | 'sha256';
}

const kinds: Record<CipherName, CipherKind> = {
  '3des': { keyBytes: 16, blockBytes: 8, cbc: 'des-ede-cbc', ecb: 'des-ede', hash: 'sha1' },
  aes128: { keyBytes: 16, blockBytes: 16, cbc: 'aes-128-cbc', ecb: 'aes-128-ecb', hash: 'sha1' },
  aes192: { keyBytes: 24, blockBytes: 16, cbc: 'aes-192-cbc', ecb: 'aes-192-ecb', hash: 'sha256' },
  aes256: { keyBytes: 32, blockBytes: 16, cbc: 'aes-256-cbc', ecb: 'aes-256-ecb', hash: 'sha256' },
};

/** Counters of the key derivation: what the derived key is for. */
export const keyUse = { encrypt: 1, authenticate: 2, password: 3 } as const;

export function blockBytes(cipher: CipherName): number {
  return kinds[cipher].blockBytes;
}

/** KDF of 9303-11, 9.7.1: hash of `secret` and a counter, cut to the key's length; DES keys with odd parity. */
export function deriveKey(cipher: CipherName, secret: Uint8Array, use: number): Buffer {
  const { hash, keyBytes } = kinds[cipher];
  const digest = createHash(hash)
    .update(secret)
    .update(Uint8Array.of(0, 0, 0, use))
    .digest();
  const key = digest.subarray(0, keyBytes);
  digest.fill(0, keyBytes);
  return cipher === '3des' ? Buffer.from(key.map(oddParity)) : key;
}

function oddParity(byte: number): number {
  let ones = 0;
  for (let bits = byte >> 1; bits > 0; bits >>= 1) ones += bits & 1;
  return (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
}

/** CBC without padding; `data` is whole blocks. Without `iv` a zero one. */
export function encryptCbc(cipher: CipherName, key: Uint8Array, data: Uint8Array, iv?: Uint8Array): Buffer {
  const { cbc, blockBytes: block } = kinds[cipher];
  return createCipheriv(cbc, key, iv ?? new Uint8Array(block))
    .setAutoPadding(false)
    .update(data);
}

/** The inverse of {@link encryptCbc}. */
export function decryptCbc(cipher: CipherName, key: Uint8Array, data: Uint8Array, iv?: Uint8Array): Buffer {
  const { cbc, blockBytes: block } = kinds[cipher];
  return createDecipheriv(cbc, key, iv ?? new Uint8Array(block))
    .setAutoPadding(false)
    .update(data);
}

/** Encrypts one block by itself. */
export function encryptBlock(cipher: CipherName, key: Uint8Array, block: Uint8Array): Buffer {
  return createCipheriv(kinds[cipher].ecb, key, null).setAutoPadding(false).update(block);
}

/** Padding method 2 of ISO 9797-1: 80, then zeros to whole blocks. */
export function pad(data: Uint8Array, block: number): Buffer {
  const padded = Buffer.alloc((Math.floor(data.length / block) + 1) * block);
  padded.set(data);
  padded[data.length] = 0x80;
  return padded;
}

/** Takes that padding off; null where there is none. */
export function unpad(padded: Uint8Array): Uint8Array | null {
  const at = padded.findLastIndex((byte) => byte !== 0);
  return padded[at] === 0x80 ? padded.subarray(0, at) : null;
}

/** Eight bytes of MAC. For 3DES `data` is whole blocks, padded by the caller as 9303-11 has it; CMAC takes any length. */
export function mac(cipher: CipherName, key: Uint8Array, data: Uint8Array): Buffer {
  return cipher === '3des' ? retailMac(key, data) : cmac(cipher, key, data);
}

/**
 * ISO 9797-1 MAC algorithm 3. OpenSSL 3 has no single DES, so that it is two-key triple DES with the same key twice; the last block goes
 * through both keys.
 */
function retailMac(key: Uint8Array, data: Uint8Array): Buffer {
  const block = kinds['3des'].blockBytes;
  const first = key.subarray(0, block);
  const head = data.subarray(0, data.length - block);
  const last = Buffer.from(data.subarray(data.length - block));
  const single = Buffer.concat([first, first]);
  if (head.length > 0) xorInto(last, encryptCbc('3des', single, head).subarray(-block));
  single.fill(0);
  return encryptBlock('3des', key, last);
}

/** NIST SP 800-38B, cut to eight bytes. */
function cmac(cipher: CipherName, key: Uint8Array, data: Uint8Array): Buffer {
  const block = blockBytes(cipher);
  const whole = data.length > 0 && data.length % block === 0;
  const message = whole ? Buffer.from(data) : pad(data, block);
  const subkey = doubled(encryptBlock(cipher, key, new Uint8Array(block)));
  xorInto(message.subarray(-block), whole ? subkey : doubled(subkey));
  return encryptCbc(cipher, key, message).subarray(-block).subarray(0, 8);
}

/** Doubling in GF(2^128). */
function doubled(block: Uint8Array): Buffer {
  const result = Buffer.alloc(block.length);
  block.forEach((byte, at) => {
    result[at] = ((byte << 1) & 0xff) | ((block[at + 1] ?? 0) >> 7);
  });
  if ((block[0] ?? 0) & 0x80) result[block.length - 1] = (result.at(-1) ?? 0) ^ 0x87;
  return result;
}

/** `target` becomes target XOR other, as far as `other` goes. */
export function xorInto(target: Uint8Array, other: Uint8Array): void {
  other.forEach((byte, at) => {
    target[at] = (target[at] ?? 0) ^ byte;
  });
}
