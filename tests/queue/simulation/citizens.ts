import { sampleBookings } from '../../../simulators/queue-server/catalogue.ts';
import type { Ticket } from '../../../src/behaviour/model.ts';
import { LetanError } from '../../../src/core/errors.ts';
import type { QueueLink } from '../../../src/queue/client.ts';
import type { Process } from './machine.ts';
import type { Wish } from './observer.ts';
import type { Robot } from './robot.ts';
import { services } from './ward.ts';
import type { World } from './world.ts';

const bookingCodes = sampleBookings.map(({ code }) => code) as [string, ...string[]];
const jwe = 'aGVhZA..aXY.c2VhbGVk.dGFn';
/** Commits and voids may go this far beyond the outbox's limit. */
const settlingReserve = 200;

interface Visit {
  robot: Robot;
  process: Process;
  link: QueueLink;
  wish: Wish;
  /** Of the citizen who checks in. */
  bookingCode: string;
}

/** Citizens before one robot, one after the other and sometimes at once (somebody leaves, the printer still prints). */
export class Citizens {
  /** Visits that still wait for an answer, a printer or a disk. */
  private readonly waiting = new Set<Wish>();
  /** The last check-in of each booking. */
  private readonly checkIns = new Map<string, Wish>();
  private readonly world: World;
  private arrived = 0;

  constructor(world: World) {
    this.world = world;
  }

  arrive(robot: Robot): void {
    const { process, link, machine } = robot;
    const kind = machine.dice.weighted({ ticket: 10, 'check-in': 3, feedback: 3, petition: 2, registration: 3 });
    const bookingCode = machine.dice.pick(bookingCodes);
    if (!process?.alive || !link || (kind === 'check-in' && this.holdsPaper(bookingCode))) return;
    const wish = this.world.observer.wish(kind, robot.robotId, `visit-${++this.arrived}`);
    this.world.happenings.note(robot.robotId, kind, () => wish.visitId);
    if (kind === 'check-in') this.checkIns.set(bookingCode, wish);
    this.waiting.add(wish);
    const done = () => this.waiting.delete(wish);
    // What a dead process owes is never answered.
    process.died.on(done);
    void this.serve({ robot, process, link, wish, bookingCode })
      .catch((error: unknown) => this.refused(process, wish, error))
      .finally(done);
  }

  /**
   * Whoever booked comes again only without a paper: a reservation that nobody confirmed in time gives its booking back, so that of two
   * papers for one booking only one could count.
   */
  private holdsPaper(bookingCode: string): boolean {
    const before = this.checkIns.get(bookingCode);
    return before !== undefined && (before.fate === 'acknowledged' || this.waiting.has(before));
  }

  get pending(): number {
    return this.waiting.size;
  }

  private async serve(visit: Visit): Promise<void> {
    const { link, wish, robot, bookingCode } = visit;
    const { visitId } = wish;
    const { dice } = robot.machine;
    switch (wish.kind) {
      case 'ticket': {
        const priorityClass = dice.pick(['none', 'none', 'none', 'elderly', 'pregnant'] as const);
        const [serviceId, next] = [dice.pick(services), dice.pick(services)];
        const followedBy = dice.chance(0.2) && next !== serviceId ? [next] : [];
        return this.print(visit, await link.reserveTicket({ visitId, serviceId, followedBy, priorityClass, language: 'vi' }));
      }
      case 'check-in':
        return this.print(visit, await link.checkInBooking({ visitId, bookingCode, language: 'vi' }));
      case 'feedback':
        return this.promise(visit, () => link.submitFeedback({ visitId, score: dice.between(1, 5) }));
      case 'petition':
        return this.promise(visit, async () => {
          wish.receipt = await link.submitPetition({ visitId, jwe });
        });
      case 'registration':
        return this.promise(visit, () => link.submitRegistration({ visitId, personCount: 1, jwe }));
    }
  }

  private async print(visit: Visit, ticket: Ticket): Promise<void> {
    const { wish, process, robot, link } = visit;
    if (!process.alive) return;
    const { ticketId, number, serviceId, priorityClass, offline } = ticket;
    this.world.observer.given(wish, { ticketId, number, serviceId, priorityClass, offline });
    this.world.happenings.note(robot.robotId, 'prints', () => `${number} ${ticketId}`);
    const { dice } = robot.machine;
    const printMs = dice.chance(0.05) ? dice.between(50_000, 80_000) : dice.between(500, 4_000);
    await new Promise<void>((resolve) => process.after(printMs, resolve));
    const outcome = dice.weighted({ confirmed: 80, failed: 14, 'nobody knows': 6 });
    this.world.happenings.count(`paper ${outcome}`);
    if (outcome === 'nobody knows') {
      process.die();
      return;
    }
    if (outcome === 'confirmed') return this.promise(visit, () => link.commitTicket(ticketId));
    await link.voidTicket(ticketId, 'paper jam');
    if (process.alive) wish.fate = 'voided';
  }

  /** What `write` resolves with is what the citizen is told. */
  private async promise({ wish, process, robot }: Visit, write: () => Promise<void>): Promise<void> {
    wish.fate = 'trying';
    await write();
    if (!process.alive) return;
    this.world.observer.acknowledged(wish);
    this.checkBound(robot, wish);
  }

  /** She is told that it did not work. */
  private refused(process: Process, wish: Wish, error: unknown): void {
    if (!process.alive) return;
    if (!(error instanceof LetanError)) {
      this.world.observer.violated('nothing throws', `${wish.kind}: ${String(error)}`);
      return;
    }
    this.world.happenings.count(`citizen told ${error.code}`);
    this.world.happenings.note(wish.robotId, 'refuses', () => `${wish.visitId} ${error.code}`);
  }

  /** New promises go up to the limit; commits and voids, which settle old ones, into the reserve. */
  private checkBound({ store }: Robot, { kind }: Wish): void {
    const length = store?.outbox.length ?? 0;
    const { outboxLimit } = this.world.plan;
    const bound = kind === 'ticket' || kind === 'check-in' ? outboxLimit + settlingReserve : outboxLimit;
    if (length > bound) this.world.observer.violated('the outbox keeps its bound', `${length} of ${bound} with a ${kind}`);
  }
}
