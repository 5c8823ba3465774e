import type { Clock } from '../../src/core/clock.ts';
import { withDeadline } from '../../src/core/deadline.ts';
import { LetanError } from '../../src/core/errors.ts';
import type { Ids } from '../../src/core/ids.ts';
import {
  type ConnectionState,
  connectionSchema,
  errorSchema,
  type LinkHealth,
  logPartSchema,
  type Outcome,
  type RobotCommand,
  type RobotState,
  replySchema,
  stateSchema,
} from '../../src/queue/contract.ts';
import type { Intake } from '../../src/queue/intake.ts';
import { queueTopics, robotIdOf, robotTopics, topicOf } from '../../src/queue/topics.ts';
import type { PublishOptions, TransportMessage } from '../../src/queue/transport.ts';
import { envelope, isoTime } from '../../src/queue/wire.ts';
import { LogShelf, type UploadedLog } from './log-shelf.ts';

const commandTimeoutMs = 10_000;
/** Commands waiting for their answer at most. */
const mostWaiting = 100;
/** Robots listed; a ward has a handful, and a hostile client must not fill the memory. Others are served all the same. */
const mostRobots = 1_000;
const errorsKept = 10;
const devicesKept = 20;

export interface RobotError {
  code: string;
  level: string;
  hint: string;
  at: string;
}

export interface RobotOverview {
  robotId: string;
  connection: ConnectionState;
  /** Name and version of its program. */
  software: string | null;
  state: RobotState | null;
  link: LinkHealth | null;
  lastError: string | null;
  /** Newest first. */
  errors: RobotError[];
  lastSeenAt: string;
  log: UploadedLog | null;
}

type KnownRobot = Omit<RobotOverview, 'log'>;

export interface RobotDeskOptions {
  ward: string;
  clock: Clock;
  ids: Ids;
  intake: Intake;
  publish: (topic: string, payload: string, options: PublishOptions) => void;
}

/** What the ward knows of its robots, and what it tells them to do. */
export class RobotDesk {
  private readonly options: RobotDeskOptions;
  private readonly known = new Map<string, KnownRobot>();
  private readonly waiting = new Map<string, { robotId: string; resolve: (outcome: Outcome) => void }>();
  private readonly logs: LogShelf;

  constructor(options: RobotDeskOptions) {
    this.options = options;
    this.logs = new LogShelf(options.clock);
  }

  robots(): RobotOverview[] {
    return [...this.known.values()]
      .sort((a, b) => a.robotId.localeCompare(b.robotId))
      .map((robot) => ({ ...robot, log: this.logs.about(robot.robotId) }));
  }

  /** Lines of the last log that `robotId` sent; null when it sent none. */
  logLines(robotId: string): string[] | null {
    return this.logs.lines(robotId);
  }

  /** Sends an order; resolves with its answer, rejects with `REQUEST_TIMEOUT` or `QUEUE_OFFLINE`. */
  command(robotId: string, command: RobotCommand): Promise<Outcome> {
    const { ward, clock, ids, publish } = this.options;
    if (this.waiting.size >= mostWaiting) return Promise.reject(new LetanError('QUEUE_OFFLINE', 'too many commands wait for an answer'));
    const head = envelope(clock, ids, ward);
    const replyTo = queueTopics(ward).commandReplies(robotId);
    const expiresAt = isoTime(clock.nowMs() + commandTimeoutMs);
    const answer = new Promise<Outcome>((resolve) => this.waiting.set(head.messageId, { robotId, resolve }));
    const body = { ...head, robotId, replyTo, expiresAt, idempotencyKey: head.messageId, ...command };
    const options = { qos: 1, expiresInS: commandTimeoutMs / 1000, replyTo, correlation: head.messageId } as const;
    if (command.command === 'uploadLog') this.logs.expect(robotId);
    publish(robotTopics(ward, robotId).command(command.command), JSON.stringify(body), options);
    return withDeadline(clock, commandTimeoutMs, `${command.command} to ${robotId}`, answer).finally(() =>
      this.waiting.delete(head.messageId),
    );
  }

  /** Answers count only from the robot that was asked. */
  onCommandReply(message: TransportMessage): void {
    const reply = this.options.intake.read(replySchema, message);
    if (!reply) return;
    const asked = this.waiting.get(reply.inReplyTo);
    if (asked?.robotId === robotIdOf(this.options.ward, message.topic)) asked.resolve(reply);
  }

  /** A robot said something of itself; answers whether anything shown changed. */
  onRobot(message: TransportMessage): boolean {
    const { ward, clock } = this.options;
    const robotId = robotIdOf(ward, message.topic);
    if (robotId === null || !this.hasRoomFor(robotId)) return false;
    if (message.topic === topicOf('logs', { ward, robot: robotId })) return this.onLog(robotId, message);
    const before = this.known.get(robotId) ?? neverSeen(robotId);
    const change = this.read(message, before.errors);
    if (!change) return false;
    this.known.set(robotId, { ...before, ...change, lastSeenAt: isoTime(clock.nowMs()) });
    return true;
  }

  private onLog(robotId: string, message: TransportMessage): boolean {
    const part = this.options.intake.read(logPartSchema, message);
    return part !== null && this.logs.take(robotId, part);
  }

  private read(message: TransportMessage, errors: RobotError[]): Partial<KnownRobot> | null {
    const { intake, clock } = this.options;
    if (message.topic.endsWith('/connection')) {
      const connection = intake.read(connectionSchema, message);
      return connection && { connection: connection.state, software: connection.software };
    }
    if (message.topic.endsWith('/state')) {
      const report = intake.read(stateSchema, message);
      if (!report) return null;
      const devices = Object.fromEntries(Object.entries(report.state.devices).slice(0, devicesKept));
      return { state: { ...report.state, devices }, link: report.link };
    }
    const error = intake.read(errorSchema, message);
    if (!error) return null;
    const { code, level, hint } = error;
    return { lastError: code, errors: [{ code, level, hint, at: isoTime(clock.nowMs()) }, ...errors].slice(0, errorsKept) };
  }

  /** Of a full list the robot that is gone for longest makes room. */
  private hasRoomFor(robotId: string): boolean {
    if (this.known.has(robotId) || this.known.size < mostRobots) return true;
    const gone = [...this.known.values()].filter((robot) => robot.connection !== 'online');
    const [oldest] = gone.sort((a, b) => a.lastSeenAt.localeCompare(b.lastSeenAt));
    return oldest !== undefined && this.known.delete(oldest.robotId);
  }
}

function neverSeen(robotId: string): KnownRobot {
  return { robotId, connection: 'offline', software: null, state: null, link: null, lastError: null, errors: [], lastSeenAt: '' };
}
