import type { Service } from '../../src/behaviour/model.ts';
import { wardCounters } from './catalogue.ts';
import type { ServiceFigures, WaitingTicket } from './overview.ts';
import type { QueueServer } from './queue-server.ts';
import type { RobotOverview } from './ward-link.ts';

export interface CounterView {
  counter: number;
  serviceIds: readonly string[];
  serving: string | null;
  /** In the order they will be called here. */
  waiting: WaitingTicket[];
}

/** Everything the staff page shows live; pushed whole on every change. Registrations and petitions are asked for separately. */
export interface StaffView {
  day: string;
  counters: CounterView[];
  services: Service[];
  figures: ServiceFigures[];
  scores: Record<string, number>;
  robots: RobotOverview[];
}

export function staffView(server: QueueServer): StaffView {
  const { overview } = server;
  const serving = overview.serving();
  return {
    day: overview.today(),
    counters: wardCounters.map(({ counter, serviceIds }) => ({
      counter,
      serviceIds,
      serving: serving.find((candidate) => candidate.counter === counter)?.ticketNumber ?? null,
      waiting: overview.waiting(serviceIds, counter).map((ticket) => overview.describe(ticket)),
    })),
    services: overview.services(),
    figures: overview.figures(),
    scores: overview.scores(),
    robots: server.robots(),
  };
}
