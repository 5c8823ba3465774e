import { expect, it } from 'vitest';
import { office } from './office.ts';

const topic = 'letan/v1/w/queue/connection';

/** A queue server, and somebody at the broker who publishes to its connection topic what it should not have to read there. */
async function house() {
  const { server, broker, ids } = await office();
  const other = broker.transport('other');
  other.start({ subscriptions: [], will: () => ({ topic: 'x', payload: '{}' }) });
  const settle = async () => {
    for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve));
  };
  await settle();
  const said = () => broker.sent('/queue/connection').map(({ from, body }) => `${from}: ${String(body.state)}`);
  const [first] = broker.sent('/queue/connection');
  const appear = async (state: string, body: object = {}) => {
    const message = { ...first?.body, messageId: ids.next(), instanceId: ids.next(), state, ...body };
    await other.publish(topic, JSON.stringify(message), { qos: 1, retain: true });
    await settle();
  };
  return { server, broker, said, appear, settle };
}

it('a will of a predecessor that comes late is answered with `online`, each time', async () => {
  const { said, appear } = await house();
  expect(said()).toEqual(['server: online']);
  await appear('connectionBroken');
  expect(said()).toEqual(['server: online', 'other: connectionBroken', 'server: online']);
  await appear('offline');
  expect(said().slice(3)).toEqual(['other: offline', 'server: online']);
});

it('a second server that says `online` is not answered, nor is nonsense: the two would answer each other without end', async () => {
  const { said, appear, broker } = await house();
  await appear('online');
  await appear('perhaps');
  expect(said()).toEqual(['server: online', 'other: online', 'other: perhaps']);
  expect(broker.sent('/queue/connection').at(0)?.body.versions).toEqual([1]);
});

it('its own goodbye and the retained word of its predecessor are no reason to speak', async () => {
  const { server, said, settle } = await house();
  await server.restart();
  await settle();
  expect(said()).toEqual(['server: online', 'server: offline', 'server: online']);
  await server.stop();
  await settle();
  expect(said().at(-1)).toBe('server: offline');
});
