import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { claimPort } from '../../src/core/port.ts';

export interface Broker {
  /** The port listened on. */
  readonly port: number;
  readonly url: string;
  /** False while the network is cut. */
  readonly networkUp: boolean;
  /** Pulls the plug: robots lose their connection (their wills are published) and get no new one; the queue server stays. */
  cutNetwork(): void;
  restoreNetwork(): void;
  /** Ends every connection at once and frees the port. */
  close(): Promise<void>;
}

/** Client ids of robots begin so; see `robotClientId` of the queue link. */
const robotPrefix = 'letan-robot-';

/** Embedded MQTT 3.1.1 broker. Throws `PORT_IN_USE`. `port` 0 picks a free one. */
export async function startBroker(options: { host: string; port: number }): Promise<Broker> {
  const aedes = await Aedes.createBroker({ connectTimeout: 5_000 });
  const sockets = new Set<Socket>();
  let networkUp = true;
  aedes.preConnect = (_client, packet, done) => done(null, networkUp || !packet.clientId.startsWith(robotPrefix));
  // A client that breaks off or talks nonsense is its own business; without listeners aedes would throw.
  aedes.on('clientError', () => {});
  aedes.on('connectionError', () => {});
  const robots = new Map<string, Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    const client = aedes.handle(socket);
    client.on('connected', () => {
      if (!client.id.startsWith(robotPrefix)) return;
      robots.set(client.id, socket);
      socket.on('close', () => robots.get(client.id) === socket && robots.delete(client.id));
    });
  });
  await listen(server, options);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    port,
    url: `mqtt://${options.host}:${port}`,
    get networkUp() {
      return networkUp;
    },
    cutNetwork() {
      networkUp = false;
      for (const socket of robots.values()) socket.destroy();
    },
    restoreNetwork() {
      networkUp = true;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}

function listen(server: ReturnType<typeof createServer>, at: { host: string; port: number }): Promise<void> {
  const listening = () =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(at.port, at.host, resolve);
    });
  return claimPort('MQTT broker', at, listening);
}
