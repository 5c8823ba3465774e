import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { LetanError } from '../../core/errors.ts';
import type { CheckResult } from './chip.ts';

/** Certificates of country signing authorities (CSCA) that the site trusts. */
export interface TrustAnchors {
  readonly certificates: readonly X509Certificate[];
}

const certificateFiles = new Set(['.cer', '.crt', '.der', '.pem']);
const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads every certificate (.cer, .crt, .der, .pem) of a folder. Throws `CONFIG_INVALID` where there is none or one is malformed. */
export function readTrustAnchors(folder: string): TrustAnchors {
  const files = namesIn(folder).filter((name) => certificateFiles.has(extname(name).toLowerCase()));
  const certificates = files.toSorted().flatMap((name) => readCertificateFile(join(folder, name)));
  if (certificates.length === 0) throw new LetanError('CONFIG_INVALID', `${folder} holds no CSCA certificate (.cer, .crt, .der, .pem)`);
  return { certificates };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new LetanError('CONFIG_INVALID', `the CSCA folder ${folder} cannot be read`, { cause: error });
  }
}

function readCertificateFile(file: string): X509Certificate[] {
  try {
    const bytes = readFileSync(file);
    const blocks = bytes.toString('latin1').match(pemCertificate) ?? [bytes];
    const certificates = blocks.map((block) => new X509Certificate(block));
    if (certificates.some((certificate) => !certificate.ca)) throw new TypeError('it may not issue certificates');
    return certificates;
  } catch (error) {
    throw new LetanError('CONFIG_INVALID', `${file} is not the certificate of a CSCA (X.509, DER or PEM)`, { cause: error });
  }
}

/**
 * Chain of a document signer to an anchor. `failed`: it names an authority of the folder, which did not sign it. `notDone`: no anchor has
 * the name of its issuer, or signer or anchor is not valid at `nowMs`: a folder that is not complete, an expired certificate or a wrong
 * clock makes no card a forgery.
 */
export function checkIssuer(signer: X509Certificate, anchors: TrustAnchors | null, nowMs: number): CheckResult {
  if (!anchors) return 'notDone';
  const issuer = anchors.certificates.find((anchor) => issued(anchor, signer));
  if (!issuer) return anchors.certificates.some(({ subject }) => subject === signer.issuer) ? 'failed' : 'notDone';
  return isValid(signer, nowMs) && isValid(issuer, nowMs) ? 'passed' : 'notDone';
}

function issued(anchor: X509Certificate, signer: X509Certificate): boolean {
  try {
    return signer.checkIssued(anchor) && signer.verify(anchor.publicKey);
  } catch {
    return false;
  }
}

function isValid({ validFrom, validTo }: X509Certificate, nowMs: number): boolean {
  return Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validTo);
}
