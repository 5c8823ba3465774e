import { z } from 'zod';
import {
  type Channel,
  type ChannelName,
  channels,
  commandResultSchemas,
  publicKeySchema,
  replySchemaOf,
  resultSchemas,
  sealedSchemas,
} from '../../contract.ts';
import { commandExchanges, type Example, requestExchanges, statements } from '../examples.ts';

/** One message of the contract: its file is `schemas/<name>.schema.json`. */
export interface MessageDocument {
  name: string;
  channel: ChannelName;
  schema: z.ZodType;
  purpose: string;
  /** Of a request or command: the message that answers it. */
  reply: MessageDocument | null;
  examples: { says: string; payload: Record<string, unknown> }[];
}

const nameOf = (channel: string) => channel.replace('/', '-');
const results: Record<string, z.ZodType> = {
  ...resultSchemas,
  ...Object.fromEntries(Object.entries(commandResultSchemas).map(([command, schema]) => [`commands/${command}`, schema])),
};

const exchanges = [...requestExchanges, ...commandExchanges];
/** Requests shown with a fault of their own are no examples of the schema. */
const faulty = ['BAD_MESSAGE', 'WRONG_VERSION', 'WRONG_WARD', 'WRONG_ROBOT'];
const isFaulty = (reply: Record<string, unknown>) => typeof reply.code === 'string' && faulty.includes(reply.code);

function replyTo(channel: ChannelName, answer: { on: ChannelName }): MessageDocument {
  const examples = exchanges.filter((exchange) => exchange.channel === channel);
  return {
    name: `${nameOf(channel)}-reply`,
    channel: answer.on,
    schema: replySchemaOf(results[channel] ?? z.unknown()),
    purpose: `answer to ${channel}`,
    reply: null,
    examples: examples.map(({ says, reply }) => ({ says, payload: reply })),
  };
}

function messageOf(channel: ChannelName): MessageDocument {
  const { schema, purpose, answer }: Channel = channels[channel];
  const asked: Example[] = exchanges.filter((exchange) => exchange.channel === channel && !isFaulty(exchange.reply));
  const examples = [...asked, ...statements.filter((example) => example.channel === channel)];
  return {
    name: nameOf(channel),
    channel,
    schema,
    purpose,
    reply: answer && replyTo(channel, answer),
    examples: examples.map(({ says, payload }) => ({ says, payload })),
  };
}

// Object.keys forgets the key type; the table has no others.
export const channelNames = Object.keys(channels) as ChannelName[];

/** Every message that has a channel of its own; replies hang on what they answer. */
export const messageDocuments: readonly MessageDocument[] = channelNames
  .filter((name) => name !== 'replies' && name !== 'commandReplies')
  .map(messageOf);

/** Every schema with a file, replies and plain texts of the sealed fields included. */
export const schemaFiles: readonly { name: string; schema: z.ZodType; title: string }[] = [
  ...messageDocuments
    .flatMap((message) => (message.reply ? [message, message.reply] : [message]))
    .map(({ name, schema, purpose }) => ({ name, schema, title: purpose })),
  { name: 'sealed-registration', schema: sealedSchemas.registrations, title: 'plain text of the `jwe` of a registration' },
  { name: 'sealed-petition', schema: sealedSchemas.petitions, title: 'plain text of the `jwe` of a petition' },
  { name: 'public-key', schema: publicKeySchema, title: "the queue server's public key, a JWK" },
];
