import type { Card, Client, Reader } from 'pcsc-mini';
import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { ErrorInfo } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal } from '../../src/core/signal.ts';

/** pcsc-mini is an optional package: its module, or a test's own. */
export type PcscModule = typeof import('pcsc-mini');
export type LoadPcsc = () => Promise<PcscModule>;
const loadPcsc: LoadPcsc = () => import('pcsc-mini');

/** A reader that the service knows, as of its last word. */
export interface KnownReader {
  name: string;
  cardPresent: boolean;
  /** A card that does not answer to its reset. */
  mute: boolean;
  /** Answer to reset of the present card; empty without one. */
  atr: Uint8Array;
  /** Powers the card and keeps every other program from it. Rejects with a `code` of PC/SC. */
  connect(): Promise<Card>;
}

/** `asking`: not known yet. */
export type ServiceState = { kind: 'asking' } | { kind: 'running' } | { kind: 'missing'; error: ErrorInfo };

/** A service that is started, or started again, is found within a second. */
const retryMs = 700;

/**
 * Stopping waits for pcsc-mini's thread, and the whole process with it. The thread only hears of it while it waits for news (SCardCancel
 * does nothing in between), so it is given this long to get there after a start or after its last news.
 */
const quietMs = 500;

/**
 * Clients whose service went away. pcsc-mini 0.1.3 throws out of their finalizer, past every handler, when they are collected; so they
 * are not: some kB for each loss of the service.
 */
const lostClients = new Set<Client>();

/** The PC/SC service and its readers; it may come and go. */
export class PcscService {
  /** Fires when the state, the list of readers or one of them has changed. */
  readonly changed = new Signal<void>();
  readonly readers = new Map<string, KnownReader>();
  state: ServiceState = { kind: 'asking' };
  private readonly options: { clock: Clock; logger: Logger; load?: LoadPcsc };
  private pcsc: PcscModule | null = null;
  private client: Client | null = null;
  private cancelRetry: Cancel = () => {};
  private lastNewsMs = 0;
  private ended = false;

  constructor(options: { clock: Clock; logger: Logger; load?: LoadPcsc }) {
    this.options = options;
    (options.load ?? loadPcsc)().then(
      (pcsc) => {
        this.pcsc = pcsc;
        this.start();
      },
      () => this.miss('the optional package "pcsc-mini" is not installed'),
    );
  }

  /** Power off, so that the next session begins anew. Never rejects: a card that is gone needs none. */
  async release(card: Card): Promise<void> {
    if (this.pcsc) await card.disconnect(this.pcsc.CardDisposition.UNPOWER).catch(() => {});
  }

  /** The reader's own limit for a message, as it tells it; null when it does not. */
  async maximumInput(card: Card): Promise<Uint8Array | null> {
    const attribute = this.pcsc?.attributes.ids.MAX_INPUT;
    return attribute === undefined ? null : card.attributeGet(attribute).catch(() => null);
  }

  /** Begins anew with the service: for when pcsc-mini has no place for a connection left, as after failed disconnections. */
  renew(): void {
    const { client } = this;
    this.client = null;
    this.readers.clear();
    if (client) void this.stop(client);
    this.start();
  }

  /** Takes half a second or more, see `quietMs`. */
  async close(): Promise<void> {
    this.ended = true;
    this.cancelRetry();
    const { client } = this;
    this.client = null;
    this.readers.clear();
    if (client?.running()) await this.stop(client);
  }

  private start(): void {
    if (this.ended || !this.pcsc) return;
    const client = this.client ?? this.newClient(this.pcsc);
    this.client = client;
    try {
      client.start();
    } catch (error) {
      this.miss(`the PC/SC service does not answer (${codeOf(error)})`);
      this.cancelRetry = this.options.clock.after(retryMs, () => this.start());
      return;
    }
    this.lastNewsMs = this.options.clock.monotonicMs();
    if (this.state.kind === 'missing') this.options.logger.info({}, 'PC/SC service found');
    this.state = { kind: 'running' };
    this.changed.emit();
  }

  private newClient({ Client, ReaderStatus }: PcscModule): Client {
    const client = new Client();
    client.on('reader', (reader) => this.follow(reader, client, ReaderStatus));
    client.on('error', (error) => {
      lostClients.add(client);
      if (this.client === client) this.lose(error.code);
    });
    return client;
  }

  private follow(reader: Reader, client: Client, flags: PcscModule['ReaderStatus']): void {
    const name = reader.name();
    const { CardMode } = this.pcsc ?? {};
    if (this.client !== client || !CardMode) return;
    const connect = () => reader.connect(CardMode.EXCLUSIVE);
    // Its first change follows at once.
    reader.on('change', (status, atr) => {
      this.lastNewsMs = this.options.clock.monotonicMs();
      if (this.client !== client) return;
      const cardPresent = status.has(flags.PRESENT);
      this.set({ name, cardPresent, mute: status.has(flags.MUTE), atr: Uint8Array.from(cardPresent ? atr : []), connect });
    });
    reader.on('disconnect', () => {
      if (this.client !== client) return;
      this.readers.delete(name);
      this.changed.emit();
    });
  }

  private set(reader: KnownReader): void {
    this.readers.set(reader.name, reader);
    this.changed.emit();
  }

  /** A client whose service went away cannot be started again. */
  private lose(code: string): void {
    this.client = null;
    this.readers.clear();
    this.miss(`the PC/SC service was lost (${code})`);
    this.cancelRetry();
    this.cancelRetry = this.options.clock.after(retryMs, () => this.start());
  }

  /** Resolves when the client is stopped, or lost. It is referred to until then: collected while it runs, it would be stopped at once. */
  private stop(client: Client): Promise<void> {
    const { clock } = this.options;
    // Whatever was let go of before makes news.
    this.lastNewsMs = clock.monotonicMs();
    return new Promise((resolve) => {
      const look = () => {
        const leftMs = this.lastNewsMs + quietMs - clock.monotonicMs();
        if (leftMs > 0) return void clock.after(leftMs, look);
        if (!lostClients.has(client)) stopNow(client);
        resolve();
      };
      look();
    });
  }

  private miss(detail: string): void {
    if (this.ended) return;
    if (this.state.kind !== 'missing') this.options.logger.warn({ reason: detail }, 'no PC/SC service; trying on');
    this.state = { kind: 'missing', error: { code: 'CARD_READER_SERVICE', detail } };
    this.changed.emit();
  }
}

function stopNow(client: Client): void {
  try {
    client.stop();
  } catch {
    // The service went away in this very moment.
    lostClients.add(client);
  }
}

/** The name pcsc-mini gives to a PC/SC error, such as `SharingViolation`, or the code of one of ours. */
export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown error');
