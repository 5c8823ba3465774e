import { readFileSync } from 'node:fs';
import type { JWK } from 'jose';
import { z } from 'zod';
import { LetanError } from '../core/errors.ts';

const publicKeySchema = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() });

/** Encrypts citizen data to the queue server's officer. */
export interface Sealer {
  /** JSON of `data` as a compact JWE (ECDH-ES, A256GCM). */
  seal(data: unknown): Promise<string>;
}

/** Reads the queue server's public key (JWK, P-256). Throws `CONFIG_INVALID` where it is missing or malformed. */
export function readPublicKey(file: string): JWK {
  try {
    return publicKeySchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new LetanError('CONFIG_INVALID', `${file} is not the queue server's public key (JWK, P-256)`, { cause: error });
  }
}

export function createSealer(publicKey: JWK): Sealer {
  return {
    async seal(data) {
      // Loaded with the first registration: 5 MB that an idle robot does not need.
      const { CompactEncrypt, importJWK } = await import('jose');
      const key = await importJWK(publicKey, 'ECDH-ES');
      const plain = new TextEncoder().encode(JSON.stringify(data));
      const sealed = await new CompactEncrypt(plain).setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' }).encrypt(key);
      plain.fill(0);
      return sealed;
    },
  };
}
