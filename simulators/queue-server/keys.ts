import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';

const privateJwkSchema = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), d: z.string() });

/** Reads the officer's key pair from `file`, or makes it (readable by its owner alone). The private half never leaves the queue server. */
export async function loadOrMakeKeys(file: string): Promise<{ privateKey: JWK; publicKey: JWK }> {
  if (!existsSync(file)) {
    const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(await exportJWK(pair.privateKey)), { mode: 0o600 });
  }
  const privateKey = privateJwkSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { d: _secret, ...publicKey } = privateKey;
  return { privateKey, publicKey };
}
