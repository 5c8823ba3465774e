import type { ChipVerdict } from '../../behaviour/model.ts';
import type { ChipChecks } from './chip.ts';

/**
 * What the checks amount to. Data without a sound signature are `forged`, whatever kept us from finding it sound: else a forger would
 * choose an algorithm that we do not know. A chip that has neither kind of authentication could not prove anything either.
 */
export function verdictOf({ hashes, signature, issuer, activeAuthentication, chipAuthentication }: ChipChecks): ChipVerdict {
  if (hashes !== 'passed' || signature !== 'passed' || issuer === 'failed') return 'forged';
  const proofs = [activeAuthentication, chipAuthentication];
  if (proofs.includes('failed') || !proofs.includes('passed')) return 'notAChipOfItsOwn';
  return issuer === 'passed' ? 'genuine' : 'intact';
}
