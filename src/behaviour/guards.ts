import { and, not, or, stateIn } from 'xstate';
import type { Mood } from './commands.ts';
import { dispenseFault, faultOf, peopleLimit, type RobotContext, readerReady, waitingAnnouncementsLimit } from './context.ts';
import type { MenuChoice, RobotEvent } from './events.ts';
import type { ChipVerdict, ScannedCode } from './model.ts';

interface GuardArgs {
  context: RobotContext;
  event: RobotEvent;
}

/** Every service asked for; undefined for one that the ward does not offer. */
const chosenServices = ({ context, event }: GuardArgs) =>
  event.type === 'touch.service'
    ? [event.serviceId, ...event.followedBy].map((id) => context.services.find((service) => service.serviceId === id))
    : [undefined];

const plainGuards = {
  /** The outcome belongs to the command the visit waits for. */
  isAwaited: ({ context, event }: GuardArgs) => 'id' in event && event.id === context.visit.awaitedId,
  isMyDrive: ({ context, event }: GuardArgs) => 'id' in event && event.id === context.driveId,
  isMyDriveBlocked: ({ context, event }: GuardArgs) =>
    event.type === 'command.failed' && event.id === context.driveId && event.error.code === 'WHEELS_BLOCKED',
  isDispense: ({ context, event }: GuardArgs) => 'id' in event && event.id === context.dispenseId,
  isAbandonedReserve: ({ context, event }: GuardArgs) => 'id' in event && context.abandonedReserveIds.includes(event.id),
  printerWorks: ({ context }: GuardArgs) => faultOf(context, 'printer') === null,
  waterWorks: ({ context }: GuardArgs) => dispenseFault(context, 'water') === null,
  snackWorks: ({ context }: GuardArgs) => dispenseFault(context, 'snack') === null,
  servicesOpen: (args: GuardArgs) => chosenServices(args).every((service) => service?.open === true),
  servicesKnown: (args: GuardArgs) => chosenServices(args).every((service) => service !== undefined),
  chooses: ({ event }: GuardArgs, choice: MenuChoice) => event.type === 'touch.menu' && event.choice === choice,
  scans: ({ event }: GuardArgs, kind: ScannedCode['kind']) => event.type === 'scan.read' && event.code.kind === kind,
  waterEnabled: ({ context }: GuardArgs) => context.settings.waterEnabled,
  snackEnabled: ({ context }: GuardArgs) => context.settings.snackEnabled,
  mayAddPerson: ({ context }: GuardArgs) => context.visit.recordIds.length < peopleLimit,
  scansCardWithReader: ({ context, event }: GuardArgs) => event.type === 'scan.read' && event.code.kind === 'card' && readerReady(context),
  readerReady: ({ context }: GuardArgs) => readerReady(context),
  /** The card's code was scanned, so the chip is not needed to know who she is. */
  knowsPerson: ({ context }: GuardArgs) => context.visit.recordIds.length > 0 && !context.visit.numberTyped,
  isAwaitedVerdict: ({ context, event }: GuardArgs, verdict: ChipVerdict) =>
    event.type === 'chip.read' && event.id === context.visit.awaitedId && event.verdict === verdict,
  hasPerson: ({ context }: GuardArgs) => context.visit.recordIds.length > 0,
  /** The scan screen tells what is wrong, so it also offers a ticket without a booking. */
  scanFailed: ({ context }: GuardArgs) => context.visit.error !== null || faultOf(context, 'qrScanner') !== null,
  noTicket: ({ context }: GuardArgs) => context.visit.ticket === null,
  hasWaitingCall: ({ context }: GuardArgs) => context.waitingCalls.length > 0,
  isNewCall: ({ context, event }: GuardArgs) =>
    event.type === 'call.received' && !context.heardCalls.includes(`${event.call.callId}#${event.call.sequence}`),
  hasRoomToAnnounce: ({ context }: GuardArgs) => context.waitingAnnouncements.length < waitingAnnouncementsLimit,
  hasAnnouncement: ({ context }: GuardArgs) => context.waitingAnnouncements.length > 0,
  announcementOver: ({ context }: GuardArgs) => context.announcement === null || context.announcement.leftMs <= 1000,
  isMyAnnouncement: ({ context, event }: GuardArgs) => 'id' in event && event.id === context.announcement?.speechId,
  notDriving: ({ context }: GuardArgs) => context.driveId === null,
  reportsLatched: ({ event }: GuardArgs) => event.type === 'safety.changed' && event.safety.stopped && event.safety.latched,
  reportsProtective: ({ event }: GuardArgs) => event.type === 'safety.changed' && event.safety.stopped && !event.safety.latched,
  boardWorks: ({ context }: GuardArgs) => faultOf(context, 'board') === null,
  nothingDispensing: ({ context }: GuardArgs) => context.dispenseId === null,
  showsOther: ({ context }: GuardArgs, mood: Mood) => context.mood !== mood,
  nobodyNear: ({ context }: GuardArgs) => !context.near,
  hasPatrol: ({ context }: GuardArgs) => context.settings.patrol.length > 0,
  notLatched: ({ context }: GuardArgs) => !context.safety.latched,
  hasRequestedPlace: ({ context }: GuardArgs) => context.requestedPlace !== null,
};

/** The ward lets the robot work: neither paused, nor stopped, nor about to start anew. */
const inService = and([stateIn('#inService'), stateIn('#noRestart')]);
/** A number called to a counter comes before anything else that is shown or spoken. */
const callGoesFirst = or([stateIn('#callShowing'), 'hasWaitingCall']);

/** The one interlock of the wheels: every drive starts and lives under it. */
const mayDrive = and([
  inService,
  stateIn('#attract'),
  or([stateIn('#safety.clear'), stateIn('#safety.protectiveStop')]),
  'boardWorks',
  'nothingDispensing',
]);

export const guards = {
  ...plainGuards,
  awaitedWithPrinter: and(['isAwaited', 'printerWorks']),
  mayReserve: and(['servicesOpen', 'printerWorks']),
  inService,
  notInService: not(inService),
  callGoesFirst,
  noCall: not(callGoesFirst),
  mayShowAnnouncement: and(['hasAnnouncement', not(callGoesFirst)]),
  mayAskForTicket: and(['scanFailed', 'printerWorks']),
  /** Nobody is being served, nothing moves or flows, and no number is being called. */
  mayRestart: and([stateIn('#attract'), 'nothingDispensing', 'notDriving', not(callGoesFirst)]),
  mayDrive,
  mayPatrol: and(['mayDrive', 'nobodyNear', 'hasPatrol']),
  /** A place asked for during a latched stop or a pause would start a drive later, when nobody expects it. */
  acceptsRequests: and(['inService', 'notLatched']),
  mayNotDrive: not('mayDrive'),
  mayNotPatrol: not('mayPatrol'),
  mayDriveOnRequest: and(['hasRequestedPlace', 'mayDrive']),
  /** Somebody the robot passes on an errand for the staff does not stop it; whoever touches the screen does. */
  mayGreet: and(['inService', not(stateIn('#errand'))]),
  mayOfferWater: and(['waterEnabled', 'waterWorks', 'inService']),
};
