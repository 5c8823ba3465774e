import { createRobotActor, onCommand, type RobotSnapshot } from '../../src/behaviour/actor.ts';
import type { Command, CommandType } from '../../src/behaviour/commands.ts';
import type { RobotEvent } from '../../src/behaviour/events.ts';
import type { Announcement, BehaviourSettings, Call, Service, Ticket } from '../../src/behaviour/model.ts';
import { SimulatedClock } from '../../src/core/clock.ts';
import type { SafetyState } from '../../src/core/device.ts';

export const settings: BehaviourSettings = {
  defaultLanguage: 'vi',
  patrol: ['entrance', 'waitingArea'],
  patrolEveryMs: 90_000,
  homePlace: 'home',
  waterVolumeMl: 150,
  waterEnabled: true,
  snackEnabled: true,
  screenTimeoutMs: 30_000,
  longScreenTimeoutMs: 95_000,
  shortScreenTimeoutMs: 8_000,
  commandTimeoutMs: 6_000,
  printTimeoutMs: 15_000,
  dispenseTimeoutMs: 60_000,
  driveTimeoutMs: 120_000,
  callDisplayMs: 7_000,
  servingListLength: 3,
};

const text = (en: string) => ({ vi: en, en, ko: en });

export const service = (serviceId: string, open = true): Service => ({
  serviceId,
  prefix: 'A',
  name: text(serviceId),
  open,
  hours: '07:30-17:00',
  waitingCount: 3,
  estimatedWaitMin: 12,
  procedureCodes: ['2.000815'],
});

export const ticket = (ticketId = 'ticket-1'): Ticket => ({
  ticketId,
  number: 'A012',
  serviceId: 'civil',
  serviceName: text('civil'),
  followedBy: [],
  priorityClass: 'none',
  waitingCount: 3,
  estimatedWaitMin: 12,
  issuedAt: '2026-01-05T08:00:00+07:00',
  offline: false,
});

export const call = (callId: string, sequence = 1): Call => ({
  callId,
  ticketNumber: 'A012',
  counter: 2,
  sequence,
  kind: sequence > 1 ? 'recall' : 'call',
  expiresAtMs: 0,
});

export const announcement = (announcementId: string, showForMs = 5000): Announcement => ({
  announcementId,
  text: text(`text of ${announcementId}`),
  showForMs,
});

export const free: SafetyState = { stopped: false, cause: null, latched: false, eStopOpen: false };
export const obstacle: SafetyState = { stopped: true, cause: 'obstacleFront', latched: false, eStopOpen: false };
export const eStop: SafetyState = { stopped: true, cause: 'eStop', latched: true, eStopOpen: true };

export const paperEnd = { code: 'PRINTER_PAPER_END', detail: 'no paper' } as const;

/** The machine under a simulated clock, with everything it asked for. */
export class Robot {
  readonly clock = new SimulatedClock();
  readonly commands: Command[] = [];
  readonly actor;

  constructor(change: Partial<BehaviourSettings> = {}, seed = 'run') {
    this.actor = createRobotActor({ settings: { ...settings, ...change }, seed, clock: this.clock });
    onCommand(this.actor, (command) => this.commands.push(command));
    this.actor.start();
  }

  /** A robot that works: released, online, with two services, one of them closed. */
  static ready(change: Partial<BehaviourSettings> = {}): Robot {
    const robot = new Robot(change);
    robot.send({ type: 'safety.changed', safety: free });
    robot.clock.advance(settings.shortScreenTimeoutMs);
    robot.send({ type: 'link.online' });
    robot.send({ type: 'services.changed', services: [service('civil'), service('land', false), service('tax')] });
    return robot;
  }

  send(...events: RobotEvent[]): this {
    for (const event of events) this.actor.send(event);
    return this;
  }

  get snapshot(): RobotSnapshot {
    return this.actor.getSnapshot();
  }
  get context() {
    return this.snapshot.context;
  }
  /** Leaf state of the visit region. */
  get visit(): string {
    return leaf(this.snapshot.value, 'visit');
  }
  get mobility(): string {
    return leaf(this.snapshot.value, 'mobility');
  }
  /** Id of the last command of a type. */
  id(type: CommandType): string {
    const command = this.commands.findLast((one) => one.type === type);
    if (!command) throw new Error(`no ${type} was asked for`);
    return command.id;
  }
  count(type: CommandType): number {
    return this.commands.filter((one) => one.type === type).length;
  }
  fail(type: CommandType, code: 'REQUEST_TIMEOUT' | 'PRINTER_PAPER_END' | 'WHEELS_BLOCKED' | 'DISPENSE_NO_FLOW' = 'REQUEST_TIMEOUT'): this {
    return this.send({ type: 'command.failed', id: this.id(type), command: type, error: { code, detail: 'in a test' } });
  }
}

export function leaf(value: RobotSnapshot['value'], region: string): string {
  let node: unknown = value;
  for (let key: string | undefined = region; key !== undefined; ) {
    node = typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined;
    key = typeof node === 'object' && node !== null ? Object.keys(node)[0] : undefined;
  }
  return String(node);
}

interface StateTree {
  id: string;
  states: Record<string, StateTree>;
}
/** Ids of every state without children. */
export function leafIds(node: StateTree): string[] {
  const children = Object.values(node.states);
  return children.length === 0 ? [node.id] : children.flatMap(leafIds);
}

/** How a citizen brings a ready robot into each state of the visit region. */
export const bringTo: Record<string, (robot: Robot) => void> = {
  attract: () => {},
  greeting: (robot) => robot.send({ type: 'presence.near' }),
  language: (robot) => after(robot, 'greeting').send({ type: 'touch.wake' }),
  menu: (robot) => after(robot, 'language').send({ type: 'touch.language', language: 'en' }),
  services: (robot) => after(robot, 'menu').send({ type: 'touch.menu', choice: 'ticket' }),
  procedures: (robot) => after(robot, 'menu').send({ type: 'touch.menu', choice: 'procedures' }),
  procedure: (robot) => after(robot, 'procedures').send({ type: 'touch.procedure', code: '2.000815' }),
  bookingScan: (robot) => after(robot, 'menu').send({ type: 'touch.menu', choice: 'booking' }),
  bookingCheckIn: (robot) => after(robot, 'bookingScan').send({ type: 'scan.read', code: { kind: 'booking', bookingCode: 'B1' } }),
  ticketReserving: (robot) =>
    after(robot, 'services').send({ type: 'touch.service', serviceId: 'civil', followedBy: [], priorityClass: 'elderly' }),
  ticketPrinting: (robot) => {
    after(robot, 'ticketReserving').send({ type: 'ticket.reserved', id: robot.id('ticket.reserve'), ticket: ticket() });
  },
  ticketCommitting: (robot) => {
    after(robot, 'ticketPrinting').send({ type: 'ticket.printed', id: robot.id('ticket.print') });
  },
  ticketIssued: (robot) => {
    after(robot, 'ticketCommitting').send({ type: 'ticket.committed', id: robot.id('ticket.commit') });
  },
  ticketFailed: (robot) => after(robot, 'ticketReserving').fail('ticket.reserve'),
  waterOffer: (robot) => after(robot, 'ticketIssued').send({ type: 'touch.accept' }),
  waterDispensing: (robot) => after(robot, 'waterOffer').send({ type: 'touch.accept' }),
  waterFailed: (robot) => after(robot, 'waterDispensing').fail('water.dispense', 'DISPENSE_NO_FLOW'),
  snackDispensing: (robot) => after(robot, 'menu').send({ type: 'touch.menu', choice: 'snack' }),
  snackFailed: (robot) => after(robot, 'snackDispensing').fail('snack.dispense'),
  registrationConsent: (robot) => after(robot, 'menu').send({ type: 'touch.menu', choice: 'registration' }),
  registrationScan: (robot) => after(robot, 'registrationConsent').send({ type: 'touch.accept' }),
  registrationNumber: (robot) => withReader(robot, 'registrationScan').send({ type: 'touch.typeNumber' }),
  registrationChip: (robot) => withReader(robot, 'registrationScan').send({ type: 'scan.read', code: { kind: 'card', recordId: 'r1' } }),
  registrationChipFailed: (robot) => after(robot, 'registrationChip').fail('chip.seek'),
  registrationConfirm: (robot) => after(robot, 'registrationScan').send({ type: 'scan.read', code: { kind: 'card', recordId: 'r1' } }),
  registrationSending: (robot) => after(robot, 'registrationConfirm').send({ type: 'touch.accept' }),
  registrationDone: (robot) => {
    after(robot, 'registrationSending').send({ type: 'registration.stored', id: robot.id('registration.submit') });
  },
  feedback: (robot) => after(robot, 'menu').send({ type: 'touch.menu', choice: 'feedback' }),
  feedbackStoring: (robot) => after(robot, 'feedback').send({ type: 'touch.rating', score: 5 }),
  feedbackDone: (robot) => {
    after(robot, 'feedbackStoring').send({ type: 'feedback.stored', id: robot.id('feedback.submit') });
  },
  petition: (robot) => after(robot, 'menu').send({ type: 'touch.menu', choice: 'petition' }),
  petitionSending: (robot) => after(robot, 'petition').send({ type: 'touch.petition', recordId: 'r9' }),
  petitionPrinting: (robot) => {
    after(robot, 'petitionSending').send({ type: 'petition.stored', id: robot.id('petition.submit'), receiptNumber: 'P-7' });
  },
  petitionDone: (robot) => {
    after(robot, 'petitionPrinting').send({ type: 'receipt.printed', id: robot.id('receipt.print') });
  },
  serviceFailed: (robot) => after(robot, 'feedbackStoring').fail('feedback.submit'),
  thanks: (robot) => after(robot, 'menu').send({ type: 'touch.exit' }),
};

function after(robot: Robot, state: string): Robot {
  bringTo[state]?.(robot);
  return robot;
}

/** A unit with a card reader that works. */
export function withReader(robot: Robot, state: string): Robot {
  return after(robot.send({ type: 'device.changed', device: 'cardReader', state: { status: 'ready' } }), state);
}

export const robotIn = (state: string): Robot => after(Robot.ready(), state);
