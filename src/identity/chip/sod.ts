import { constants, createHash, type KeyObject, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import { contentOf, find, objectId, partsOf, readTlv, readTlvs, smallInteger, type Tlv } from './der.ts';

/** Hashes by object id; names as OpenSSL has them. */
const hashes: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Signature algorithms that name their hash. */
const rsaWithHash: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.14': 'sha224',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
};
const ecdsaWithHash: Readonly<Record<string, string>> = {
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.1': 'sha224',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};
const rsaEncryption = '1.2.840.113549.1.1.1';
const rsaPss = '1.2.840.113549.1.1.10';
const signedData = '1.2.840.113549.1.7.2';
const ldsSecurityObject = '2.23.136.1.1.1';
const contentTypeAttribute = '1.2.840.113549.1.9.3';
const messageDigestAttribute = '1.2.840.113549.1.9.4';
/** One document signer signs; a few more may lie beside it. */
const mostCertificates = 8;

/** EF.SOD, taken apart: CMS SignedData (RFC 5652) around an LDS security object (9303-10, 4.6.2). */
export interface SecurityObject {
  hash: string;
  /** Hash of each data group, by its number. */
  groupHashes: ReadonlyMap<number, Uint8Array>;
  certificates: readonly X509Certificate[];
  /** What is signed, the signature, and how. */
  content: Uint8Array;
  signer: SignerInfo;
}

interface SignerInfo {
  hash: string | null;
  /** SET OF attributes as it is signed; null where the content itself is. */
  attributes: Uint8Array | null;
  contentType: string | null;
  messageDigest: Uint8Array | null;
  algorithm: Tlv;
  signature: Uint8Array;
}

/** Takes EF.SOD apart; null where it is not what its standards say. */
export function readSecurityObject(file: Uint8Array): SecurityObject | null {
  const [type, wrapped] = partsOf(readTlv(contentOf(readTlv(file), 0x77) ?? new Uint8Array(0)), 0x30);
  if (objectId(type) !== signedData) return null;
  const parts = partsOf(readTlv(contentOf(wrapped, 0xa0) ?? new Uint8Array(0)), 0x30);
  const [contentType, contentBox] = partsOf(parts[2], 0x30);
  const content = find(contentOf(contentBox, 0xa0) ?? new Uint8Array(0), 0x04);
  const signer = readSigner(partsOf(parts.at(-1), 0x31)[0]);
  if (objectId(contentType) !== ldsSecurityObject || !content || !signer) return null;
  const [, algorithm, list] = partsOf(readTlv(content), 0x30);
  const hash = hashOf(algorithm);
  if (hash === null) return null;
  const groupHashes = new Map<number, Uint8Array>();
  for (const entry of partsOf(list, 0x30)) {
    const [number, value] = partsOf(entry, 0x30);
    const group = smallInteger(number);
    const digest = contentOf(value, 0x04);
    if (group === null || !digest || groupHashes.has(group)) return null;
    groupHashes.set(group, digest);
  }
  const certificates = readCertificates(parts.find((part) => part.tag === 0xa0)?.value);
  return { hash, groupHashes, certificates, content, signer };
}

function readSigner(info: Tlv | undefined): SignerInfo | null {
  const [, , digest, ...rest] = partsOf(info, 0x30);
  const attributes = rest[0]?.tag === 0xa0 ? rest.shift() : undefined;
  const [algorithm, signatureBox] = rest;
  const signature = contentOf(signatureBox, 0x04);
  if (!algorithm || !signature) return null;
  // Signed as a SET OF, sent as [0] (RFC 5652, 5.4).
  const signed = attributes ? Buffer.from(attributes.whole) : null;
  if (signed) signed[0] = 0x31;
  const list = attributes ? (readTlvs(attributes.value) ?? []) : [];
  return {
    hash: hashOf(digest),
    attributes: signed,
    contentType: objectId(attribute(list, contentTypeAttribute)),
    messageDigest: contentOf(attribute(list, messageDigestAttribute), 0x04),
    algorithm,
    signature,
  };
}

function attribute(list: readonly Tlv[], type: string): Tlv | undefined {
  const found = list.map((entry) => partsOf(entry, 0x30)).filter(([id]) => objectId(id) === type);
  const values = partsOf(found[0]?.[1], 0x31);
  return found.length === 1 && values.length === 1 ? values[0] : undefined;
}

function hashOf(algorithm: Tlv | undefined): string | null {
  return hashes[objectId(partsOf(algorithm, 0x30)[0]) ?? ''] ?? null;
}

function readCertificates(set: Uint8Array | undefined): X509Certificate[] {
  return (set ? (readTlvs(set) ?? []) : []).slice(0, mostCertificates).flatMap((certificate) => {
    try {
      return [new X509Certificate(certificate.whole)];
    } catch {
      return [];
    }
  });
}

/** True where the data group is the one that was signed. */
export function hashMatches(object: SecurityObject, group: number, file: Uint8Array): boolean {
  const expected = object.groupHashes.get(group);
  const actual = createHash(object.hash).update(file).digest();
  return expected?.length === actual.length && timingSafeEqual(expected, actual);
}

/** The document signer whose signature it is; `unknown` where the card brings none or the algorithm is not one of ours. */
export function verifySignature(object: SecurityObject): X509Certificate | 'failed' | 'unknown' {
  const { signer, content } = object;
  if (signer.attributes) {
    if (signer.contentType !== ldsSecurityObject || !signer.messageDigest) return 'failed';
    if (signer.hash === null) return 'unknown';
    if (!createHash(signer.hash).update(content).digest().equals(signer.messageDigest)) return 'failed';
  }
  const scheme = schemeOf(signer);
  if (!scheme || object.certificates.length === 0) return 'unknown';
  const signed = signer.attributes ?? content;
  return object.certificates.find((certificate) => isSigned(scheme, signed, certificate, signer.signature)) ?? 'failed';
}

type Scheme = { kind: 'rsa' | 'ec'; hash: string } | { kind: 'pss'; hash: string; saltBytes: number };

function schemeOf({ algorithm, hash }: SignerInfo): Scheme | null {
  const [id, parameters] = partsOf(algorithm, 0x30);
  const name = objectId(id) ?? '';
  if (name === rsaPss) return pssOf(parameters);
  const rsaHash = name === rsaEncryption ? hash : rsaWithHash[name];
  if (rsaHash) return { kind: 'rsa', hash: rsaHash };
  const ecHash = ecdsaWithHash[name];
  return ecHash ? { kind: 'ec', hash: ecHash } : null;
}

/** RSASSA-PSS parameters (RFC 4055), SHA-1 and 20 bytes of salt unless said. Null where the mask's hash is another: OpenSSL takes one. */
function pssOf(parameters: Tlv | undefined): Scheme | null {
  const given = partsOf(parameters, 0x30);
  const inside = (tag: number) => readTlv(given.find((part) => part.tag === tag)?.value ?? new Uint8Array(0));
  const hash = inside(0xa0) ? hashOf(inside(0xa0) ?? undefined) : 'sha1';
  const mask = inside(0xa1) ? hashOf(partsOf(inside(0xa1), 0x30)[1]) : 'sha1';
  const saltBytes = inside(0xa2) ? smallInteger(inside(0xa2)) : 20;
  return hash !== null && hash === mask && saltBytes !== null && saltBytes <= 64 ? { kind: 'pss', hash, saltBytes } : null;
}

function isSigned(scheme: Scheme, signed: Uint8Array, certificate: X509Certificate, signature: Uint8Array): boolean {
  try {
    return verify(scheme.hash, signed, keyFor(scheme, certificate.publicKey), signature);
  } catch {
    return false;
  }
}

function keyFor(scheme: Scheme, key: KeyObject): Parameters<typeof verify>[2] {
  const isRsa = key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss';
  if (isRsa !== (scheme.kind !== 'ec')) throw new TypeError('key and algorithm differ');
  if (scheme.kind !== 'pss') return key;
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltBytes };
}
