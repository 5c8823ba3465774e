import { type ChannelName, commandNames } from '../../contract.ts';
import { topicOf } from '../../topics.ts';
import { contractVersion } from '../basics.ts';

/** All examples happen in this ward, with this robot, on the morning of 5 January 2026. */
export const exampleWard = 'cua-nam';
export const exampleRobot = 'robot-1';

export interface Example {
  channel: ChannelName;
  /** What happens, in a few words. */
  says: string;
  payload: Record<string, unknown>;
}

/** A request (or command) and its answer. Within the list of exchanges, each happens after those before it. */
export interface Exchange extends Example {
  reply: Record<string, unknown>;
  /** What else must be so for this answer. */
  given?: string;
}

/** A message that must not be taken in, and the code that answers it; null where nobody can be answered. */
export interface InvalidExample {
  channel: ChannelName;
  says: string;
  payload: unknown;
  code: string | null;
}

export const ulid = (n: number): string => `01KE6E3G00${String(n).padStart(16, '0')}`;
/** `hh:mm:ss` of that morning. */
export const at = (time: string): string => `2026-01-05T${time}.000+07:00`;

/** Head of a message. */
export function head(n: number, time: string) {
  return { version: contractVersion, ward: exampleWard, messageId: ulid(n), sentAt: at(time) };
}

interface Asked {
  n: number;
  time: string;
  key: string;
  says: string;
  body: object;
  /** Seconds the request is good for. */
  goodForS?: number;
  given?: string;
  /** Replaces keys of the request's head, to show a fault. */
  faults?: object;
}

function exchange(channel: ChannelName, replyChannel: ChannelName, asked: Asked, outcome: object): Exchange {
  const { n, time, key, says, body, goodForS = 60, given, faults = {} } = asked;
  const place = { ward: exampleWard, robot: exampleRobot };
  const until = new Date(Date.parse(at(time)) + goodForS * 1000 + 7 * 3_600_000).toISOString().replace('Z', '+07:00');
  const request = {
    ...head(n, time),
    robotId: exampleRobot,
    replyTo: topicOf(replyChannel, place),
    expiresAt: until,
    idempotencyKey: key,
  };
  return {
    channel,
    says,
    payload: { ...request, ...body, ...faults },
    reply: { ...head(n + 1, time), inReplyTo: ulid(n), idempotencyKey: key, ...outcome },
    ...(given === undefined ? {} : { given }),
  };
}

const isCommand = (channel: ChannelName) => commandNames.some((name) => channel === `commands/${name}`);
const replyChannel = (channel: ChannelName): ChannelName => (isCommand(channel) ? 'commandReplies' : 'replies');

export const accepted = (channel: ChannelName, asked: Asked, result: object): Exchange =>
  exchange(channel, replyChannel(channel), asked, { ok: true, result });

export const refused = (channel: ChannelName, asked: Asked, code: string, detail: string, more: object = {}): Exchange =>
  exchange(channel, replyChannel(channel), asked, { ok: false, code, detail, ...more });
