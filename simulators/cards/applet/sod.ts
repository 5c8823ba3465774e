import { digest } from './ciphers.ts';
import { context, integer, nothing, octetString, oid, sequence, setOf } from './der.ts';
import { type Signer, sha256Oid } from './signer.ts';
import { tlv } from './tlv.ts';

/** id-icao-mrtd-security-ldsSecurityObject. */
const securityObjectOid = '2.23.136.1.1.1';

const sha256 = () => sequence(oid(sha256Oid), nothing());

/** LDS security object, version 0 (ICAO 9303-10, 4.6.2.3). */
function securityObject(groups: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const hashes = [...groups]
    .sort(([a], [b]) => a - b)
    .map(([number, bytes]) => sequence(integer(number), octetString(digest('sha256', bytes))));
  return sequence(integer(0), sha256(), sequence(...hashes));
}

export interface SigningParty {
  signer: Signer;
  certificate: Uint8Array;
  identity: { issuer: Uint8Array; serial: Uint8Array };
}

/** EF.SOD: CMS SignedData (RFC 5652, 5) around the hashes of the data groups, the document signer's certificate inside. */
export function signedSecurityObject(groups: ReadonlyMap<number, Uint8Array>, party: SigningParty): Uint8Array {
  const content = securityObject(groups);
  const attributes = [
    sequence(oid('1.2.840.113549.1.9.3'), setOf(oid(securityObjectOid))),
    sequence(oid('1.2.840.113549.1.9.4'), setOf(octetString(digest('sha256', content)))),
  ];
  // Signed as a SET, sent under [0] (RFC 5652, 5.4); of two attributes the shorter stands first in DER.
  const signature = party.signer.sign(setOf(...attributes));
  const signerInfo = sequence(
    integer(1),
    sequence(party.identity.issuer, party.identity.serial),
    sha256(),
    context(0, ...attributes),
    party.signer.algorithm,
    octetString(signature),
  );
  const signedData = sequence(
    integer(3),
    setOf(sha256()),
    sequence(oid(securityObjectOid), context(0, octetString(content))),
    context(0, party.certificate),
    setOf(signerInfo),
  );
  return tlv(0x77, sequence(oid('1.2.840.113549.1.7.2'), context(0, signedData)));
}
