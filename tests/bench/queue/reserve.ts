import { Socket } from 'node:net';
import mqtt from 'mqtt';
import { startChild } from '../../../simulators/fleet/child.ts';
import type { TicketRequest } from '../../../src/queue/ticket-desk.ts';
import { clock, startRobot, until, ward } from './robot-side.ts';

const serviceIds = ['certification', 'civil-status', 'residence', 'business'];
/** Of 599 numbers a day and service. */
const perService = 500;
const warmUps = 80;

export interface ReserveTimes {
  replyMs: number[];
  pingMs: number[];
}

/** Reservations and bare ping-pongs by turns, each when the one before is over and its ticket is committed. */
export async function measureReserve(brokerUrl: string, folder: string): Promise<ReserveTimes> {
  const echo = await startChild(new URL('./echo.process.ts', import.meta.url), [brokerUrl]);
  const pinger = await startPinger(brokerUrl);
  const robot = startRobot('robot-reserve', brokerUrl, folder);
  const times: ReserveTimes = { replyMs: [], pingMs: [] };
  try {
    await until('the link', () => robot.link.online);
    for (let index = 0; index < perService * serviceIds.length + warmUps; index++) {
      const serviceId = serviceIds[index % serviceIds.length] ?? '';
      const wish: TicketRequest = { visitId: `visit-${index}`, serviceId, followedBy: [], priorityClass: 'none', language: 'vi' };
      const startMs = clock.monotonicMs();
      const ticket = await robot.link.reserveTicket(wish);
      const replyMs = clock.monotonicMs() - startMs;
      if (ticket.offline) throw new Error(`no number from the queue server of ${ward}`);
      const pingMs = await pinger.ping();
      await robot.link.commitTicket(ticket.ticketId);
      await until('the commit', () => robot.store.outbox.length === 0);
      if (index < warmUps) continue;
      times.replyMs.push(replyMs);
      times.pingMs.push(pingMs);
    }
    return times;
  } finally {
    await robot.stop();
    await pinger.end();
    await echo.end();
  }
}

async function startPinger(brokerUrl: string) {
  const client = await mqtt.connectAsync(brokerUrl, { protocolVersion: 5 });
  // As the link has it: without, the floor would be the kernel's delayed acknowledgement.
  if (client.stream instanceof Socket) client.stream.setNoDelay(true);
  await client.subscribeAsync('bench/pong', { qos: 1 });
  return {
    end: () => client.endAsync(),
    async ping(): Promise<number> {
      const back = new Promise<void>((resolve) => client.once('message', () => resolve()));
      const startMs = clock.monotonicMs();
      client.publish('bench/ping', 'x'.repeat(500), { qos: 1 });
      await back;
      return clock.monotonicMs() - startMs;
    },
  };
}
