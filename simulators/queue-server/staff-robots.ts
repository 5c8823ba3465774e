import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { localTextSchema } from '../../config/schema.ts';
import type { QueueServer } from './queue-server.ts';

const robotParams = z.object({ robotId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/) });
const text = z.string().min(1).max(200);
const commandBody = z.discriminatedUnion('command', [
  z.object({
    command: z.literal('announce'),
    text: localTextSchema.extend({ vi: text, en: text, ko: text }),
    showForS: z.number().int().min(3).max(120),
  }),
  z.object({ command: z.literal('goTo'), place: z.string().min(1).max(40) }),
  z.object({ command: z.literal('pause') }),
  z.object({ command: z.literal('resume') }),
  z.object({ command: z.literal('stop'), reason: text }),
  z.object({ command: z.literal('reboot'), reason: text }),
  z.object({ command: z.literal('uploadLog'), sinceMin: z.number().int().min(1).max(10_080) }),
  z.object({ command: z.literal('configurationVersion') }),
]);

/** Orders to robots, answered with what the robot said, and the logs they sent. */
export function registerRobots(scope: FastifyInstance, server: QueueServer): void {
  scope.post('/staff/api/robots/:robotId', async (request) => {
    const { robotId } = robotParams.parse(request.params);
    return server.command(robotId, commandBody.parse(request.body));
  });
  scope.get('/staff/api/robots/:robotId/log', async (request, reply) => {
    const { robotId } = robotParams.parse(request.params);
    const lines = server.robotLog(robotId);
    if (!lines) return reply.code(404).send({ error: 'no log was sent' });
    return reply
      .header('content-type', 'text/plain; charset=utf-8')
      .header('content-disposition', `attachment; filename="${robotId}.log"`)
      .send(`${lines.join('\n')}\n`);
  });
}
