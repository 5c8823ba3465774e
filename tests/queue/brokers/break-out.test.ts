import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Protocol } from './client.ts';
import { control, startWardMosquitto, type WardMosquitto } from './ward-mosquitto.ts';

// The topics here are written out, not taken from the contract's table: the access list is generated from that.
const ward = 'letan/v1/cua-nam';
const own = `${ward}/robots/robot-1`;
const other = `${ward}/robots/robot-2`;

/** Nothing of this is robot-1's to read. */
const secretTopics = [
  ...['replies', 'state', 'connection', 'telemetry', 'errors', 'logs'].map((name) => `${other}/${name}`),
  ...['announce', 'goTo', 'stop', 'reboot', 'uploadLog'].map((name) => `${other}/commands/${name}`),
  ...['tickets/reserve', 'tickets/commit', 'petitions', 'registrations', 'checkins', 'hello'].map(
    (name) => `${ward}/queue/${name}/robot-2`,
  ),
  `${ward}/queue/petitions/robot-1`,
  `${ward}/queue/command-replies/robot-2`,
  'letan/v1/other-ward/queue/calls',
  'letan/v1/other-ward/robots/robot-1/replies',
  'letan/v2/cua-nam/robots/robot-1/replies',
  ...['connection/robot-1', 'services', 'calls', 'petitions/robot-1'].map((name) => `letan/v2/cua-nam/queue/${name}`),
  'letan/v1/other-ward/queue/connection',
  'letan/v2/other-ward/queue/connection',
  'elsewhere',
];

const filters = [
  '#',
  'letan/#',
  '+/#',
  `${ward}/#`,
  `${ward}/robots/#`,
  `${ward}/queue/petitions/#`,
  `${other}/#`,
  `${other}/replies`,
  `${other}/commands/+`,
  `${other}/commands/goTo`,
  `${ward}/robots/+/replies`,
  `${ward}/robots/+/state`,
  `${ward}/+/+/replies`,
  '+/+/+/+/+/+',
  '+/+/+/robots/robot-2/+',
  `${ward}/queue/tickets/reserve/+`,
  `${ward}/queue/petitions/robot-1`,
  `${ward}/queue/+/robot-2`,
  `${ward}/queue/command-replies/+`,
  'letan/v1/+/queue/calls',
  'letan/+/cua-nam/robots/robot-1/replies',
  'letan/v1/other-ward/#',
  'letan/+/+/queue/connection',
  'letan/+/cua-nam/queue/calls',
  'letan/+/cua-nam/queue/connection/#',
  'letan/v2/cua-nam/#',
  'elsewhere',
];

/** Nothing of this is robot-1's to say. */
const forbiddenTopics = [
  ...['replies', 'state', 'connection', 'telemetry', 'errors', 'logs'].map((name) => `${other}/${name}`),
  ...['announce', 'goTo', 'pause', 'resume', 'stop', 'reboot', 'uploadLog', 'configurationVersion'].flatMap((name) => [
    `${other}/commands/${name}`,
    `${own}/commands/${name}`,
  ]),
  `${own}/replies`,
  `${own}/unheard-of`,
  `${own}/state/deeper`,
  own,
  ...['connection', 'services', 'calls', 'updates', 'counters/1/serving'].map((name) => `${ward}/queue/${name}`),
  ...['hello', 'tickets/reserve', 'tickets/commit', 'tickets/void', 'checkins', 'feedback', 'petitions', 'registrations', 'leases'].flatMap(
    (name) => [`${ward}/queue/${name}/robot-2`, `${ward}/queue/${name}`],
  ),
  `${ward}/queue/command-replies/robot-2`,
  `${ward}/queue/feedback/robot-1/deeper`,
  'letan/v1/other-ward/queue/feedback/robot-1',
  'letan/v1/other-ward/robots/robot-1/state',
  'letan/v2/cua-nam/robots/robot-1/state',
  'letan/v2/cua-nam/queue/connection',
  'letan/v1/other-ward/queue/connection',
  'elsewhere',
];

let broker: WardMosquitto;
beforeAll(async () => {
  const operators = [{ name: 'front-desk', commands: ['announce'] as const }];
  broker = await startWardMosquitto({ robots: ['robot-1', 'robot-2', 'robot-3'], operators });
});
afterAll(() => broker.remove());

const as = (user: string, protocol: Protocol, rest = {}) =>
  connect(broker.url, { identity: broker.identity(user), version: protocol, ...rest });

describe.each<[string, Protocol]>([
  ['MQTT 5', 5],
  ['MQTT 3.1.1', 4],
])("with robot-1's certificate over %s", (_name, protocol) => {
  it.each([...filters, ...filters.map((filter) => `$share/group/${filter}`)])('nothing of others is read through %s', async (filter) => {
    const [intruder, watcher] = await Promise.all([as('robot-1', protocol), as(control, protocol)]);
    const retained = `${other}/state`;
    await watcher.publish(retained, 'secret kept', { qos: 1, retain: true });
    await Promise.all([intruder.subscribe(filter), watcher.subscribe(filter.replace('group', 'control'))]);
    await intruder.subscribe(`${own}/replies`);
    for (const topic of secretTopics) await watcher.publish(topic, 'secret');
    await watcher.publish(`${own}/replies`, 'fence');
    await Promise.all([intruder.barrier(), watcher.barrier()]);
    await watcher.publish(retained, '', { qos: 1, retain: true });
    expect(watcher.received.filter(({ payload }) => payload.startsWith('secret')).length).toBeGreaterThan(0);
    expect(intruder.received.filter(({ payload }) => payload !== 'fence')).toEqual([]);
    expect(intruder.received.length).toBeGreaterThan(0);
  });

  it.each(['$SYS/#', '$SYS/broker/clients/connected', '$share/group/$SYS/#', '$share/group/$SYS/broker/version'])(
    'nothing of the broker itself is read through %s',
    async (filter) => {
      const [intruder, watcher] = await Promise.all([as('robot-1', protocol), as(control, protocol)]);
      await intruder.subscribe(filter);
      await watcher.subscribe(filter.replace('$share/group/', ''));
      await Promise.all([intruder.barrier(), watcher.barrier()]);
      expect(watcher.received.length).toBeGreaterThan(0);
      expect(intruder.received).toEqual([]);
    },
  );

  it('nothing can be said in the name of others, at any QoS, retained or not', async () => {
    const [intruder, watcher] = await Promise.all([as('robot-1', protocol), as(control, protocol)]);
    await watcher.subscribe('#');
    for (const topic of forbiddenTopics)
      for (const qos of [0, 1, 2] as const) for (const retain of [false, true]) await intruder.publish(topic, 'forged', { qos, retain });
    await intruder.publish(`${ward}/queue/feedback/robot-1`, 'fence');
    await watcher.barrier();
    expect(watcher.received).toEqual([{ topic: `${ward}/queue/feedback/robot-1`, payload: 'fence', retained: false }]);
    // Nothing stayed behind for those who come later either.
    const later = await as(control, protocol, { clientId: 'later' });
    await later.subscribe('#');
    await later.barrier();
    expect(later.received.filter(({ payload }) => payload === 'forged')).toEqual([]);
  });

  it('the queue server is heard saying which versions it speaks, and nobody else can say so', async () => {
    const [robot, desk, watcher] = [await as('robot-1', protocol), await as('front-desk', protocol), await as(control, protocol)];
    for (const client of [robot, desk]) await client.subscribe('letan/+/cua-nam/queue/connection');
    for (const client of [robot, desk]) await client.publish('letan/v7/cua-nam/queue/connection', 'forged', { qos: 1, retain: true });
    for (const version of ['v1', 'v2', 'v7']) await watcher.publish(`letan/${version}/cua-nam/queue/connection`, version);
    await Promise.all([robot.barrier(), desk.barrier()]);
    expect(robot.received.map(({ payload }) => payload)).toEqual(['v1', 'v2', 'v7']);
    // Somebody at a desk has no use for it.
    expect(desk.received.map(({ payload }) => payload)).toEqual(['v1']);
  });

  it('the same words of somebody who may say them are seen: the test above can fail', async () => {
    const [speaker, watcher] = [await as('queue-server', protocol), await as(control, protocol)];
    await watcher.subscribe('#');
    await speaker.publish(`${other}/commands/goTo`, 'order', { qos: 1 });
    await speaker.publish(`${ward}/queue/calls`, 'call', { qos: 0 });
    await speaker.publish(`${other}/replies`, 'reply', { qos: 2 });
    await watcher.barrier();
    expect(watcher.received.map(({ payload }) => payload)).toEqual(['order', 'call', 'reply']);
  });

  it.each([`${ward}/robots/+/state`, '#', `${own}/#`, `${own}/+`, ''])('"%s" is no topic to publish on', async (topic) => {
    const watcher = await as(control, protocol);
    await watcher.subscribe('#');
    const intruder = await as('robot-1', protocol);
    await intruder.publishRaw(`${own}/state`, 'this way is open');
    await intruder.publishRaw(topic, 'forged');
    await intruder.closed;
    await watcher.barrier();
    expect(watcher.received.map(({ payload }) => payload)).toEqual(['this way is open']);
  });

  it.each([
    ["another robot's connection", `${other}/connection`, []],
    ["the queue server's connection", `${ward}/queue/connection`, []],
    ['its own connection, which it may', `${own}/connection`, [`${own}/connection`]],
  ])('a will on %s', async (_whose, topic, expected) => {
    const watcher = await as(control, protocol);
    await watcher.subscribe(`${ward}/#`);
    const will = { topic, payload: Buffer.from('connectionBroken'), qos: 1 as const, retain: true };
    const dying = await as('robot-1', protocol, { will }).catch(() => null);
    dying?.drop();
    // One identity, one connection: a new one is taken only after the broker has dealt with the old.
    const next = await as('robot-1', protocol);
    await next.publish(`${own}/state`, 'fence', { qos: 1 });
    await watcher.barrier();
    expect(watcher.received.map((message) => message.topic)).toEqual([...expected, `${own}/state`]);
    await watcher.publish(topic, '', { qos: 1, retain: true });
  });

  it("another robot's client id neither throws that robot out nor inherits its session", async () => {
    const victim = await as('robot-2', protocol, { clientId: 'letan-robot-cua-nam-robot-2', clean: false });
    await victim.subscribe(`${other}/replies`);
    for (const clientId of ['letan-robot-cua-nam-robot-2', 'robot-2', 'letan-queue-cua-nam']) {
      const intruder = await as('robot-1', protocol, { clientId, clean: false });
      const server = await as('queue-server', protocol);
      await server.publish(`${other}/replies`, `reply beside ${clientId}`);
      await Promise.all([victim.barrier(), intruder.barrier()]);
      expect(victim.connected).toBe(true);
      expect(victim.received.at(-1)?.payload).toBe(`reply beside ${clientId}`);
      expect(intruder.received).toEqual([]);
    }
    // The same certificate twice does throw out: so the above would have been seen.
    await as('robot-2', protocol, { clientId: 'somebody-else' });
    await victim.closed;
  });

  it('a user name and a password beside the certificate change nothing', async () => {
    const watcher = await as(control, protocol);
    await watcher.subscribe('#');
    const intruder = await as('robot-1', protocol, { username: 'queue-server', password: 'any' }).catch(() => null);
    await intruder?.publish(`${ward}/queue/calls`, 'forged');
    await watcher.barrier();
    expect(watcher.received).toEqual([]);
  });

  it('a message longer than the contract allows is not taken, the longest one is', async () => {
    const watcher = await as(control, protocol);
    await watcher.subscribe('#');
    const petitions = `${ward}/queue/petitions/robot-1`;
    for (const length of [64 * 1024 + 1, 10 * 1024 * 1024]) {
      const intruder = await as('robot-1', protocol);
      await intruder.publishRaw(petitions, 'x'.repeat(length));
    }
    const good = await as('robot-1', protocol);
    await good.publish(petitions, 'y'.repeat(64 * 1024));
    await watcher.barrier();
    expect(watcher.received.map(({ payload }) => `${payload[0]} ${payload.length}`)).toEqual(['y 65536']);
  });

  it('an operator gives the one command it may, and no other', async () => {
    const [desk, watcher] = [await as('front-desk', protocol), await as(control, protocol)];
    await watcher.subscribe('#');
    for (const command of ['goTo', 'pause', 'resume', 'stop', 'reboot', 'uploadLog', 'configurationVersion'])
      await desk.publish(`${other}/commands/${command}`, 'forged');
    for (const topic of ['queue/calls', 'queue/connection', 'queue/feedback/robot-1', 'robots/robot-1/state', 'robots/robot-1/replies'])
      await desk.publish(`${ward}/${topic}`, 'forged');
    await desk.publish(`${other}/commands/announce`, 'welcome');
    await watcher.barrier();
    expect(watcher.received).toEqual([{ topic: `${other}/commands/announce`, payload: 'welcome', retained: false }]);
    await desk.subscribe('#');
    for (const topic of [
      'queue/petitions/robot-1',
      'queue/registrations/robot-2',
      'robots/robot-1/replies',
      'robots/robot-1/commands/goTo',
    ])
      await watcher.publish(`${ward}/${topic}`, 'secret');
    await watcher.publish(`${ward}/queue/calls`, 'call');
    await desk.barrier();
    expect(desk.received.map(({ payload }) => payload)).toEqual(['call']);
  });
});
