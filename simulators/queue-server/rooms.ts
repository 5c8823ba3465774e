import type { JWK } from 'jose';
import type { Clock } from '../../src/core/clock.ts';
import type { Ids } from '../../src/core/ids.ts';
import type { Random } from '../../src/core/random.ts';
import { contractVersion, type Operation, type Outcome, type RequestOf } from '../../src/queue/contract.ts';
import type { Sqlite } from '../../src/store/database.ts';
import { Archive } from './archive.ts';
import { BookingOffice } from './booking-office.ts';
import { Calling } from './calling.ts';
import type { Catalogue } from './catalogue.ts';
import { Decisions } from './decisions.ts';
import { LeaseOffice } from './lease-office.ts';
import { Opening } from './opening.ts';
import { accept } from './outcomes.ts';
import { Overview } from './overview.ts';
import { serverSoftware } from './server-presence.ts';
import { Statistics } from './statistics.ts';
import { TicketOffice } from './ticket-office.ts';

/** Everything of the queue server that lives on its database. */
export interface Rooms {
  database: Sqlite;
  decisions: Decisions;
  opening: Opening;
  overview: Overview;
  statistics: Statistics;
  office: TicketOffice;
  leases: LeaseOffice;
  bookings: BookingOffice;
  calling: Calling;
  archive: Archive;
  handlers: Handlers;
}

/** Who decides which operation. */
type Handlers = { [O in Operation]: (request: RequestOf<O>) => Outcome };

export function openRooms(
  database: Sqlite,
  sources: { clock: Clock; ids: Ids; random: Random; catalogue: Catalogue; privateKey: JWK; supported: readonly Operation[] },
): Rooms {
  const { clock, ids, random, catalogue, privateKey, supported } = sources;
  const opening = new Opening(database, clock, catalogue);
  const overview = new Overview(database, clock, catalogue, opening);
  const leases = new LeaseOffice(database, clock, ids, catalogue);
  const office = new TicketOffice(database, clock, { catalogue, overview, leases });
  const bookings = new BookingOffice(database, { clock, random }, { catalogue, office, opening });
  const archive = new Archive(database, clock, privateKey);
  return {
    database,
    decisions: new Decisions(database, clock),
    opening,
    overview,
    statistics: new Statistics(database, catalogue),
    office,
    leases,
    bookings,
    calling: new Calling(database, { clock, ids }, { catalogue, overview, opening }),
    archive,
    handlers: {
      hello: () => accept({ version: contractVersion, software: serverSoftware, operations: [...supported] }),
      'tickets/reserve': (request) => office.reserve(request),
      'tickets/commit': (request) => office.commit(request),
      'tickets/void': (request) => office.void(request),
      checkins: (request) => bookings.checkIn(request),
      feedback: (request) => archive.feedback(request),
      petitions: (request) => archive.petition(request),
      registrations: (request) => archive.registration(request),
      leases: (request) => leases.lease(request),
    },
  };
}
