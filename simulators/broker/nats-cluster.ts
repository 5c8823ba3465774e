import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { z } from 'zod';
import { type BrokerProcess, freePorts, launch } from './process.ts';

/**
 * A broker cluster: three nodes of NATS (`nats-server` 2.9 of Debian 12) with JetStream, MQTT 3.1.1.
 *
 * Why not RabbitMQ 3.10 with rabbitmq_mqtt, tried with the same script on the same machine: its retained messages stay on the node that
 * got them, so a robot on another node never learns that the queue server is there; with the node of a session dead, publishing to it
 * waited for longer than two minutes; three nodes took 28 s to the first connection and 125 MB each, against 2 s and 19 MB. NATS keeps
 * retained messages, sessions and QoS 1 messages on all three. Its price: after the loss of a node it may need some 10 s to choose new
 * leaders, and the will of a client of the lost node is not published.
 */
const natsServer = '/usr/sbin/nats-server';
const nodeCount = 3;

export interface ClusterNode {
  readonly url: string;
  readonly running: boolean;
  kill(): Promise<void>;
  /** Starts it again with the store it has; resolves when it accepts connections. */
  start(): Promise<void>;
  /** MQTT client ids connected to this node now. */
  clients(): Promise<string[]>;
}

export interface NatsCluster {
  readonly nodes: ClusterNode[];
  /** Of all nodes, in their order. */
  readonly urls: string[];
  kill(): Promise<void>;
}

/** What is needed of a node's own list of connections. */
const connectionsSchema = z.object({ connections: z.array(z.object({ mqtt_client: z.string().optional() })) });

interface NodePorts {
  client: number;
  mqtt: number;
  route: number;
  monitor: number;
}

/** Starts the cluster on loopback with its stores in `folder`; resolves when it has its leaders and every node serves MQTT, some 3 s. */
export async function startNatsCluster(folder: string): Promise<NatsCluster> {
  const ports = await freePorts(nodeCount * 4);
  const plan: NodePorts[] = Array.from({ length: nodeCount }, (_, n) => ({
    client: ports[4 * n] ?? 0,
    mqtt: ports[4 * n + 1] ?? 0,
    route: ports[4 * n + 2] ?? 0,
    monitor: ports[4 * n + 3] ?? 0,
  }));
  const routes = plan.map(({ route }) => `"nats://127.0.0.1:${route}"`).join(', ');
  const nodes = plan.map((own, index) => createNode(join(folder, `node-${index + 1}`), own, routes));
  const kill = async () => void (await Promise.all(nodes.map((node) => node.kill())));
  try {
    await Promise.all(nodes.map((node) => node.start()));
    await Promise.all(nodes.map((node) => untilServing(node.url)));
  } catch (error) {
    await kill();
    throw error;
  }
  return { nodes, urls: nodes.map((node) => node.url), kill };
}

/** Accepting connections is not enough: without a leader of its store a node greets nobody. */
async function untilServing(url: string): Promise<void> {
  const tries = 60;
  for (let attempt = 1; ; attempt++) {
    const options = { protocolVersion: 4, clientId: `probe-${new URL(url).port}`, reconnectPeriod: 0, connectTimeout: 1_000 } as const;
    try {
      const client = await mqtt.connectAsync(url, options, false);
      return await client.endAsync();
    } catch (error) {
      if (attempt === tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function createNode(folder: string, ports: NodePorts, routes: string): ClusterNode {
  let node: BrokerProcess | null = null;
  mkdirSync(folder, { recursive: true });
  const configFile = join(folder, 'nats.conf');
  writeFileSync(configFile, nodeConfig(folder, ports, routes));
  return {
    url: `mqtt://127.0.0.1:${ports.mqtt}`,
    get running() {
      return node?.running ?? false;
    },
    async kill() {
      await node?.kill();
    },
    async clients() {
      const answer = await fetch(`http://127.0.0.1:${ports.monitor}/connz`);
      return connectionsSchema.parse(await answer.json()).connections.flatMap(({ mqtt_client }) => mqtt_client ?? []);
    },
    async start() {
      node = await launch({ command: natsServer, args: ['-c', configFile], logFile: join(folder, 'nats.log'), ports: [ports.mqtt] });
    },
  };
}

/** `ack_wait`: an unacknowledged QoS 1 message comes again after it; `max_ack_pending` is the robot's receive maximum. */
function nodeConfig(folder: string, { client, mqtt, route, monitor }: NodePorts, routes: string): string {
  return `server_name: "${folder.slice(-6)}"
listen: "127.0.0.1:${client}"
http: "127.0.0.1:${monitor}"
max_payload: 131072
jetstream { store_dir: "${folder}/store", max_mem: 16MB, max_file: 256MB }
mqtt { listen: "127.0.0.1:${mqtt}", stream_replicas: 3, ack_wait: "10s", max_ack_pending: 64 }
cluster { name: ward, listen: "127.0.0.1:${route}", routes: [${routes}] }
`;
}
