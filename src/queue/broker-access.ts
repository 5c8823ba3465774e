import { readFileSync } from 'node:fs';
import type { Clock } from '../core/clock.ts';
import { type ErrorInfo, LetanError, toErrorInfo } from '../core/errors.ts';
import { digestOfFiles, readTlsFiles, type TlsFiles, type TlsMaterial } from './certificates.ts';

export interface BrokerAccessOptions {
  username?: string | undefined;
  password?: string | undefined;
  /** Read at every connection; surrounding white space is cut off. */
  passwordFile?: string | undefined;
  tls?: TlsFiles | undefined;
  clock: Clock;
}

/** What the robot shows a broker. Files are read anew for every connection, so a renewal needs no restart. */
export class BrokerAccess {
  private readonly options: BrokerAccessOptions;
  private good: TlsMaterial | null = null;
  private refusedDigest: string | null = null;
  private reportedDigest: string | null = null;

  constructor(options: BrokerAccessOptions) {
    this.options = options;
  }

  /** Of the files in use; null before the first connection or without TLS. */
  get material(): TlsMaterial | null {
    return this.good;
  }

  get ownCertificate(): boolean {
    return this.options.tls?.certificateFile !== undefined;
  }

  /** Throws `QUEUE_NOT_AUTHORISED` where the password cannot be read. */
  credentials(): { username?: string; password?: string } {
    const { username, password, passwordFile } = this.options;
    const secret = passwordFile === undefined ? password : readPassword(passwordFile);
    return { ...(username === undefined ? {} : { username }), ...(secret === undefined ? {} : { password: secret }) };
  }

  /**
   * The TLS part of a connection. Throws `QUEUE_TLS` when the files cannot be used and none were good before; files that were good
   * stay in use until the new ones are.
   */
  tls(): { material: TlsMaterial; serverName: string | undefined } {
    const { tls = {}, clock } = this.options;
    try {
      this.good = readTlsFiles(tls, clock.nowMs());
    } catch (error) {
      if (!this.good) throw error;
    }
    return { material: this.good, serverName: tls.serverName };
  }

  /**
   * To be asked now and then: `renewed` when good new files lie on the disk, a fault when bad ones do. Certificate and key are two files
   * and cannot be replaced at one moment, so a fault is told only when the same files are bad twice in a row; and once.
   */
  look(): 'same' | 'renewed' | ErrorInfo {
    const { tls, clock } = this.options;
    if (!tls || !this.good) return 'same';
    const digest = digestOfFiles(tls);
    if (digest === this.good.digest) return 'same';
    try {
      readTlsFiles(tls, clock.nowMs());
      return 'renewed';
    } catch (error) {
      const seenBefore = digest === this.refusedDigest;
      this.refusedDigest = digest;
      if (!seenBefore || digest === this.reportedDigest) return 'same';
      this.reportedDigest = digest;
      const { code, detail } = toErrorInfo(error, 'QUEUE_TLS');
      return { code, detail: `new files are not used: ${detail}` };
    }
  }
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const words = error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'no such file' : 'cannot be read';
    throw new LetanError('QUEUE_NOT_AUTHORISED', `passwordFile ${file}: ${words}`, { cause: error });
  }
}
