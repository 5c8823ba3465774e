import { expect, it } from 'vitest';
import type { StateNode } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import type { RobotSnapshot } from '../../src/behaviour/actor.ts';
import { menuChoices, type RobotEvent } from '../../src/behaviour/events.ts';
import { robotMachine } from '../../src/behaviour/robot.machine.ts';
import { type TimeoutName, timeoutMs } from '../../src/behaviour/timeouts.ts';
import { announcement, call, eStop, free, leaf, leafIds, obstacle, paperEnd, Robot, service, settings, ticket } from './robot.ts';

type Region = 'safety' | 'mobility' | 'visit' | 'calling' | 'announcing' | 'link' | 'maintenance' | 'restart';

const failed = (id: string, code: 'WHEELS_BLOCKED' | 'REQUEST_TIMEOUT' = 'REQUEST_TIMEOUT'): RobotEvent => ({
  type: 'command.failed',
  id,
  command: 'drive.to',
  error: { code, detail: '' },
});

/** What may happen next, seen by one region; an outcome carries the id that is waited for. */
const eventsOf: Record<Region, (snapshot: RobotSnapshot) => RobotEvent[]> = {
  safety: () => [free, obstacle, eStop].map((safety) => ({ type: 'safety.changed', safety })),
  link: () => [{ type: 'link.online' }, { type: 'link.offline', error: { code: 'QUEUE_OFFLINE', detail: '' } }],
  maintenance: () => [{ type: 'robot.pause' }, { type: 'robot.resume' }, { type: 'robot.stop' }],
  restart: () => [{ type: 'robot.reboot' }, { type: 'touch.wake' }, { type: 'touch.exit' }],
  announcing: ({ context }) => [
    { type: 'robot.announce', announcement: announcement('n', 3000) },
    { type: 'call.received', call: call(`c${context.heardCalls.length}`) },
  ],
  calling: ({ context }) => [{ type: 'call.received', call: call(`c${context.heardCalls.length}`) }],
  mobility: ({ context }) => {
    const id = context.driveId ?? 'none';
    return [
      { type: 'safety.changed', safety: free },
      { type: 'presence.near' },
      { type: 'presence.left' },
      { type: 'robot.goTo', place: 'home' },
      { type: 'touch.exit' },
      { type: 'drive.arrived', id },
      failed(id),
      failed(id, 'WHEELS_BLOCKED'),
    ];
  },
  visit: ({ context }) => {
    const id = context.visit.awaitedId ?? 'none';
    return [
      { type: 'safety.changed', safety: free },
      { type: 'services.changed', services: [service('civil')] },
      { type: 'device.changed', device: 'printer', state: { status: 'faulty', error: paperEnd } },
      { type: 'device.changed', device: 'printer', state: { status: 'ready' } },
      { type: 'touch.wake' },
      { type: 'touch.language', language: 'ko' },
      ...menuChoices.map((choice): RobotEvent => ({ type: 'touch.menu', choice })),
      { type: 'touch.service', serviceId: 'civil', followedBy: [], priorityClass: 'none' },
      { type: 'touch.procedure', code: '2.000815' },
      { type: 'touch.accept' },
      { type: 'touch.rating', score: 3 },
      { type: 'touch.petition', recordId: 'r2' },
      { type: 'touch.exit' },
      { type: 'scan.read', code: { kind: 'card', recordId: 'r1' } },
      { type: 'scan.read', code: { kind: 'booking', bookingCode: 'B1' } },
      { type: 'ticket.reserved', id, ticket: ticket() },
      { type: 'ticket.printed', id },
      { type: 'ticket.committed', id },
      { type: 'device.changed', device: 'cardReader', state: { status: 'ready' } },
      { type: 'touch.typeNumber' },
      { type: 'touch.cardNumber', recordId: 'r3' },
      { type: 'chip.read', id, verdict: 'genuine' },
      { type: 'registration.stored', id },
      { type: 'feedback.stored', id },
      { type: 'petition.stored', id, receiptNumber: 'P-1' },
      { type: 'receipt.printed', id },
      failed(id),
    ];
  },
};
/** Regions that decide whether the region looked at may move. */
const lookedAt: Record<Region, Region[]> = {
  safety: ['safety'],
  link: ['link'],
  maintenance: ['maintenance'],
  calling: ['calling'],
  announcing: ['announcing', 'calling'],
  restart: ['restart', 'visit'],
  mobility: ['mobility', 'safety', 'visit'],
  visit: ['visit', 'safety'],
};

interface Timer {
  type: string;
  timeout: TimeoutName;
}

/** The delays that are running in the regions looked at, as the events xstate sends itself. */
function timers(snapshot: RobotSnapshot, regions: Region[]): Timer[] {
  const nodes: Pick<StateNode, 'path' | 'after' | 'id'>[] = snapshot._nodes;
  return nodes
    .filter((node) => regions.some((region) => node.path[0] === region))
    .flatMap((node) => node.after.map(({ eventType, delay }) => ({ type: eventType, timeout: delay as TimeoutName })));
}

function pathsOf(region: Region) {
  const regions = lookedAt[region];
  return getShortestPaths(robotMachine, {
    input: { settings, seed: 'graph' },
    // xstate's own delay events are not part of RobotEvent.
    events: (snapshot) => [...eventsOf[region](snapshot), ...(timers(snapshot, regions) as unknown as RobotEvent[])],
    serializeState: (snapshot) =>
      JSON.stringify([
        regions.map((one) => leaf(snapshot.value, one)),
        snapshot.context.services.length,
        snapshot.context.devices.printer?.status,
        snapshot.context.devices.cardReader?.status,
        snapshot.context.requestedPlace,
      ]),
    limit: 50_000,
  });
}

/** Walks a path on a started machine; where the path waits for a delay, time passes instead. */
function walk(steps: { event: RobotEvent | Timer }[], reached: Set<string>): Robot {
  const robot = new Robot({}, 'graph');
  const note = () => {
    for (const node of robot.snapshot._nodes) reached.add(node.id);
  };
  const subscription = robot.actor.subscribe(note);
  note();
  for (const { event } of steps) {
    const type: string = event.type;
    if (type === 'xstate.init') continue;
    if ('timeout' in event) robot.clock.advance(timeoutMs(event.timeout, settings));
    else robot.send(event);
  }
  subscription.unsubscribe();
  return robot;
}

it('every state of every region is reached, under a simulated clock, by a shortest path', () => {
  const reached = new Set<string>();
  for (const region of ['safety', 'link', 'maintenance', 'calling', 'announcing', 'restart', 'mobility', 'visit'] as const) {
    const ends = new Map<string, ReturnType<typeof pathsOf>[number]>();
    for (const path of pathsOf(region)) {
      const end = leaf(path.state.value, region);
      const known = ends.get(end);
      if (!known || path.weight < known.weight) ends.set(end, path);
    }
    for (const [end, path] of ends) expect(leaf(walk(path.steps, reached).snapshot.value, region), `${region}: ${end}`).toBe(end);
  }
  const all = leafIds(robotMachine.root);
  expect(all.length).toBeGreaterThan(45);
  expect(all.filter((id) => !reached.has(id))).toEqual([]);
}, 120_000);
