import { abandonReserve, clearError, issue, note, noteDeviceFault, noteError, noteFailure, say, voidTicket } from './actions.ts';
import type { StateConfig } from './setup.ts';
import { screen, waiting } from './step.ts';

const isAwaited = 'isAwaited' as const;
const noteTicket = note(({ event }) => (event.type === 'ticket.reserved' ? { ticket: event.ticket } : {}));
const sayFailed = say('speech.ticketFailed');

/** No number is reserved that could not be printed. */
export const withoutPrinter = { target: 'ticketFailed', actions: [noteDeviceFault('printer'), sayFailed] };

/** A citizen asks for a number, for one service or several in order, from the list or straight from a procedure. */
export const chooseService: NonNullable<NonNullable<StateConfig['on']>['touch.service']> = [
  { guard: 'mayReserve', target: 'ticketReserving' },
  { guard: 'servicesOpen', ...withoutPrinter },
  {
    guard: 'servicesKnown',
    target: 'ticketFailed',
    actions: [noteError('QUEUE_SERVICE_CLOSED', 'chosen while closed'), sayFailed],
  },
];

const onReserved = [
  { guard: 'awaitedWithPrinter' as const, target: 'ticketPrinting', actions: noteTicket },
  { guard: isAwaited, target: 'ticketFailed', actions: [noteTicket, noteDeviceFault('printer'), ...voidTicket, sayFailed] },
];
const leaveReserving = {
  'touch.back': { target: 'menu', actions: abandonReserve },
  'touch.exit': { target: '#thanks', actions: abandonReserve },
};
const reserveTimedOut = [abandonReserve, noteError('REQUEST_TIMEOUT', 'no answer to the reservation')];
const onPaperLost = { guard: isAwaited, target: 'ticketFailed', actions: [noteFailure, ...voidTicket, sayFailed] };

const onIssued = [{ guard: 'mayOfferWater' as const, target: 'waterOffer' }, { target: '#thanks' }];

/** Reserve, print, confirmed by the printer, commit; or void. Once paper moves the citizen cannot leave. */
export const ticketStates: Record<string, StateConfig> = {
  services: screen('services', {
    screen: 'services',
    timeout: 'screen',
    onTimeout: '#attract',
    on: { 'touch.service': chooseService, 'touch.back': 'menu' },
  }),
  ticketReserving: waiting({
    screen: 'ticketReserving',
    timeout: 'command',
    entry: issue(({ context, event }) => {
      const { visitId, language } = context.visit;
      if (event.type !== 'touch.service' || visitId === null) return null;
      const { serviceId, followedBy, priorityClass } = event;
      return { type: 'ticket.reserve', visitId, serviceId, followedBy, priorityClass, language };
    }, 'visit'),
    onTimeout: { target: 'ticketFailed', actions: [...reserveTimedOut, sayFailed] },
    on: {
      ...leaveReserving,
      'ticket.reserved': onReserved,
      'command.failed': { guard: isAwaited, target: 'ticketFailed', actions: [noteFailure, sayFailed] },
    },
  }),
  bookingScan: screen('bookingScan', {
    screen: 'bookingScan',
    timeout: 'longScreen',
    onTimeout: '#attract',
    on: {
      'touch.back': 'menu',
      // A booking that is not good now is no reason to go without a number.
      'touch.accept': [
        { guard: 'mayAskForTicket', target: 'services', actions: clearError },
        { guard: 'scanFailed', ...withoutPrinter },
      ],
      'scan.read': [
        { guard: { type: 'scans', params: 'booking' }, target: 'bookingCheckIn' },
        {
          guard: { type: 'scans', params: 'cardDamaged' },
          target: 'bookingScan',
          reenter: true,
          actions: noteError('CARD_QR_INVALID', 'expected a booking'),
        },
        { target: 'bookingScan', reenter: true, actions: noteError('SCAN_UNKNOWN', 'expected a booking') },
      ],
    },
  }),
  bookingCheckIn: waiting({
    screen: 'ticketReserving',
    timeout: 'command',
    entry: issue(({ context, event }) => {
      const { visitId, language } = context.visit;
      if (event.type !== 'scan.read' || event.code.kind !== 'booking' || visitId === null) return null;
      return { type: 'booking.checkIn', visitId, bookingCode: event.code.bookingCode, language };
    }, 'visit'),
    onTimeout: { target: 'bookingScan', actions: reserveTimedOut },
    on: {
      ...leaveReserving,
      'ticket.reserved': onReserved,
      'command.failed': { guard: isAwaited, target: 'bookingScan', actions: noteFailure },
    },
  }),
  ticketPrinting: waiting({
    screen: 'ticketPrinting',
    timeout: 'print',
    entry: issue(({ context }) => {
      const { ticket, language } = context.visit;
      return ticket && { type: 'ticket.print', ticket, language };
    }, 'visit'),
    onTimeout: {
      target: 'ticketFailed',
      actions: [noteError('PRINTER_UNKNOWN_OUTCOME', 'no confirmation in time'), ...voidTicket, sayFailed],
    },
    on: { 'ticket.printed': { guard: isAwaited, target: 'ticketCommitting' }, 'command.failed': onPaperLost },
  }),
  ticketCommitting: waiting({
    screen: 'ticketPrinting',
    timeout: 'command',
    entry: issue(({ context }) => context.visit.ticket && { type: 'ticket.commit', ticketId: context.visit.ticket.ticketId }, 'visit'),
    onTimeout: {
      target: 'ticketFailed',
      actions: [noteError('REQUEST_TIMEOUT', 'no answer to the commit'), ...voidTicket, sayFailed],
    },
    on: {
      'ticket.committed': {
        guard: isAwaited,
        target: 'ticketIssued',
        actions: say('speech.ticket', (context) => ({ number: context.visit.ticket?.number ?? '' })),
      },
      'command.failed': onPaperLost,
    },
  }),
  ticketIssued: screen('ticketIssued', {
    screen: 'ticketIssued',
    timeout: 'shortScreen',
    onTimeout: onIssued,
    on: { 'touch.accept': onIssued },
  }),
  ticketFailed: screen('ticketFailed', {
    screen: 'ticketFailed',
    timeout: 'shortScreen',
    onTimeout: '#thanks',
    on: {
      'touch.back': 'menu',
      'touch.accept': [
        { guard: 'printerWorks', target: 'services', actions: clearError },
        { target: 'ticketFailed', reenter: true, actions: noteDeviceFault('printer') },
      ],
    },
  }),
};
