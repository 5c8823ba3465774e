import type { z } from 'zod';
import { callSchema, connectionSchema, servicesSchema, servingSchema, ticketUpdateSchema } from './announcements.ts';
import { contractVersion } from './basics.ts';
import { replySchema, requestSchemas } from './requests.ts';
import { commandSchemas, errorSchema, logPartSchema, stateSchema, telemetrySchema } from './robot.ts';

/** Who publishes and who reads. `operator`: somebody at the front desk who may give some robot commands. */
export type Party = 'robot' | 'queueServer' | 'operator';

/** One topic of the contract and everything either side must keep to. */
export interface Channel {
  /** `{ward}`, `{robot}` and `{counter}` stand for one level each. */
  address: string;
  publishers: readonly Party[];
  readers: readonly Party[];
  qos: 0 | 1;
  retain: boolean;
  /** Seconds after which a broker need not deliver it any more; null: never too late, or retained. A request's is its own `expiresAt`. */
  expiresInS: number | null;
  /** Published by the broker for a party that vanished. */
  will: boolean;
  schema: z.ZodType;
  purpose: string;
  /** Where the answer goes and how soon it is expected, ms. */
  answer: { on: 'replies' | 'commandReplies'; withinMs: number } | null;
}

const base = `letan/v${contractVersion}/{ward}`;
const robot = `${base}/robots/{robot}`;
const announced = { publishers: ['queueServer'], readers: ['robot', 'operator'], qos: 1, will: false, answer: null } as const;
const told = { publishers: ['robot'], readers: ['queueServer', 'operator'], qos: 1, will: false, answer: null } as const;
const retained = { retain: true, expiresInS: null } as const;
const passing = (expiresInS: number | null) => ({ retain: false, expiresInS }) as const;

function request(operation: keyof typeof requestSchemas, withinMs: number, purpose: string): Channel {
  const schema = requestSchemas[operation];
  const answer = { on: 'replies', withinMs } as const;
  return { ...told, readers: ['queueServer'], ...passing(null), address: `${base}/queue/${operation}/{robot}`, schema, purpose, answer };
}

function command(name: keyof typeof commandSchemas, publishers: readonly Party[], purpose: string): Channel {
  const answer = { on: 'commandReplies', withinMs: 2000 } as const;
  return {
    publishers,
    readers: ['robot'],
    qos: 1,
    will: false,
    ...passing(60),
    address: `${robot}/commands/${name}`,
    schema: commandSchemas[name],
    purpose,
    answer,
  };
}
const desk = ['queueServer', 'operator'] as const;
const server = ['queueServer'] as const;

/** Every topic of the contract. The documents, the access lists and the topics in use all come from here. */
export const channels = {
  queueConnection: {
    ...announced,
    // The queue server itself too: a late will of its predecessor must not stand there.
    readers: ['robot', 'operator', 'queueServer'],
    ...retained,
    will: true,
    address: `${base}/queue/connection`,
    schema: connectionSchema,
    purpose: 'is the queue server there',
  },
  services: {
    ...announced,
    ...retained,
    address: `${base}/queue/services`,
    schema: servicesSchema,
    purpose: 'what is served today: hours, people waiting, estimate',
  },
  calls: { ...announced, ...passing(60), address: `${base}/queue/calls`, schema: callSchema, purpose: 'a number is called to a counter' },
  updates: {
    ...announced,
    ...passing(300),
    address: `${base}/queue/updates`,
    schema: ticketUpdateSchema,
    purpose: 'what became of a ticket apart from calls',
  },
  serving: {
    ...announced,
    ...retained,
    address: `${base}/queue/counters/{counter}/serving`,
    schema: servingSchema,
    purpose: 'whom a counter serves, and whether it is open',
  },

  hello: request('hello', 2000, 'first request after every connection: versions, time'),
  'tickets/reserve': request('tickets/reserve', 2000, 'a number, which counts only when committed'),
  'tickets/commit': request('tickets/commit', 5000, 'the paper is out: the ticket counts'),
  'tickets/void': request('tickets/void', 5000, 'the paper did not come out, or the answer did not: the ticket does not count'),
  checkins: request('checkins', 2000, 'somebody with a number booked online is here; reserves a ticket for it'),
  feedback: request('feedback', 5000, 'how content a citizen was'),
  petitions: request('petitions', 5000, 'a petition, encrypted'),
  registrations: request('registrations', 5000, 'card data for the officer, encrypted; of one person or of two'),
  leases: request('leases', 2000, 'numbers that the robot may give while offline'),
  replies: {
    publishers: server,
    readers: ['robot'],
    qos: 1,
    will: false,
    answer: null,
    ...passing(60),
    address: `${robot}/replies`,
    schema: replySchema,
    purpose: "answers to this robot's requests",
  },

  connection: {
    ...told,
    // The robot itself too: so it finds out that another program has its identity.
    readers: ['queueServer', 'operator', 'robot'],
    ...retained,
    will: true,
    address: `${robot}/connection`,
    schema: connectionSchema,
    purpose: 'is the robot there',
  },
  state: {
    ...told,
    ...retained,
    address: `${robot}/state`,
    schema: stateSchema,
    purpose: 'what the robot is doing; on change and every 30 s',
  },
  telemetry: {
    ...told,
    qos: 0,
    ...passing(null),
    address: `${robot}/telemetry`,
    schema: telemetrySchema,
    purpose: 'where it is and how its battery does; every 5 s',
  },
  errors: { ...told, ...passing(null), address: `${robot}/errors`, schema: errorSchema, purpose: 'something needs a technician' },
  logs: { ...told, ...passing(null), address: `${robot}/logs`, schema: logPartSchema, purpose: 'parts of a log that was asked for' },

  'commands/announce': command('announce', desk, 'show and speak a text'),
  'commands/goTo': command('goTo', desk, 'drive to a place'),
  'commands/pause': command('pause', desk, 'stay where it is and begin no visit; one under way is led to its end, calls are still spoken'),
  'commands/resume': command('resume', desk, 'go on after a pause or a stop'),
  'commands/stop': command('stop', desk, 'stop everything that moves or flows'),
  'commands/reboot': command('reboot', server, 'start the program anew, once no citizen is being served'),
  'commands/uploadLog': command('uploadLog', server, 'send the last log lines'),
  'commands/configurationVersion': command('configurationVersion', server, 'which configuration is in force'),
  commandReplies: {
    ...told,
    ...passing(60),
    address: `${base}/queue/command-replies/{robot}`,
    schema: replySchema,
    purpose: 'answers to commands',
  },
} as const satisfies Record<string, Channel>;
export type ChannelName = keyof typeof channels;
