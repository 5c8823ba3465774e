import { z } from 'zod';

const code = z.object({ code: z.string(), detail: z.string() });

/** What the service page shows of the robot's status report; a robot of another version may send more. */
export const shownReportSchema = z.object({
  robotId: z.string(),
  version: z.string(),
  startedAt: z.string(),
  devices: z.array(
    z.object({
      device: z.string(),
      state: z.enum(['ready', 'degraded', 'faulty', 'offline']),
      code: z.string().nullable(),
      detail: z.string(),
      hint: z.string(),
    }),
  ),
  board: z.object({ firmware: z.string(), protocol: z.string(), resetCause: z.string() }).nullable(),
  telemetry: z
    .object({
      safety: z.object({ cause: z.string().nullable(), latched: z.boolean() }),
      batteryMv: z.number(),
      rangesMm: z.record(z.string(), z.number().nullable()),
      leftMmS: z.number(),
      rightMmS: z.number(),
      roundTripMs: z.number().nullable(),
      rejectedFrames: z.number(),
      refusedPinWrites: z.number(),
    })
    .nullable(),
  queue: z.object({
    online: z.boolean(),
    outboxLength: z.number(),
    error: code.nullable(),
    health: z.object({
      protocol: z.string(),
      stuckCount: z.number(),
      refusedCount: z.number(),
      leasedNumbers: z.number(),
      clockSkewMs: z.number().nullable(),
      certificateExpiresAt: z.string().nullable(),
      droppedMessages: z.record(z.string(), z.number()),
    }),
  }),
  visit: z.string(),
});
export type ShownReport = z.infer<typeof shownReportSchema>;
export const refusalSchema = z.object({ hint: z.string() });
