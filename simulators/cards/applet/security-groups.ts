import { chipAuthenticationOid } from './applet.ts';
import { type CurveForm, type EcKey, ecPublicKeyInfo } from './curves.ts';
import { integer, oid, sequence, setOf } from './der.ts';
import { type ActiveKey, publicKeyInfo } from './own-keys.ts';
import { paceOid, paceParameterId } from './pace.ts';
import { tlv } from './tlv.ts';

const terminalAuthentication = () => sequence(oid('0.4.0.127.0.7.2.2.2'), integer(1));
const chipAuthentication = () => sequence(oid(chipAuthenticationOid), integer(1));
const pace = () => sequence(oid(paceOid), integer(2), integer(paceParameterId));

/** EF.CardAccess, byte for byte what a card at hand showed (`cccdCardAccessSample`). */
export const cardAccessFile = () => setOf(terminalAuthentication(), chipAuthentication(), pace());

/** DG14: how the chip proves itself. ECDSA keys of active authentication need their algorithm told (ICAO 9303-11, 9.2.8). */
export function securityOptionsGroup(agreementKey: EcKey, active: ActiveKey | null, form: CurveForm): Uint8Array {
  const publicKey = sequence(oid('0.4.0.127.0.7.2.2.1.2'), ecPublicKeyInfo(agreementKey, form));
  const activeInfo = sequence(oid('2.23.136.1.1.5'), integer(1), oid('0.4.0.127.0.7.1.1.4.1.3'));
  return tlv(0x6e, setOf(chipAuthentication(), publicKey, ...(active?.kind === 'ecdsa' ? [activeInfo] : []), pace()));
}

/** DG15: the public key of active authentication. */
export const activeKeyGroup = (active: ActiveKey, form: CurveForm): Uint8Array => tlv(0x6f, publicKeyInfo(active, form));
