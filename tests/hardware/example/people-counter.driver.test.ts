import { expect, it } from 'vitest';
import type { SerialLink } from '../../../hardware/serial/serial-link.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { errorKinds } from '../../../src/core/errors.ts';
import { Signal } from '../../../src/core/signal.ts';
import { peopleCounterSchema } from './people-counter.config.ts';
import { SerialPeopleCounter } from './people-counter.driver.ts';
import { PeopleCounterSimulator } from './people-counter.simulator.ts';
import { type CounterEvent, counterLine, listenToCounter } from './people-counter.wiring.ts';

/** A line in memory between a driver and a simulated part; 1 ms each way. */
class MemoryLine implements SerialLink {
  readonly opened = new Signal<void>();
  readonly closed = new Signal<string>();
  readonly received = new Signal<Uint8Array>();
  isOpen = true;
  private readonly clock: SimulatedClock;
  private readonly arrived = new Signal<Uint8Array>();
  readonly far = {
    onData: (listener: (bytes: Uint8Array) => void) => this.arrived.on(listener),
    write: (bytes: Uint8Array) => this.carry(bytes, this.received),
  };
  constructor(clock: SimulatedClock) {
    this.clock = clock;
  }
  write(bytes: Uint8Array): Promise<void> {
    this.carry(bytes, this.arrived);
    return Promise.resolve();
  }
  close(): Promise<void> {
    this.isOpen = false;
    return Promise.resolve();
  }
  private carry(bytes: Uint8Array, to: Signal<Uint8Array>): void {
    this.clock.after(1, () => this.isOpen && to.emit(bytes));
  }
}

function bench() {
  const clock = new SimulatedClock();
  const line = new MemoryLine(clock);
  const part = new PeopleCounterSimulator(line.far);
  const counter = new SerialPeopleCounter({ link: line, clock });
  return { clock, line, part, counter };
}

it('is ready when the part has answered, and counts passages as they happen', () => {
  const { clock, part, counter } = bench();
  expect(counter.status.status).toBe('offline');
  clock.advance(2);
  expect(counter.status).toEqual({ status: 'ready' });
  const counts: string[] = [];
  counter.countChanged.on(({ entered, left }) => counts.push(`${entered}/${left}`));
  part.enter();
  part.enter();
  part.leave();
  clock.advance(1000);
  expect(counts).toEqual(['1/0', '2/0', '2/1']);
});

it('misses its deadline twice: offline, with the count forgotten; ready again by itself', () => {
  const { clock, part, counter } = bench();
  clock.advance(100);
  part.health = 'silent';
  clock.advance(699);
  expect(counter.status).toEqual({ status: 'ready' });
  clock.advance(1);
  expect(counter.status).toMatchObject({ status: 'offline', error: { code: 'DEVICE_OFFLINE' } });
  expect(counter.count).toBeNull();
  part.health = 'well';
  clock.advance(301);
  expect(counter.status).toEqual({ status: 'ready' });
});

it('nonsense makes it faulty, with a code and a hint', () => {
  const { clock, part, counter } = bench();
  part.health = 'nonsense';
  clock.advance(1000);
  expect(counter.status).toMatchObject({
    status: 'faulty',
    error: { code: 'DEVICE_FAULTY', detail: expect.stringContaining('baud rate') },
  });
  const line = counterLine(counter, peopleCounterSchema.parse({ path: '/dev/counter' }));
  expect(line).toMatchObject({ device: 'peopleCounter', state: 'faulty', hint: errorKinds.DEVICE_FAULTY.hint });
});

it('tells the machine, and leaves no timer and no listener behind', async () => {
  const { clock, line, part, counter } = bench();
  const events: CounterEvent[] = [];
  const stop = listenToCounter(counter, (event) => events.push(event));
  clock.advance(10);
  part.enter();
  clock.advance(10);
  line.isOpen = false;
  line.closed.emit('cable pulled');
  expect(events.map((event) => (event.type === 'device.changed' ? event.state.status : event.count.entered))).toEqual([
    'offline',
    'ready',
    0,
    1,
    'offline',
  ]);
  stop();
  await counter.close();
  expect(clock.pendingCount).toBe(0);
  expect(
    [line.opened, line.closed, line.received, counter.statusChanged, counter.countChanged].map((signal) => signal.listenerCount),
  ).toEqual([0, 0, 0, 0, 0]);
});

it('refuses a configuration with an unknown key or another speed', () => {
  expect(peopleCounterSchema.parse({ path: '/dev/counter' })).toEqual({ path: '/dev/counter', baudRate: 9600 });
  expect(peopleCounterSchema.safeParse({ path: '/dev/counter', baudRate: 9601 }).success).toBe(false);
  expect(peopleCounterSchema.safeParse({ path: '/dev/counter', colour: 'red' }).success).toBe(false);
});
