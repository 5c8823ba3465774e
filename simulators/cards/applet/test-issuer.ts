import type { Random } from '../../../src/core/random.ts';
import { randomBytes, toBigInt } from './bytes.ts';
import { digest } from './ciphers.ts';
import type { CurveForm } from './curves.ts';
import { bitString, boolean, context, integer, octetString, oid, printableString, sequence, setOf, utcTime, utf8String } from './der.ts';
import { drawSigner, type SignatureScheme, type Signer } from './signer.ts';
import { signedSecurityObject } from './sod.ts';
import { tlv } from './tlv.ts';

export interface IssuerOptions {
  random: Random;
  /** Default: brainpoolP256r1. */
  scheme?: SignatureScheme;
  /** How certificates and data groups write curves; ICAO 9303-12 asks for `explicit`, the default. */
  curves?: CurveForm;
  /** Common name of the authority; another one for a second authority. */
  name?: string;
  /** Validity of both certificates, ISO 8601 in UTC. */
  valid?: { from: string; until: string };
}

/** The certificate's issuer and its serial number, as CMS names the signer. */
export interface SignerIdentity {
  issuer: Uint8Array;
  serial: Uint8Array;
}

const nameOf = (commonName: string) =>
  sequence(
    setOf(sequence(oid('2.5.4.6'), printableString('VN'))),
    setOf(sequence(oid('2.5.4.10'), utf8String('Letan Simulation'))),
    setOf(sequence(oid('2.5.4.3'), utf8String(commonName))),
  );

const extension = (id: string, critical: boolean, value: Uint8Array) =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));

const keyIdentifier = (signer: Signer) => digest('sha1', signer.publicKeyInfo);

/** Key usage as a bit string: keyCertSign and cRLSign, or digitalSignature. */
const usage = (authority: boolean) => (authority ? Uint8Array.of(0x03, 2, 1, 0x06) : Uint8Array.of(0x03, 2, 7, 0x80));

/** Who signs citizen cards of the simulation: an authority (CSCA) and its document signer, keys drawn anew. Signs nothing real. */
export class TestIssuer {
  /** Certificate of the authority, DER: what goes into a CSCA folder. */
  readonly cscaCertificate: Uint8Array;
  readonly signerCertificate: Uint8Array;
  readonly curves: CurveForm;
  private readonly signer: Signer;
  private readonly identity: SignerIdentity;
  private readonly valid: { from: string; until: string };

  constructor(options: IssuerOptions) {
    const { random, scheme = 'brainpoolP256r1', curves = 'explicit', name = 'Test CSCA' } = options;
    this.valid = options.valid ?? { from: '2020-01-01T00:00:00Z', until: '2045-01-01T00:00:00Z' };
    this.curves = curves;
    const authority = drawSigner(random, scheme, curves);
    this.signer = drawSigner(random, scheme, curves);
    const issuer = nameOf(name);
    const serial = integer(toBigInt(randomBytes(random, 8)) | 1n);
    this.cscaCertificate = this.certificate(authority, authority, { issuer, serial: integer(1) }, issuer);
    this.identity = { issuer, serial };
    this.signerCertificate = this.certificate(authority, this.signer, this.identity, nameOf(`${name} document signer`));
  }

  /** EF.SOD over the data groups, numbered. */
  sign(groups: ReadonlyMap<number, Uint8Array>): Uint8Array {
    return signedSecurityObject(groups, { signer: this.signer, certificate: this.signerCertificate, identity: this.identity });
  }

  /** X.509 v3 (RFC 5280, 4.1). */
  private certificate(authority: Signer, subject: Signer, { issuer, serial }: SignerIdentity, subjectName: Uint8Array): Uint8Array {
    const isAuthority = subject === authority;
    const extensions = [
      extension('2.5.29.35', false, sequence(tlv(0x80, keyIdentifier(authority)))),
      extension('2.5.29.14', false, octetString(keyIdentifier(subject))),
      extension('2.5.29.15', true, usage(isAuthority)),
      ...(isAuthority ? [extension('2.5.29.19', true, sequence(boolean(true), integer(0)))] : []),
    ];
    const body = sequence(
      context(0, integer(2)),
      serial,
      authority.algorithm,
      issuer,
      sequence(utcTime(this.valid.from), utcTime(this.valid.until)),
      subjectName,
      subject.publicKeyInfo,
      context(3, sequence(...extensions)),
    );
    return sequence(body, authority.algorithm, bitString(authority.sign(body)));
  }
}
