import type { Outcome, RefusalCode, RefusedOutcome } from '../../src/queue/contract.ts';

export const refuse = (code: RefusalCode, detail: string): RefusedOutcome => ({ ok: false, code, detail });
export const accept = (result: unknown = {}): Outcome => ({ ok: true, result });
