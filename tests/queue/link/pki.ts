import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM files of one party. */
export interface Papers {
  certificate: string;
  key: string;
}

export interface Pki {
  /** Certificate of the authority. */
  ca: string;
  /** A server's certificate; `name` is the DNS name or IP address in it. `days` may be negative: expired. */
  server(name: string, days?: number): Papers;
  client(name: string, days?: number): Papers;
}

const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
let serial = 0;

/** An authority in `folder`, made with the openssl command line. `faketime` is not needed: an expired certificate is made by dates. */
export function makePki(folder: string, name = 'ca'): Pki {
  const at = (file: string) => join(folder, `${name}-${file}`);
  const ca = at('ca.crt');
  const caKey = at('ca.key');
  const p256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...p256, '-days', '3650', '-subj', `/CN=letan test authority ${name}`, '-keyout', caKey, '-out', ca);
  const issue = (who: string, days: number, extensions: string): Papers => {
    const file = at(`${++serial}`);
    const papers = { certificate: `${file}.crt`, key: `${file}.key` };
    openssl('req', ...p256, '-subj', `/CN=${who}`, '-keyout', papers.key, '-out', `${file}.csr`);
    writeFileSync(`${file}.ext`, extensions);
    const signing = ['-CA', ca, '-CAkey', caKey, '-set_serial', String(1000 + serial), '-extfile', `${file}.ext`];
    openssl('x509', '-req', '-in', `${file}.csr`, ...signing, '-days', String(days), '-out', papers.certificate);
    chmodSync(papers.key, 0o644);
    return papers;
  };
  return {
    ca,
    server: (host, days = 365) =>
      issue(host, days, `subjectAltName=${/^[\d.]+$/.test(host) ? 'IP' : 'DNS'}:${host}\nextendedKeyUsage=serverAuth\n`),
    client: (who, days = 365) => issue(who, days, 'extendedKeyUsage=clientAuth\n'),
  };
}

/** Puts `papers` in place of `old`, as a technician would: one file after the other. */
export function replace(old: Papers, papers: Papers): void {
  copyFileSync(papers.certificate, old.certificate);
  copyFileSync(papers.key, old.key);
}
