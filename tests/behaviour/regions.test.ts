import { describe, expect, it } from 'vitest';
import { isDriving } from '../../src/behaviour/view-state.ts';
import { call, eStop, free, obstacle, paperEnd, Robot, robotIn, service, settings } from './robot.ts';

describe('driving', () => {
  const patrolling = () => {
    const robot = Robot.ready();
    robot.clock.advance(settings.patrolEveryMs);
    return robot;
  };
  it('patrols in turn, each period', () => {
    const robot = Robot.ready();
    robot.clock.advance(settings.patrolEveryMs - 1);
    expect(isDriving(robot.snapshot)).toBe(false);
    robot.clock.advance(1);
    robot.send({ type: 'drive.arrived', id: robot.id('drive.to') });
    robot.clock.advance(settings.patrolEveryMs);
    robot.send({ type: 'drive.arrived', id: robot.id('drive.to') });
    robot.clock.advance(settings.patrolEveryMs);
    expect(robot.commands.filter((command) => command.type === 'drive.to').map((command) => command.place)).toEqual([
      'entrance',
      'waitingArea',
      'entrance',
    ]);
  });
  it('stops and greets who comes near, and stays while she is near', () => {
    const robot = patrolling().send({ type: 'presence.near' });
    expect([robot.visit, robot.mobility, robot.count('stop')]).toEqual(['greeting', 'parked', 1]);
    robot.send({ type: 'touch.exit' }, { type: 'touch.exit' });
    robot.clock.advance(10 * settings.patrolEveryMs);
    expect(robot.count('drive.to')).toBe(1);
    robot.send({ type: 'presence.left' });
    robot.clock.advance(settings.patrolEveryMs);
    expect(robot.count('drive.to')).toBe(2);
  });
  it.each([
    ['a latched stop', { type: 'safety.changed', safety: eStop } as const],
    ['a pause', { type: 'robot.pause' } as const],
    ['a touch', { type: 'touch.wake' } as const],
    ['a lost board', { type: 'device.changed', device: 'board', state: { status: 'offline', error: paperEnd } } as const],
  ])('ends with one stop at %s', (_name, event) => {
    const robot = patrolling().send(event);
    expect([robot.mobility, robot.count('stop')]).toEqual(['parked', 1]);
  });
  it('goes on through a protective stop, and gives up after the drive timeout', () => {
    const robot = patrolling().send({ type: 'safety.changed', safety: obstacle }, { type: 'safety.changed', safety: free });
    expect([robot.mobility, robot.count('stop')]).toEqual(['patrolling', 0]);
    robot.clock.advance(settings.driveTimeoutMs);
    expect([robot.mobility, robot.count('stop')]).toEqual(['idle', 1]);
  });
  it('for the staff passes people, waits out a visit, and tries a blocked way again', () => {
    const robot = robotIn('menu').send({ type: 'robot.goTo', place: 'home' });
    expect(robot.count('drive.to')).toBe(0);
    robot.send({ type: 'touch.exit' }, { type: 'touch.exit' }, { type: 'presence.near' });
    expect([robot.visit, robot.mobility]).toEqual(['attract', 'errand']);
    robot.fail('drive.to', 'WHEELS_BLOCKED');
    robot.send({ type: 'presence.left' });
    robot.clock.advance(settings.patrolEveryMs);
    expect([robot.mobility, robot.count('drive.to')]).toEqual(['errand', 2]);
    robot.send({ type: 'drive.arrived', id: robot.id('drive.to') });
    expect([robot.mobility, robot.context.requestedPlace]).toEqual(['idle', null]);
  });
  it('does not start again by itself after an e-stop', () => {
    const robot = Robot.ready().send({ type: 'robot.goTo', place: 'home' }, { type: 'safety.changed', safety: eStop });
    robot.send({ type: 'robot.goTo', place: 'home' }, { type: 'safety.changed', safety: free });
    robot.clock.advance(settings.shortScreenTimeoutMs);
    expect([robot.mobility, robot.count('drive.to')]).toEqual(['idle', 1]);
  });
});

it('a stop that a person must end is spoken, once; one that ends by itself and the one after power-up are not', () => {
  const robot = Robot.ready();
  expect(robot.count('speech.warn')).toBe(0);
  robot.send({ type: 'safety.changed', safety: obstacle }, { type: 'safety.changed', safety: free });
  expect(robot.count('speech.warn')).toBe(0);
  robot.send({ type: 'safety.changed', safety: eStop }, { type: 'safety.changed', safety: eStop });
  expect(robot.count('speech.warn')).toBe(1);
  // Released, and pressed again before people have stepped away.
  robot.send({ type: 'safety.changed', safety: free }, { type: 'safety.changed', safety: eStop });
  expect(robot.count('speech.warn')).toBe(2);
});

describe('calls', () => {
  it('are shown one after the other, each spoken once', () => {
    const robot = Robot.ready();
    robot.send({ type: 'call.received', call: call('a') }, { type: 'call.received', call: call('b') });
    robot.send({ type: 'call.received', call: call('a') }, { type: 'call.received', call: call('a', 2) });
    expect(robot.context.call?.callId).toBe('a');
    robot.clock.advance(settings.callDisplayMs - 1);
    expect(robot.context.call?.callId).toBe('a');
    robot.clock.advance(1);
    expect(robot.context.call?.callId).toBe('b');
    robot.clock.advance(2 * settings.callDisplayMs);
    expect(robot.context.call).toBeNull();
    const spoken = robot.commands
      .filter((command) => command.type === 'speech.call')
      .map(({ call: { callId, sequence } }) => [callId, sequence]);
    expect(spoken).toEqual([
      ['a', 1],
      ['b', 1],
      ['a', 2],
    ]);
  });
  it('waiting beyond twenty push out the oldest', () => {
    const robot = Robot.ready();
    for (let index = 0; index <= 22; index++) robot.send({ type: 'call.received', call: call(`c${index}`) });
    expect(robot.context.waitingCalls.map((one) => one.callId)).toEqual(Array.from({ length: 20 }, (_, index) => `c${index + 3}`));
    expect(robot.context.droppedCallCount).toBe(2);
  });
});

describe('the robot as a whole', () => {
  it('starts no visit while paused and lets a running service finish', () => {
    const robot = robotIn('ticketPrinting').send({ type: 'robot.pause' });
    robot.send({ type: 'ticket.printed', id: robot.id('ticket.print') });
    robot.send({ type: 'ticket.committed', id: robot.id('ticket.commit') });
    robot.send({ type: 'touch.accept' });
    expect(robot.visit).toBe('thanks');
    robot.clock.advance(settings.shortScreenTimeoutMs);
    robot.send({ type: 'presence.near' }, { type: 'touch.wake' });
    expect(robot.visit).toBe('attract');
    robot.send({ type: 'robot.resume' }, { type: 'touch.wake' });
    expect(robot.visit).toBe('greeting');
  });
  it('shows its mood, the gravest first, and says it once', () => {
    const robot = Robot.ready();
    robot.send({ type: 'touch.wake' }, { type: 'call.received', call: call('a') }, { type: 'safety.changed', safety: eStop });
    robot.send({ type: 'safety.changed', safety: free });
    robot.clock.advance(settings.callDisplayMs);
    const moods = robot.commands.filter((command) => command.type === 'lights.set').map((command) => command.mood);
    expect(moods).toEqual(['stopped', 'offline', 'calm', 'greeting', 'calling', 'stopped', 'calling', 'greeting']);
  });
  it('keeps no more of the serving list than the screen shows', () => {
    const serving = [1, 2, 3, 4].map((counter) => ({ counter, ticketNumber: `A00${counter}` }));
    const robot = Robot.ready().send({ type: 'serving.changed', serving }, { type: 'services.changed', services: [service('tax')] });
    expect(robot.context.serving).toEqual(serving.slice(0, 3));
    expect(robot.context.services.map((one) => one.serviceId)).toEqual(['tax']);
  });
});
