import type { ErrorInfo } from './errors.ts';

/** An outcome that is not an exception: either a value or a coded error. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: ErrorInfo };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = (error: ErrorInfo): { ok: false; error: ErrorInfo } => ({ ok: false, error });

/** Makes the compiler reject a switch that forgets a case. */
export function assertNever(value: never): never {
  throw new TypeError(`unreachable: ${JSON.stringify(value)}`);
}
