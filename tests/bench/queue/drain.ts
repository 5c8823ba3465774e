import { connect, createServer, type Socket } from 'node:net';
import { clock, startRobot, until } from './robot-side.ts';

const messages = 1_000;

export interface DrainTimes {
  /** Of each durable write. */
  enqueueMs: number[];
  /** From the broker's greeting to an empty outbox. */
  connectedToDrainedMs: number;
  /** From the cable being plugged in again; back-off is in it. */
  restoredToDrainedMs: number;
}

/** Fills the outbox while the robot's cable is out, then plugs it in. Broker and queue server go on. */
export async function measureDrain(broker: { port: number }, folder: string): Promise<DrainTimes> {
  const cable = await startCable(broker.port);
  const robot = startRobot('robot-drain', cable.url, folder);
  try {
    await until('the link', () => robot.link.online && robot.store.outbox.length === 0);
    cable.cut();
    await until('the cut', () => !robot.link.online);
    const enqueueMs: number[] = [];
    for (let index = 0; index < messages; index++) {
      const startMs = clock.monotonicMs();
      await robot.link.submitFeedback({ visitId: `visit-${index}`, score: (index % 5) + 1 });
      enqueueMs.push(clock.monotonicMs() - startMs);
    }
    if (robot.store.outbox.length !== messages) throw new Error('the outbox is not full');
    let connectedMs = Number.NaN;
    robot.transport.connected.on(() => {
      connectedMs = clock.monotonicMs();
    });
    const restoredMs = clock.monotonicMs();
    cable.restore();
    await until('an empty outbox', () => robot.store.outbox.length === 0);
    const drainedMs = clock.monotonicMs();
    if (robot.store.outbox.refusedCount > 0) throw new Error('the queue server refused messages');
    return { enqueueMs, connectedToDrainedMs: drainedMs - connectedMs, restoredToDrainedMs: drainedMs - restoredMs };
  } finally {
    await robot.stop();
    await cable.close();
  }
}

/** A relay on loopback that can be cut. */
async function startCable(port: number) {
  const sockets = new Set<Socket>();
  let plugged = true;
  const server = createServer((near) => {
    if (!plugged) return void near.destroy();
    const far = connect({ host: '127.0.0.1', port, noDelay: true });
    near.setNoDelay(true);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const cut = () => {
    plugged = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `mqtt://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    cut,
    restore() {
      plugged = true;
    },
    close() {
      cut();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
