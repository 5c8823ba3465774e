import type { ErrorCode } from '../core/errors.ts';
import type { Command, SpeechKey } from './commands.ts';
import { abandonedLimit, dispenseFault, faultOf, freshVisit, type RobotContext, type VisitMemory } from './context.ts';
import type { RobotEvent } from './events.ts';
import { robotSetup } from './setup.ts';

interface Args {
  context: RobotContext;
  event: RobotEvent;
}
type WithoutId<T> = T extends { id: string } ? Omit<T, 'id'> : never;
/** Where the id of an issued command is remembered, so that its outcome is known again. */
type Tracked = 'visit' | 'dispense' | 'drive' | 'announcement' | 'none';

function remember(context: RobotContext, id: string, tracked: Tracked): Partial<RobotContext> {
  switch (tracked) {
    case 'visit':
      return { visit: { ...context.visit, awaitedId: id } };
    case 'dispense':
      return { visit: { ...context.visit, awaitedId: id }, dispenseId: id };
    case 'drive':
      return { driveId: id };
    case 'announcement':
      return { announcement: context.announcement && { ...context.announcement, speechId: id } };
    case 'none':
      return {};
  }
}

/** Emits the command that `build` makes (none for null) under the next id. */
export function issue(build: (args: Args) => WithoutId<Command> | null, tracked: Tracked = 'none') {
  return robotSetup.enqueueActions(({ context, event, enqueue }) => {
    const body = build({ context, event });
    if (!body) return;
    const commandCount = context.commandCount + 1;
    const id = `${context.seed}-c${commandCount}`;
    enqueue.assign({ commandCount, ...remember(context, id, tracked) });
    enqueue.emit({ ...body, id });
  });
}

/** Changes what is remembered of the visit. */
export const note = (change: (args: Args) => Partial<VisitMemory>) =>
  robotSetup.assign({ visit: ({ context, event }) => ({ ...context.visit, ...change({ context, event }) }) });

export const say = (key: SpeechKey, params: (context: RobotContext) => Record<string, string> = () => ({})) =>
  issue(({ context }) => ({ type: 'speech.say', key, language: context.visit.language, params: params(context) }));

/** Starts or restarts the countdown of a screen. */
export const beginStep = robotSetup.assign({ step: ({ context }) => context.step + 1 });

export const beginVisit = robotSetup.assign({
  visitCount: ({ context }) => context.visitCount + 1,
  visit: ({ context }) => ({
    ...freshVisit(context.settings.defaultLanguage),
    visitId: `${context.seed}-v${context.visitCount + 1}`,
  }),
});

/** Wipes the visit's records in the vault, then every handle here; only the language stays, to say goodbye in. */
export const endVisit = [
  issue(({ context }) => (context.visit.visitId === null ? null : { type: 'vault.erase', visitId: context.visit.visitId })),
  robotSetup.assign({ visit: ({ context }) => freshVisit(context.visit.language) }),
];

export const noteFailure = note(({ event }) => (event.type === 'command.failed' ? { error: event.error } : {}));
export const noteError = (code: ErrorCode, detail: string) => note(() => ({ error: { code, detail } }));
export const clearError = note(() => ({ error: null }));
/** The citizen sees why the device that she asked for does not work. */
export const noteDeviceFault = (device: 'printer' | 'water' | 'snack') =>
  note(({ context }) => ({ error: device === 'printer' ? faultOf(context, device) : dispenseFault(context, device) }));

/** Nobody waits for the pending reservation any more; should it still succeed, its ticket is voided. */
export const abandonReserve = robotSetup.assign(({ context }) => {
  const id = context.visit.awaitedId;
  if (id === null) return {};
  return {
    abandonedReserveIds: [...context.abandonedReserveIds, id].slice(-abandonedLimit),
    visit: { ...context.visit, awaitedId: null },
  };
});

export const forgetAbandoned = robotSetup.assign({
  abandonedReserveIds: ({ context, event }) =>
    'id' in event ? context.abandonedReserveIds.filter((id) => id !== event.id) : context.abandonedReserveIds,
});

/** Gives the reserved ticket back, once. */
export const voidTicket = [
  issue(({ context }) => {
    const { ticket, error } = context.visit;
    return ticket ? { type: 'ticket.void', ticketId: ticket.ticketId, reason: error?.code ?? 'CANCELLED' } : null;
  }),
  note(() => ({ ticket: null, awaitedId: null })),
];

export const voidLateTicket = [
  issue(({ event }) =>
    event.type === 'ticket.reserved' ? { type: 'ticket.void', ticketId: event.ticket.ticketId, reason: 'CANCELLED' } : null,
  ),
  forgetAbandoned,
];

/** One stop stops everything that moves or flows. */
export const stopAll = issue(() => ({ type: 'stop' }));
export const stopWheels = [stopAll, robotSetup.assign({ driveId: null })];
