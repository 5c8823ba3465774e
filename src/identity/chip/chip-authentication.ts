import type { Random } from '../../core/random.ts';
import { command } from './apdu.ts';
import type { Channel } from './card-link.ts';
import type { CipherName } from './ciphers.ts';
import { type Curve, newPrivateKey, publicPoint, publicPointOf, sharedX } from './curves.ts';
import { encodeObjectId, tlv } from './der.ts';
import { sessionKeys } from './pace.ts';
import type { SessionKeys } from './secure-messaging.ts';
import { optionalId, type SecurityInfo } from './security-infos.ts';
import type { Shredder } from './shredder.ts';

/** id-CA-ECDH-*. */
const agreements: Readonly<Record<string, CipherName>> = {
  '0.4.0.127.0.7.2.2.3.2.1': '3des',
  '0.4.0.127.0.7.2.2.3.2.2': 'aes128',
  '0.4.0.127.0.7.2.2.3.2.3': 'aes192',
  '0.4.0.127.0.7.2.2.3.2.4': 'aes256',
};
const anyAgreement = '0.4.0.127.0.7.2.2.3.';
const anyPublicKey = '0.4.0.127.0.7.2.2.1.';
const ecPublicKey = '0.4.0.127.0.7.2.2.1.2';
const tripleDesAgreement = '0.4.0.127.0.7.2.2.3.2.1';

export interface ChipAgreement {
  protocol: string;
  cipher: CipherName;
  keyId: number | null;
  curve: Curve;
  chipPoint: Uint8Array;
}

/** True where DG14 has a key for chip authentication, of whatever kind. */
export function offersChipAuthentication(infos: readonly SecurityInfo[]): boolean {
  return infos.some(({ protocol }) => protocol.startsWith(anyPublicKey));
}

/** The strongest agreement on an elliptic curve; null where the chip has none that we speak. Without an own info it is triple DES. */
export function chooseAgreement(infos: readonly SecurityInfo[]): ChipAgreement | null {
  const keys = infos.filter(({ protocol }) => protocol === ecPublicKey);
  const found = keys.flatMap((key): ChipAgreement[] => {
    const on = publicPointOf(key.required);
    const keyId = optionalId(key);
    const named = infos.filter((info) => info.protocol.startsWith(anyAgreement) && optionalId(info) === keyId);
    const protocols = named.length > 0 ? named.map((info) => info.protocol) : [tripleDesAgreement];
    return protocols.flatMap((protocol) => {
      const cipher = agreements[protocol];
      return on && cipher ? [{ protocol, cipher, keyId, curve: on.curve, chipPoint: on.point }] : [];
    });
  });
  return found.sort((left, right) => right.protocol.localeCompare(left.protocol))[0] ?? null;
}

/**
 * Agrees on new session keys with the chip's static key (9303-11, 6.2). Who has not the private key cannot answer under them: the next
 * exchange proves it. Null where the chip refuses; the old session goes on then.
 */
export async function agreeWithChip(
  channel: Channel,
  agreement: ChipAgreement,
  random: Random,
  shredder: Shredder,
): Promise<SessionKeys | null> {
  const { curve, cipher, chipPoint } = agreement;
  const privateKey = shredder.keep(newPrivateKey(curve, random));
  const secret = sharedX(curve, privateKey, chipPoint);
  if (!secret) return null;
  shredder.keep(secret);
  if (!(await present(channel, agreement, publicPoint(curve, privateKey)))) return null;
  const keys = sessionKeys(cipher, secret);
  shredder.keep(keys.encryption);
  shredder.keep(keys.authentication);
  return keys;
}

/** Triple DES: MSE:Set KAT, one command. AES: MSE:Set AT and GENERAL AUTHENTICATE. */
async function present(channel: Channel, { protocol, cipher, keyId }: ChipAgreement, point: Uint8Array): Promise<boolean> {
  const key = keyId === null ? [] : [tlv(0x84, Uint8Array.of(keyId))];
  if (cipher === '3des') {
    const { status } = await channel.exchange(command(0x00, 0x22, 0x41, 0xa6, Buffer.concat([tlv(0x91, point), ...key])));
    return status === 0x9000;
  }
  const name = tlv(0x80, encodeObjectId(protocol).subarray(2));
  const set = await channel.exchange(command(0x00, 0x22, 0x41, 0xa4, Buffer.concat([name, ...key])));
  if (set.status !== 0x9000) return false;
  const { status } = await channel.exchange(command(0x00, 0x86, 0, 0, tlv(0x7c, tlv(0x80, point)), 256));
  return status === 0x9000;
}
