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

  close(): void {
    this.ended = true;
    this.cancelRetry();
    this.dropClient();
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
    if (this.state.kind === 'missing') this.options.logger.info({}, 'PC/SC service found');
    this.state = { kind: 'running' };
    this.changed.emit();
  }

  private newClient({ Client, ReaderStatus }: PcscModule): Client {
    const client = new Client();
    client.on('reader', (reader) => this.follow(reader, client, ReaderStatus));
    client.on('error', (error) => {
      if (this.client === client) this.lose(error.code);
    });
    return client;
  }

  private follow(reader: Reader, client: Client, flags: PcscModule['ReaderStatus']): void {
    const name = reader.name();
    const { CardMode } = this.pcsc ?? {};
    if (this.client !== client || !CardMode) return;
    const connect = () => reader.connect(CardMode.EXCLUSIVE);
    this.set({ name, cardPresent: false, mute: false, atr: new Uint8Array(), connect });
    reader.on('change', (status, atr) => {
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
    this.dropClient();
    this.miss(`the PC/SC service was lost (${code})`);
    this.cancelRetry();
    this.cancelRetry = this.options.clock.after(retryMs, () => this.start());
  }

  private dropClient(): void {
    const { client } = this;
    this.client = null;
    this.readers.clear();
    try {
      client?.stop();
    } catch {
      // The service is gone: nothing is left to be stopped.
    }
  }

  private miss(detail: string): void {
    if (this.ended) return;
    if (this.state.kind !== 'missing') this.options.logger.warn({ reason: detail }, 'no PC/SC service; trying on');
    this.state = { kind: 'missing', error: { code: 'CARD_READER_SERVICE', detail } };
    this.changed.emit();
  }
}

/** The name pcsc-mini gives to a PC/SC error, such as `SharingViolation`, or the code of one of ours. */
export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown error');
