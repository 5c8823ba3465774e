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

/** A broker may have learnt of a new authority since: after so long the new files are tried once more at the next connection. */
const triedAgainAfterMs = 3_600_000;

/**
 * What the robot shows a broker. Files are read anew for every connection, so a renewal needs no restart. The files that a broker last took
 * are remembered until the end of the program: it goes back to them, while they are valid, when brokers refuse newer ones.
 */
export class BrokerAccess {
  private readonly options: BrokerAccessOptions;
  private current: TlsMaterial | null = null;
  private proven: TlsMaterial | null = null;
  /** Files that a broker refused though it took the ones before; monotonic ms. */
  private refused: { digest: string; untilMs: number } | null = null;
  private badDigest: string | null = null;
  private reportedDigest: string | null = null;

  constructor(options: BrokerAccessOptions) {
    this.options = options;
  }

  /** Of the files in use; null before the first connection or without TLS. */
  get material(): TlsMaterial | null {
    return this.current;
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
   * stay in use until the new ones are, and so do files that a broker took until it takes the new ones.
   */
  tls(): { material: TlsMaterial; serverName: string | undefined } {
    const material = this.choose();
    this.current = material;
    return { material, serverName: this.options.tls?.serverName };
  }

  /** A broker let the robot in with what {@link BrokerAccess.tls} gave last. */
  onAccepted(): void {
    this.proven = this.current;
  }

  /**
   * A broker refused what {@link BrokerAccess.tls} gave last. Answers `QUEUE_CERTIFICATE_REFUSED` when those were new files and the robot goes
   * back to the ones before; null when there is nothing to go back to. Where a broker refuses both, they are tried in turn.
   */
  onRefused(fault: ErrorInfo): ErrorInfo | null {
    const { current, proven } = this;
    this.refused = null;
    if (!current || !proven || current.digest === proven.digest || !this.isValid(proven)) return null;
    this.refused = { digest: current.digest, untilMs: this.options.clock.monotonicMs() + triedAgainAfterMs };
    const endsAtMs = Math.min(...proven.dates.map(({ expiresAtMs }) => expiresAtMs));
    const until = Number.isFinite(endsAtMs) ? `, good until ${new Date(endsAtMs).toISOString().slice(0, 10)}` : '';
    return { code: 'QUEUE_CERTIFICATE_REFUSED', detail: `the files before are in use again${until}; of the new ones: ${fault.detail}` };
  }

  /**
   * To be asked now and then: `renewed` when good new files lie on the disk, a fault when bad ones do. Certificate and key are two files
   * and cannot be replaced at one moment, so a fault is told only when the same files are bad twice in a row; and once.
   */
  look(): 'same' | 'renewed' | ErrorInfo {
    const { tls, clock } = this.options;
    if (!tls || !this.current) return 'same';
    const digest = digestOfFiles(tls);
    if (digest === this.current.digest || digest === this.refused?.digest) return 'same';
    try {
      readTlsFiles(tls, clock.nowMs());
      return 'renewed';
    } catch (error) {
      const seenBefore = digest === this.badDigest;
      this.badDigest = digest;
      if (!seenBefore || digest === this.reportedDigest) return 'same';
      this.reportedDigest = digest;
      const { code, detail } = toErrorInfo(error, 'QUEUE_TLS');
      return { code, detail: `new files are not used: ${detail}` };
    }
  }

  private choose(): TlsMaterial {
    const { tls = {}, clock } = this.options;
    try {
      const read = readTlsFiles(tls, clock.nowMs());
      return this.proven && this.isRefused(read.digest) && this.isValid(this.proven) ? this.proven : read;
    } catch (error) {
      if (!this.current) throw error;
      return this.current;
    }
  }

  private isRefused(digest: string): boolean {
    return this.refused?.digest === digest && this.options.clock.monotonicMs() < this.refused.untilMs;
  }

  private isValid({ dates }: TlsMaterial): boolean {
    const nowMs = this.options.clock.nowMs();
    return dates.every(({ expiresAtMs }) => expiresAtMs > nowMs);
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
