import type { Clock } from '../core/clock.ts';
import { type ErrorInfo, errorKinds, toErrorInfo } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { LinkHealth, RobotState, RobotTelemetry } from './contract.ts';
import { robotTopics } from './topics.ts';
import type { PublishOptions, Transport } from './transport.ts';
import { envelope } from './wire.ts';

export interface PublisherOptions {
  ward: string;
  robotId: string;
  transport: Transport;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  health: () => LinkHealth;
}

/** One part of the log that an upload order asked for. `uploadId`: a ULID. */
export interface LogPart {
  uploadId: string;
  part: number;
  parts: number;
  lines: string[];
}

const retained = { qos: 1, retain: true } as const;
/** Of an error's detail; the contract's bound. */
const mostDetail = 500;

/** What the robot says of itself without expecting an answer. Nothing is kept while there is no connection. */
export class Publisher {
  /** Kept by the link. */
  connected = false;
  private readonly options: PublisherOptions;
  private readonly topics: ReturnType<typeof robotTopics>;
  private lastState: RobotState | null = null;

  constructor(options: PublisherOptions) {
    this.options = options;
    this.topics = robotTopics(options.ward, options.robotId);
  }

  /** `body` with the head of every message. */
  send(topic: string, body: object, options: PublishOptions): void {
    const { clock, ids, ward } = this.options;
    if (this.connected) void this.publish(topic, JSON.stringify({ ...envelope(clock, ids, ward), ...body }), options);
  }

  /** A whole payload of the robot's connection topic. Resolves when the broker has it, or it could not be said; never rejects. */
  async presence(payload: string): Promise<void> {
    if (this.connected) await this.publish(this.topics.connection, payload, retained);
  }

  /** Null says the last one again. */
  state(state: RobotState | null): void {
    this.lastState = state ?? this.lastState;
    if (this.lastState && this.connected) this.say(this.topics.state, { state: this.lastState, link: this.options.health() }, retained);
  }

  telemetry(telemetry: RobotTelemetry): void {
    this.say(this.topics.telemetry, { telemetry }, { qos: 0 });
  }

  error({ code, detail }: ErrorInfo): void {
    const { level, hint } = errorKinds[code];
    this.say(this.topics.errors, { code, level, hint, detail: detail.slice(0, mostDetail) }, { qos: 1 });
  }

  log(part: LogPart): void {
    this.say(this.topics.logs, part, { qos: 1 });
  }

  private say(topic: string, body: object, options: PublishOptions): void {
    this.send(topic, { robotId: this.options.robotId, ...body }, options);
  }

  private async publish(topic: string, payload: string, options: PublishOptions): Promise<void> {
    const { transport, logger } = this.options;
    await transport
      .publish(topic, payload, options)
      .catch((error: unknown) => logger.debug(toErrorInfo(error, 'QUEUE_OFFLINE'), 'not published'));
  }
}
