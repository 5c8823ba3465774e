import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const fileSchema = z.object({ salt: z.string(), hash: z.string() });
/** Without letters and digits that are easily confused when read from a screen. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

const hashOf = (password: string, salt: string) => scryptSync(password, salt, 32).toString('hex');

/** The service page's password: made at the first start, told once, kept as a scrypt hash. */
export interface ServicePassword {
  /** The password itself at the first start, null later. */
  firstRunPassword: string | null;
  matches(attempt: string): boolean;
}

/** There is no default password: every unit makes its own (EN 303 645). Removing the file makes a new one at the next start. */
export function openServicePassword(file: string): ServicePassword {
  let firstRunPassword: string | null = null;
  if (!existsSync(file)) {
    firstRunPassword = Array.from(randomBytes(12), (byte) => alphabet[byte % alphabet.length]).join('');
    const salt = randomBytes(16).toString('hex');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ salt, hash: hashOf(firstRunPassword, salt) }), { mode: 0o600 });
    chmodSync(file, 0o600);
  }
  const { salt, hash } = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return {
    firstRunPassword,
    matches: (attempt) => timingSafeEqual(Buffer.from(hashOf(attempt, salt)), Buffer.from(hash)),
  };
}
