import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LetanError } from '../core/errors.ts';
import type { CertificateDates } from './transport.ts';

/** `queue.tls` of the configuration: PEM files. */
export interface TlsFiles {
  caFile?: string | undefined;
  certificateFile?: string | undefined;
  keyFile?: string | undefined;
  serverName?: string | undefined;
}

/** What a TLS connection needs, read and checked. */
export interface TlsMaterial {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  dates: CertificateDates[];
  /** Of all files; another one means that a file was replaced. */
  digest: string;
}

const fault = (detail: string, cause?: unknown) => new LetanError('QUEUE_TLS', detail, { cause });

function readPem(what: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    const words = code === 'ENOENT' ? 'no such file' : code === 'EACCES' ? 'may not be read by this user' : 'cannot be read';
    throw fault(`${what} ${file}: ${words}`, error);
  }
}

function parseCertificate(what: string, file: string, pem: Buffer): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw fault(`${what} ${file}: no certificate in PEM form`, error);
  }
}

function parseKey(file: string, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw fault(`keyFile ${file}: no private key in PEM form, or one behind a password`, error);
  }
}

function checkDates(what: string, file: string, certificate: X509Certificate, nowMs: number): void {
  const clock = `the robot's clock says ${new Date(nowMs).toISOString().slice(0, 16)}Z`;
  if (Date.parse(certificate.validTo) <= nowMs) throw fault(`${what} ${file}: expired on ${certificate.validTo}; ${clock}`);
  if (Date.parse(certificate.validFrom) > nowMs) throw fault(`${what} ${file}: valid from ${certificate.validFrom} only; ${clock}`);
}

/** Digest of the files as they are on disk; null for one that cannot be read. */
export function digestOfFiles(files: TlsFiles): string {
  const hash = createHash('sha256');
  for (const file of [files.caFile, files.certificateFile, files.keyFile]) {
    if (file === undefined) continue;
    try {
      hash.update(file).update(readFileSync(file));
    } catch {
      hash.update('unreadable');
    }
  }
  return hash.digest('base64');
}

/** Reads and checks the files. Throws `QUEUE_TLS` naming the file and its fault: missing, unreadable, no PEM, not a pair, expired. */
export function readTlsFiles(files: TlsFiles, nowMs: number): TlsMaterial {
  const { caFile, certificateFile, keyFile } = files;
  const digest = digestOfFiles(files);
  const dates: CertificateDates[] = [];
  const material: TlsMaterial = { dates, digest };
  if (caFile !== undefined) {
    material.ca = readPem('caFile', caFile);
    const authority = parseCertificate('caFile', caFile, material.ca);
    checkDates('caFile', caFile, authority, nowMs);
    dates.push({ whose: 'authority', expiresAtMs: Date.parse(authority.validTo) });
  }
  if ((certificateFile === undefined) !== (keyFile === undefined)) throw fault('certificateFile and keyFile go together: one is missing');
  if (certificateFile === undefined || keyFile === undefined) return material;
  material.cert = readPem('certificateFile', certificateFile);
  material.key = readPem('keyFile', keyFile);
  const certificate = parseCertificate('certificateFile', certificateFile, material.cert);
  if (!certificate.checkPrivateKey(parseKey(keyFile, material.key)))
    throw fault(`keyFile ${keyFile} is not the key of certificateFile ${certificateFile}`);
  checkDates('certificateFile', certificateFile, certificate, nowMs);
  dates.push({ whose: 'robot', expiresAtMs: Date.parse(certificate.validTo) });
  return material;
}
