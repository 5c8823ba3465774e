import type { Service } from '../../src/behaviour/model.ts';
import type { FaultSettings } from './faults.ts';
import type { ServiceFigures, WaitingTicket } from './overview.ts';
import type { QueueServer } from './queue-server.ts';
import type { RobotOverview } from './robot-desk.ts';

/** Tickets listed of a longer line. */
const mostListed = 60;

export interface CounterView {
  counter: number;
  serviceIds: readonly string[];
  open: boolean;
  serving: string | null;
  /** The ticket at the counter in full. */
  current: WaitingTicket | null;
  /** In the order they will be called here; the first {@link mostListed}. */
  waiting: WaitingTicket[];
  waitingCount: number;
}

/** Everything the staff page shows live; pushed whole on every change. Papers, bookings and statistics are asked for separately. */
export interface StaffView {
  day: string;
  counters: CounterView[];
  services: Service[];
  figures: ServiceFigures[];
  scores: Record<string, number>;
  robots: RobotOverview[];
  /** Parked tickets and today's no-shows, which can be called again. */
  aside: (WaitingTicket & { state: 'parked' | 'noShow' })[];
  /** Whether the queue server has its broker: without it no robot hears a call. */
  connected: boolean;
  /** Messages that were not taken in since the start, by cause. */
  dropped: Record<string, number>;
  /** Null where faults are not offered. */
  faults?: FaultSettings | null;
}

export function staffView(server: QueueServer): StaffView {
  const { overview, opening } = server;
  const called = overview.tickets('called');
  return {
    day: overview.today(),
    counters: server.catalogue.counters.map(({ counter, serviceIds }) => {
      const current = called.find((ticket) => ticket.counter === counter);
      const waiting = overview.front(serviceIds, counter, mostListed);
      return {
        counter,
        serviceIds,
        open: opening.isCounterOpen(counter),
        serving: current?.number ?? null,
        current: current ? overview.describe(current) : null,
        waiting: waiting.tickets.map((ticket) => overview.describe(ticket)),
        waitingCount: waiting.count,
      };
    }),
    services: overview.services(),
    figures: overview.figures(),
    scores: overview.scores(),
    robots: server.robots(),
    aside: (['parked', 'noShow'] as const).flatMap((state) =>
      overview
        .tickets(state)
        .slice(-mostListed)
        .map((ticket) => ({ ...overview.describe(ticket), state })),
    ),
    connected: server.isConnected,
    dropped: server.dropped,
  };
}
