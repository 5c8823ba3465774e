import { z } from 'zod';
import { callKinds } from '../../behaviour/model.ts';
import { count, counterNumber, envelopeSchema, id, isoTime, localText, prefix, ticketNumber, ulid } from './basics.ts';

/** `…/queue/connection` and `…/robots/<robot>/connection`, retained. `connectionBroken` is the will's. */
export const connectionSchema = envelopeSchema.extend({
  state: z.enum(['online', 'offline', 'connectionBroken']),
  instanceId: ulid.describe('new with every start of the program: two at once are two programs with one identity'),
  versions: z.array(z.number().int().min(1).max(99)).min(1).max(10).describe('contract versions the sender speaks'),
  software: z.string().max(60).describe('name and version'),
});
export type ConnectionState = z.infer<typeof connectionSchema>['state'];

/** `…/queue/services`, retained. */
export const servicesSchema = envelopeSchema.extend({
  services: z
    .array(
      z.object({
        serviceId: id,
        prefix,
        name: localText,
        open: z.boolean().describe('takes people in now'),
        hours: z.string().max(60).describe('as text, for instance `07:30-11:30, 13:30-17:00`'),
        waitingCount: count,
        estimatedWaitMin: count.describe('minutes for who comes now'),
        procedureCodes: z.array(z.string().max(20)).max(200).describe('procedures handled here, national codes'),
      }),
    )
    .max(26),
});

/**
 * `…/queue/calls`. Each further call of the same ticket to the same counter is the same `callId` with a higher `sequence`; a transfer to
 * another counter is a new `callId`.
 */
export const callSchema = envelopeSchema.extend({
  callId: ulid,
  sequence: z.number().int().min(1).max(1000),
  kind: z.enum(callKinds).describe('`walkDirect`: the citizen need not wait, she may walk straight to the counter'),
  ticketNumber,
  counter: counterNumber,
  expiresAt: isoTime.describe('later than this it is neither spoken nor shown large'),
});

/** `…/queue/updates`: what became of a ticket apart from calls. */
export const ticketUpdateSchema = envelopeSchema.extend({
  ticketNumber,
  change: z
    .enum(['waitingAgain', 'noShow', 'served', 'voided'])
    .describe('`waitingAgain`: for the next of its services, or after an absence'),
  counter: counterNumber.nullable(),
  expiresAt: isoTime,
});

/** `…/queue/counters/<n>/serving`, retained. */
export const servingSchema = envelopeSchema.extend({
  counter: counterNumber,
  open: z.boolean().describe('a closed counter calls nobody'),
  ticketNumber: ticketNumber.nullable(),
});
