import { Socket } from 'node:net';
import mqtt from 'mqtt';

/** Sends every payload of `ping` back on `pong`: `<broker url>`. Says `ready`; ends with SIGTERM. */
const client = await mqtt.connectAsync(process.argv[2] ?? '', { protocolVersion: 5 });
if (client.stream instanceof Socket) client.stream.setNoDelay(true);
client.on('message', (_topic, payload) => client.publish('bench/pong', payload, { qos: 1 }));
await client.subscribeAsync('bench/ping', { qos: 1 });
process.stdout.write('ready\n');
process.once('SIGTERM', () => void client.endAsync().then(() => process.exit(0)));
