import { LetanError } from '../../src/core/errors.ts';
import { dictionaryHash, type IdentityMessage, protocolVersion } from '../protocol/generated/messages.ts';

const hex = (hash: number): string => hash.toString(16).padStart(8, '0');

export const firmwareVersion = (identity: IdentityMessage): string =>
  `${identity.firmwareMajor}.${identity.firmwareMinor}.${identity.firmwarePatch}`;

export const protocolOf = (identity: IdentityMessage): string => `${identity.protocolMajor}.${identity.protocolMinor}`;

/** `BOARD_PROTOCOL_MISMATCH` naming board and both versions, or null when host and firmware speak the same messages. */
export function mismatchOf(identity: IdentityMessage, portName: string): LetanError | null {
  const board = `the board on ${portName} (firmware ${firmwareVersion(identity)})`;
  if (identity.protocolMajor !== protocolVersion.major) {
    const ours = `${protocolVersion.major}.${protocolVersion.minor}`;
    return new LetanError('BOARD_PROTOCOL_MISMATCH', `${board} speaks protocol ${protocolOf(identity)}, this host speaks ${ours}`);
  }
  // Same number, other declarations: a build from between two releases.
  if (identity.dictionaryHash !== dictionaryHash) {
    const detail = `${board} has message dictionary ${hex(identity.dictionaryHash)}, this host has ${hex(dictionaryHash)}; both call it ${protocolOf(identity)}`;
    return new LetanError('BOARD_PROTOCOL_MISMATCH', detail);
  }
  return null;
}
