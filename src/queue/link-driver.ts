import { z } from 'zod';
import type { Cancel, Clock } from '../core/clock.ts';
import { type ErrorInfo, toErrorInfo } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { Backoff } from './backoff.ts';
import { connectionSchema, contractVersion, maxPayloadBytes, type RequestBody } from './contract.ts';
import type { Intake } from './intake.ts';
import { type LinkAction, type LinkInput, type LinkState, stepLink } from './link-session.ts';
import { Refusal, type Requests } from './requests.ts';
import type { TransportMessage } from './transport.ts';

export type LinkStatus = { online: true } | { online: false; error: ErrorInfo };

export interface LinkDriverOptions {
  requests: Requests;
  intake: Intake;
  clock: Clock;
  random: Random;
  ids: Ids;
  logger: Logger;
  /** Deadline of a hello, ms; its answer still counts later, see {@link LinkDriver}. */
  requestTimeoutMs: number;
  hello: () => RequestBody<'hello'>;
  /** Online came or went, or the cause of being offline is another. */
  onStatus: (status: LinkStatus) => void;
  /** A hello was answered, or was not. */
  onGreeted: () => void;
}

const helloLifetimeMs = 60_000;
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** Nothing heard for so long while online: ask, before a citizen has to find out. The answer tells the time anew, too. */
const askAfterQuietMs = 120_000;

const serverIsAway: ErrorInfo = { code: 'QUEUE_OFFLINE', detail: 'the queue server is away' };
/** What every version of the contract says of itself. */
const anyVersionSchema = z.object({ state: z.string(), versions: z.array(z.number()).max(100) });

/**
 * Moves the link through its states ({@link stepLink}): greets the queue server, doubts it when it is silent, names why it is offline. An
 * answer to the newest hello or to the one before it counts whenever it comes, up to 60 s late: a queue server that is always slower than
 * the deadline would otherwise never be online, since each answer would find the next hello under way.
 */
export class LinkDriver {
  private readonly options: LinkDriverOptions;
  private readonly backoff: Backoff;
  private state: LinkState = { name: 'disconnected', serverThere: false };
  private transportFault: ErrorInfo = { code: 'QUEUE_OFFLINE', detail: 'not connected yet' };
  private serverFault: ErrorInfo = serverIsAway;
  private helloFault: ErrorInfo | null = null;
  private serverInstance: string | null = null;
  private told: LinkStatus = { online: false, error: this.transportFault };
  private hellos = 0;
  /** Hellos up to this one say nothing any more: answered, or their connection or their queue server is gone. */
  private settledHellos = 0;
  private cancelDeadline: Cancel = () => {};
  private cancelPause: Cancel = () => {};
  private cancelQuiet: Cancel = () => {};

  constructor(options: LinkDriverOptions) {
    this.options = options;
    this.backoff = new Backoff(options.random, firstPauseMs, longestPauseMs);
  }

  get online(): boolean {
    return this.state.name === 'online';
  }

  /** The broker says that the queue server is there, whether or not it answers. */
  get serverThere(): boolean {
    const { name } = this.state;
    return name === 'online' || name === 'greeting' || name === 'pausing';
  }

  start(): void {
    this.cancelQuiet = this.options.clock.every(askAfterQuietMs, () => this.askIfQuiet());
  }

  stop(): void {
    this.cancelPause();
    this.cancelQuiet();
    this.forgetHellos();
    this.state = { name: 'disconnected', serverThere: false };
  }

  connected(): void {
    this.helloFault = null;
    this.input('connected');
  }

  lost(error: ErrorInfo): void {
    this.transportFault = error;
    this.serverInstance = null;
    this.serverFault = serverIsAway;
    this.input('lost');
  }

  /** An attempt to connect failed. */
  failed(error: ErrorInfo): void {
    this.transportFault = error;
    this.tell();
  }

  silence(): void {
    if (this.online) this.helloFault = { code: 'QUEUE_NO_ANSWER', detail: 'a request was not answered in time' };
    this.input('silence');
  }

  /** A message of the queue server's connection topic. */
  announced(message: TransportMessage): void {
    const said = this.options.intake.read(connectionSchema, message);
    if (!said) return;
    const online = said.state === 'online';
    if (online) this.serverFault = serverIsAway;
    // The same announcement comes retained and once more for an overlapping subscription.
    if (online && this.serverInstance === said.instanceId) return;
    // The will of the instance before may come after the new one's announcement.
    if (!online && this.serverInstance !== null && this.serverInstance !== said.instanceId) return;
    this.serverInstance = online ? said.instanceId : null;
    this.forgetHellos();
    if (online && this.online) this.helloFault = { code: 'QUEUE_OFFLINE', detail: 'the queue server was started anew' };
    this.input(online ? 'serverOnline' : 'serverAway');
  }

  /** The connection topic of the queue server in another version of the contract. */
  announcedElsewhere({ payload }: TransportMessage): void {
    const said = anyVersionSchema.safeParse(parse(payload));
    if (!said.success) return;
    const { state, versions } = said.data;
    const other = state === 'online' && !versions.includes(contractVersion);
    this.serverFault = other ? speaksOnly(versions) : serverIsAway;
    this.tell();
  }

  private input(input: LinkInput): void {
    const { state, actions } = stepLink(this.state, input);
    this.state = state;
    for (const action of actions) this.act(action);
    this.tell();
  }

  private act(action: LinkAction): void {
    const { requests, clock } = this.options;
    switch (action) {
      case 'greet':
        this.greet();
        break;
      case 'pause':
        this.cancelPause = clock.after(this.backoff.next(), () => this.input('pauseOver'));
        break;
      case 'endPause':
        this.cancelPause();
        break;
      case 'abandon':
        this.forgetHellos();
        requests.abandon();
        break;
    }
  }

  private greet(): void {
    const { clock, requestTimeoutMs } = this.options;
    const hello = ++this.hellos;
    const detail = `hello gave no answer within ${requestTimeoutMs} ms`;
    this.cancelDeadline();
    this.cancelDeadline = clock.after(requestTimeoutMs, () => this.unanswered(hello, { code: 'QUEUE_NO_ANSWER', detail }));
    this.sendHello(helloLifetimeMs).then(
      () => this.answered(hello),
      (error: unknown) => this.unanswered(hello, faultOf(error)),
    );
  }

  private answered(hello: number): void {
    if (hello <= this.settledHellos || hello < this.hellos - 1) return;
    this.forgetHellos();
    this.helloFault = null;
    this.backoff.reset();
    this.options.onGreeted();
    this.input('answered');
  }

  private unanswered(hello: number, fault: ErrorInfo): void {
    if (hello <= this.settledHellos || hello !== this.hellos) return;
    this.cancelDeadline();
    this.helloFault = fault;
    this.options.onGreeted();
    this.input('unanswered');
  }

  private forgetHellos(): void {
    this.cancelDeadline();
    this.settledHellos = this.hellos;
  }

  private async sendHello(timeoutMs: number): Promise<void> {
    const { requests, ids, hello } = this.options;
    const send = { idempotencyKey: `hello:${ids.next()}`, lifetimeMs: helloLifetimeMs, timeoutMs };
    try {
      await requests.send('hello', hello(), send);
    } catch (error) {
      // A queue server that knows no hello has answered all the same.
      if (!(error instanceof Refusal) || error.outcome.code !== 'NOT_SUPPORTED') throw error;
    }
  }

  private askIfQuiet(): void {
    const { requests, clock, logger, requestTimeoutMs } = this.options;
    if (!this.online || clock.monotonicMs() - requests.lastHeardMs < askAfterQuietMs) return;
    this.sendHello(requestTimeoutMs).catch((error: unknown) => logger.debug(faultOf(error), 'queue server quiet'));
  }

  private tell(): void {
    const status = this.status();
    const { told } = this;
    if (!status || (status.online ? told.online : !told.online && told.error.code === status.error.code)) return;
    this.told = status;
    this.options.onStatus(status);
  }

  /** Null where nothing new is known yet. */
  private status(): LinkStatus | null {
    switch (this.state.name) {
      case 'online':
        return { online: true };
      case 'disconnected':
        return { online: false, error: this.transportFault };
      case 'serverAway':
        return { online: false, error: this.serverFault };
      case 'greeting':
      case 'pausing':
        return this.helloFault && { online: false, error: this.helloFault };
    }
  }
}

function parse(payload: Uint8Array): unknown {
  if (payload.byteLength > maxPayloadBytes) return null;
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return null;
  }
}

const speaksOnly = (versions: readonly number[]): ErrorInfo => ({
  code: 'QUEUE_VERSION',
  detail: `the queue server speaks versions ${versions.join(', ')} of the contract, this robot version ${contractVersion}`,
});

function faultOf(error: unknown): ErrorInfo {
  if (error instanceof Refusal) {
    const { code, detail } = error.outcome;
    if (code === 'WRONG_VERSION')
      return { code: 'QUEUE_VERSION', detail: `this robot speaks version ${contractVersion}; the queue server: ${detail}` };
    return { code: 'QUEUE_REFUSED', detail: `hello: ${code}: ${detail}` };
  }
  const info = toErrorInfo(error, 'QUEUE_OFFLINE');
  return info.code === 'REQUEST_TIMEOUT' ? { code: 'QUEUE_NO_ANSWER', detail: info.detail } : info;
}
