import type { Command } from '../../src/behaviour/commands.ts';
import type { RobotEvent } from '../../src/behaviour/events.ts';
import { free, type Robot, ticket } from './robot.ts';

/** One thing that happens: an event, time, or the outcome of the command issued `back` commands ago. */
export type Play =
  | { kind: 'event'; event: RobotEvent }
  | { kind: 'time'; ms: number }
  | { kind: 'outcome'; back: number; succeeds: boolean };

/** How the world answers a command; null: it does not. Tickets are named after the command that reserved them. */
function outcomeOf(command: Command, succeeds: boolean): RobotEvent | null {
  const { id } = command;
  if (['stop', 'lights.set', 'water.abort', 'restart', 'chip.stop'].includes(command.type)) return null;
  if (!succeeds) return { type: 'command.failed', id, command: command.type, error: { code: 'REQUEST_TIMEOUT', detail: '' } };
  switch (command.type) {
    case 'ticket.reserve':
    case 'booking.checkIn':
      return { type: 'ticket.reserved', id, ticket: ticket(`of ${id}`) };
    case 'ticket.print':
      return { type: 'ticket.printed', id };
    case 'ticket.commit':
      return { type: 'ticket.committed', id };
    case 'ticket.void':
      return { type: 'ticket.voided', id };
    case 'water.dispense':
      return { type: 'water.dispensed', id, dispensedMl: 150 };
    case 'snack.dispense':
      return { type: 'snack.dispensed', id };
    case 'drive.to':
      return { type: 'drive.arrived', id };
    case 'chip.seek':
      return { type: 'chip.read', id, verdict: 'intact' };
    case 'registration.submit':
      return { type: 'registration.stored', id };
    case 'feedback.submit':
      return { type: 'feedback.stored', id };
    case 'petition.submit':
      return { type: 'petition.stored', id, receiptNumber: 'P-1' };
    case 'receipt.print':
      return { type: 'receipt.printed', id };
    case 'vault.erase':
      return { type: 'vault.erased', id };
    default:
      return { type: 'speech.finished', id };
  }
}

/** Looks at everything that goes in and out of a robot and throws at the first broken promise. */
export class Watch {
  readonly robot: Robot;
  private noted = 0;
  private readonly ids = new Set<string>();
  private driving: string | null = null;
  private halted = false;
  private restarts = 0;
  private pouring: string | null = null;
  /** The reader's field is on. */
  private seeking = false;
  private readonly printing = new Map<string, string>();
  private readonly printed = new Set<string>();
  /** Reserved ticket -> what has become of it. */
  private readonly tickets = new Map<string, 'open' | 'committed' | 'voided'>();
  /** A request is answered once: a success after its own failure is no reservation. */
  private readonly refused = new Set<string>();
  private readonly erased = new Set<string>();

  constructor(robot: Robot) {
    this.robot = robot;
    this.takeCommands();
  }

  take(play: Play): void {
    if (play.kind === 'time') this.robot.clock.advance(play.ms);
    else if (play.kind === 'event') this.send(play.event);
    else {
      const asked = this.robot.commands.filter((command) => outcomeOf(command, true) !== null && !command.type.startsWith('speech.'));
      const command = asked.at(-1 - play.back);
      const outcome = command && outcomeOf(command, play.succeeds);
      if (outcome) this.send(outcome);
    }
    this.takeCommands();
  }

  send(event: RobotEvent): void {
    this.hear(event);
    const stops = this.robot.count('stop');
    this.robot.send(event);
    if (event.type === 'robot.stop' && this.robot.count('stop') === stops) throw new Error('an order to stop without a stop');
    if (event.type === 'safety.changed' && event.safety.latched && !this.robot.snapshot.matches({ safety: 'latchedStop' }))
      throw new Error('a safety stop was not taken up');
    this.takeCommands();
  }

  expectNothingOpen(): void {
    const open = [...this.tickets].filter(([, fate]) => fate === 'open').map(([id]) => id);
    if (open.length > 0) throw new Error(`tickets neither committed nor voided: ${open}`);
    for (let visit = 1; visit <= this.robot.context.visitCount; visit++) {
      if (!this.erased.has(`run-v${visit}`)) throw new Error(`visit ${visit} was not erased`);
    }
  }

  note(command: Command): void {
    if (this.ids.has(command.id)) throw new Error(`id ${command.id} used twice`);
    this.ids.add(command.id);
    if (command.type === 'drive.to') {
      if (this.halted) throw new Error('drive after an order to stop');
      if (this.pouring !== null) throw new Error('drive while dispensing');
      this.driving = command.id;
    } else if (command.type === 'stop') {
      this.driving = null;
    } else if (command.type === 'water.dispense' || command.type === 'snack.dispense') {
      if (this.driving !== null) throw new Error('dispensing while driving');
      if (this.halted) throw new Error('dispensing after an order to stop');
      this.pouring = command.id;
    } else if (command.type === 'chip.seek' || command.type === 'chip.stop') {
      this.seeking = command.type === 'chip.seek';
    } else if (command.type === 'vault.erase') {
      if (this.seeking) throw new Error('erased while a chip may still be read');
      if (this.erased.has(command.visitId)) throw new Error(`${command.visitId} erased twice`);
      this.erased.add(command.visitId);
    } else if (command.type === 'restart') {
      this.restarts += 1;
      if (this.restarts > 1) throw new Error('a second restart');
      if (this.driving !== null || this.pouring !== null) throw new Error('restart while something moves or flows');
      if (this.robot.visit !== 'attract') throw new Error('restart during a visit');
    } else this.noteTicket(command);
  }

  private noteTicket(command: Command): void {
    if (command.type === 'ticket.print') this.printing.set(command.id, command.ticket.ticketId);
    if (command.type === 'ticket.commit') {
      if (!this.printed.has(command.ticketId)) throw new Error('commit of an unprinted ticket');
      if (this.tickets.get(command.ticketId) !== 'open') throw new Error('commit of a ticket that was settled already');
      this.tickets.set(command.ticketId, 'committed');
    }
    if (command.type === 'ticket.void') {
      if (this.tickets.get(command.ticketId) === 'voided') throw new Error('void twice');
      this.tickets.set(command.ticketId, 'voided');
    }
  }

  private hear(event: RobotEvent): void {
    if (event.type === 'robot.stop') this.halted = true;
    if (event.type === 'robot.resume') this.halted = false;
    if (!('id' in event)) return;
    const { type, id } = event;
    if (type === 'ticket.reserved' && !this.refused.has(id) && !this.tickets.has(event.ticket.ticketId)) {
      this.tickets.set(event.ticket.ticketId, 'open');
    }
    if (type === 'ticket.printed') this.printed.add(this.printing.get(id) ?? '');
    if (['drive.arrived', 'command.failed'].includes(type) && id === this.driving) this.driving = null;
    if (['water.dispensed', 'snack.dispensed', 'command.failed'].includes(type) && id === this.pouring) this.pouring = null;
    if (type === 'command.failed') this.refused.add(id);
  }

  private takeCommands(): void {
    for (const command of this.robot.commands.slice(this.noted)) this.note(command);
    this.noted = this.robot.commands.length;
    const { value, context } = this.robot.snapshot;
    if (this.seeking && this.robot.visit !== 'registrationChip') throw new Error(`a card is looked for in ${this.robot.visit}`);
    if (this.driving === null) return;
    if (this.robot.visit !== 'attract') throw new Error(`driving during a visit: ${JSON.stringify(value)}`);
    if (context.safety.latched) throw new Error('driving under a latched stop');
    if (this.robot.snapshot.matches({ maintenance: 'paused' })) throw new Error('driving while paused');
    if (context.devices.board?.status === 'offline') throw new Error('driving without a board');
  }
}

/** The world comes to rest: everything still asked for is answered, and all countdowns run out. */
export function settle(watch: Watch): void {
  const { robot } = watch;
  for (const command of [...robot.commands]) {
    if (command.type !== 'ticket.reserve' && command.type !== 'booking.checkIn') continue;
    watch.send({ type: 'ticket.reserved', id: command.id, ticket: ticket(`of ${command.id}`) });
  }
  watch.send({ type: 'safety.changed', safety: free });
  for (let minute = 0; minute < 12; minute++) watch.take({ kind: 'time', ms: 60_000 });
  if (robot.visit !== 'attract') throw new Error(`never came to rest: ${robot.visit}`);
}
