/** Messages of every channel, as the documents show them and the tests send them. */
import { announcementExamples } from './examples/announcements.ts';
import { archiveExchanges } from './examples/archive.ts';
import type { Example, Exchange } from './examples/parts.ts';
import { decidedRefusals, undecidedRefusals } from './examples/refusals.ts';
import { commandExchanges, robotExamples } from './examples/robot.ts';
import { ticketExchanges } from './examples/tickets.ts';

export { invalidExamples } from './examples/invalid.ts';
export { type Example, type Exchange, exampleWard, type InvalidExample } from './examples/parts.ts';
export { exampleContents, exampleJwe, exampleKey } from './examples/sealed.ts';
export { commandExchanges, undecidedRefusals };

/** Requests with their answers, in an order in which a queue server that just started gives them. */
export const requestExchanges: readonly Exchange[] = [...ticketExchanges, ...archiveExchanges, ...decidedRefusals, ...undecidedRefusals];

/** Valid messages that are neither a request nor a command. */
export const statements: readonly Example[] = [...announcementExamples, ...robotExamples];
