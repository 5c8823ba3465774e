import { z } from 'zod';
import { count, envelopeSchema, isoTime, localText, requestEnvelopeSchema, slug, text, ulid } from './basics.ts';

/** Orders to a robot, one topic each (`…/robots/<robot>/commands/<command>`), so that a broker can allow somebody one and not another. */
export const commandSchemas = {
  announce: requestEnvelopeSchema.extend({
    command: z.literal('announce'),
    text: localText.describe('shown and spoken in all three languages'),
    showForS: z.number().int().min(3).max(120).describe('seconds on the screen'),
  }),
  goTo: requestEnvelopeSchema.extend({ command: z.literal('goTo'), place: z.string().min(1).max(40).describe('a place of the site file') }),
  pause: requestEnvelopeSchema.extend({ command: z.literal('pause') }),
  resume: requestEnvelopeSchema.extend({ command: z.literal('resume') }),
  stop: requestEnvelopeSchema.extend({ command: z.literal('stop'), reason: text }),
  reboot: requestEnvelopeSchema.extend({ command: z.literal('reboot'), reason: text }),
  uploadLog: requestEnvelopeSchema.extend({
    command: z.literal('uploadLog'),
    sinceMin: z.number().int().min(1).max(10_080).describe('minutes back from now'),
  }),
  configurationVersion: requestEnvelopeSchema.extend({ command: z.literal('configurationVersion') }),
} as const;
export type CommandName = keyof typeof commandSchemas;
export const commandNames = [
  'announce',
  'goTo',
  'pause',
  'resume',
  'stop',
  'reboot',
  'uploadLog',
  'configurationVersion',
] as const satisfies readonly CommandName[];
type Head = Exclude<keyof z.infer<typeof requestEnvelopeSchema>, 'command'>;
/** A command without its head. */
export type RobotCommand = { [C in CommandName]: Omit<z.infer<(typeof commandSchemas)[C]>, Head> }[CommandName];

const nothing = z.object({});
/** What a carried-out command brings back. `goTo`, `announce` and `reboot` are answered when begun, the others when done. */
export const commandResultSchemas = {
  announce: nothing,
  goTo: nothing,
  pause: nothing,
  resume: nothing,
  stop: nothing,
  reboot: nothing,
  uploadLog: z.object({ uploadId: ulid, parts: count, lines: count }).describe('the parts follow on `…/robots/<robot>/logs`'),
  configurationVersion: z.object({
    version: z.string().max(64).describe('digest of the files in force'),
    software: z.string().max(60),
    loadedAt: isoTime,
  }),
} as const satisfies Record<CommandName, z.ZodType>;

const deviceState = z.object({ status: z.enum(['ready', 'degraded', 'faulty', 'offline']), code: z.string().max(60).nullable() });
/** What the robot is doing, without anything about the citizen. */
export const robotStateSchema = z.object({
  screen: z.string().max(40),
  paused: z.boolean(),
  driving: z.boolean(),
  stopped: z.boolean(),
  stopCause: z
    .string()
    .max(40)
    .nullable()
    .describe('`stopCommand`: the ward ordered it; otherwise a safety function, which a person releases'),
  announcing: z.boolean().optional().describe('an announcement is being shown'),
  rebooting: z.boolean().optional().describe('a restart was ordered and has not begun'),
  devices: z.record(z.string().max(40), deviceState),
});
export type RobotState = z.infer<typeof robotStateSchema>;

/** How the link to the queue server does. */
export const linkHealthSchema = z.object({
  protocol: z.enum(['5', '3.1.1']),
  outboxLength: count.describe('promises not yet acknowledged'),
  stuckCount: count.describe('of these, set aside because the queue server does not answer them'),
  refusedCount: count.describe('promises the queue server refused for good'),
  leasedNumbers: count.describe('numbers left for an outage'),
  clockSkewMs: z.number().int().nullable().describe("queue server's clock minus the robot's, ms; null before the first answer"),
  certificateExpiresAt: isoTime.nullable().describe('null without a client certificate'),
  droppedMessages: z.record(z.string().max(40), count).describe('messages dropped since the start, by cause'),
});
export type LinkHealth = z.infer<typeof linkHealthSchema>;
/** `…/robots/<robot>/state`, retained. */
export const stateSchema = envelopeSchema.extend({ robotId: slug, state: robotStateSchema, link: linkHealthSchema });

/** `…/robots/<robot>/telemetry`. Position in mm and degrees of the site file's frame, battery in V. */
export const robotTelemetrySchema = z.object({
  xMm: z.number(),
  yMm: z.number(),
  headingDeg: z.number(),
  batteryV: z.number().nullable(),
});
export type RobotTelemetry = z.infer<typeof robotTelemetrySchema>;
export const telemetrySchema = envelopeSchema.extend({ robotId: slug, telemetry: robotTelemetrySchema });

/** `…/robots/<robot>/errors`. */
export const errorSchema = envelopeSchema.extend({
  robotId: slug,
  code: z.string().max(60),
  level: z.enum(['warning', 'urgent', 'critical', 'fatal']),
  detail: z.string().max(500),
  hint: z.string().max(500).describe('what a technician should do'),
});

/** `…/robots/<robot>/logs`: one part of an upload. Log lines hold no personal data. */
export const logPartSchema = envelopeSchema.extend({
  robotId: slug,
  uploadId: ulid,
  part: z.number().int().min(1).max(1000),
  parts: z.number().int().min(1).max(1000),
  lines: z
    .array(z.string().max(2000))
    .max(1000)
    .describe('lines of up to 2,000 characters, longer ones are cut; as many as fit, since no payload is larger than 65,536 bytes'),
});
