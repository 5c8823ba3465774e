import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM texts, as the `tls` options of clients take them. */
export interface Identity {
  ca: Buffer;
  cert: Buffer;
  key: Buffer;
}

export interface Authority {
  certificate: string;
  key: string;
}

const openssl = (args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'ignore'] });
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** An authority of somebody else's. */
export function makeAuthority(folder: string): Authority {
  mkdirSync(folder, { recursive: true });
  const authority = { certificate: join(folder, 'ca.crt'), key: join(folder, 'ca.key') };
  openssl(['req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=somebody', '-keyout', authority.key, '-out', authority.certificate]);
  return authority;
}

/** A certificate as no `letan broker` would make it. `days` -1: it ended yesterday. Slashes in the name are quoted. */
export function issue(
  folder: string,
  { name, authority, days = 2, extensions }: { name: string; authority: Authority; days?: number; extensions: string[] },
): { certificate: string; key: string } {
  mkdirSync(folder, { recursive: true });
  const file = (ending: string) => join(folder, `issued.${ending}`);
  const subject = `/CN=${name.replaceAll('/', '\\/').replaceAll('+', '\\+')}`;
  openssl(['req', '-new', ...newKey, '-subj', subject, '-keyout', file('key'), '-out', file('csr')]);
  writeFileSync(file('ext'), `${extensions.join('\n')}\n`);
  const by = ['-CA', authority.certificate, '-CAkey', authority.key, '-set_serial', '77'];
  openssl(['x509', '-req', '-in', file('csr'), ...by, '-days', String(days), '-extfile', file('ext'), '-out', file('crt')]);
  return { certificate: file('crt'), key: file('key') };
}

export const forClients = ['extendedKeyUsage=clientAuth'];

export function readIdentity(ca: string, pair: { certificate: string; key: string }): Identity {
  return { ca: readFileSync(ca), cert: readFileSync(pair.certificate), key: readFileSync(pair.key) };
}
