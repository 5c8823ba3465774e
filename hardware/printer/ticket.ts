import type { Language, LocalText } from '../../src/core/language.ts';
import type { PaperLine } from './printer.ts';

/** The words on paper; `t` of config/texts fits. */
export type PaperTextKey =
  | 'paper.title'
  | 'paper.wait'
  | 'paper.ahead'
  | 'paper.estimate'
  | 'paper.priority'
  | 'paper.chain'
  | 'paper.offline'
  | 'paper.offlineLater'
  | 'paper.waitUnknown'
  | 'paper.thanks'
  | `priority.${'none' | 'elderly' | 'pregnant' | 'withChild' | 'disabled' | 'veteran'}`
  | 'receipt.title'
  | 'receipt.number'
  | 'receipt.keep';
export type PaperText = (language: Language, key: PaperTextKey, params?: Record<string, string | number>) => string;

/** What a ticket's paper shows; the behaviour's `Ticket` fits. */
export interface TicketContent {
  ticketId: string;
  number: string;
  serviceName: LocalText;
  /** Services after the first, in order. */
  followedBy: readonly { serviceName: LocalText }[];
  priorityClass: 'none' | 'elderly' | 'pregnant' | 'withChild' | 'disabled' | 'veteran';
  waitingCount: number;
  estimatedWaitMin: number;
  /** ISO 8601 with offset; printed as written, so in the ward's own time. */
  issuedAt: string;
  offline: boolean;
}

type Style = Pick<Extract<PaperLine, { kind: 'text' }>, 'size' | 'bold'>;

const centred = (text: string, style: Style): PaperLine => ({ kind: 'text', text, align: 'centre', ...style });
const space = (heightMm: number): PaperLine => ({ kind: 'space', heightMm });
const strong = { size: 'normal', bold: true } as const;
const quiet = { size: 'small' } as const;

/** The citizen's language first; Vietnamese beside it, for the officer, where it differs. */
const bilingual = (language: Language, text: LocalText): string[] => (language === 'vi' ? [text.vi] : [text[language], text.vi]);

function heading(wardName: LocalText, language: Language): PaperLine[] {
  const [first = '', ...others] = bilingual(language, wardName);
  return [centred(first, strong), ...others.map((name) => centred(name, quiet))];
}

/** `2026-01-05T08:03:00+07:00` -> `08:03  05/01/2026`; anything else is printed as it is. */
export function printedTime(issuedAt: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2})/.exec(issuedAt);
  return match ? `${match[4]}  ${match[3]}/${match[2]}/${match[1]}` : issuedAt;
}

/** The service, or several under one number in their order. */
function servicesOf(ticket: TicketContent, language: Language, chain: string): PaperLine[] {
  const names = [ticket, ...ticket.followedBy].map(({ serviceName }) => bilingual(language, serviceName));
  const several = names.length > 1;
  return [
    ...(several ? [centred(chain, quiet)] : []),
    ...names.flatMap(([name = '', ...forStaff], index) => [
      centred(several ? `${index + 1}. ${name}` : name, strong),
      ...forStaff.map((other) => centred(other, quiet)),
    ]),
  ];
}

/** What the citizen may expect; nobody knows it of a ticket given offline. */
function waitOf(ticket: TicketContent, say: (key: PaperTextKey, params?: Record<string, string | number>) => string): PaperLine[] {
  if (ticket.offline)
    return [
      centred(say('paper.offline'), { size: 'small', bold: true }),
      centred(say('paper.offlineLater'), quiet),
      centred(say('paper.waitUnknown'), quiet),
    ];
  return [
    centred(say('paper.ahead', { count: ticket.waitingCount }), quiet),
    centred(say('paper.estimate', { minutes: ticket.estimatedWaitMin }), quiet),
  ];
}

/** A queue ticket. The QR holds the ticket's id. Offline tickets say so and leave out counts nobody knows. */
export function ticketPaper(ticket: TicketContent, language: Language, wardName: LocalText, text: PaperText): PaperLine[] {
  const say = (key: PaperTextKey, params?: Record<string, string | number>) => text(language, key, params);
  const lines: PaperLine[] = [
    ...heading(wardName, language),
    { kind: 'rule' },
    centred(say('paper.title'), quiet),
    space(2),
    centred(ticket.number, { size: 'huge', bold: true }),
    ...servicesOf(ticket, language, say('paper.chain')),
  ];
  if (ticket.priorityClass !== 'none') {
    lines.push(centred(say('paper.priority', { priority: say(`priority.${ticket.priorityClass}`) }), { size: 'small', bold: true }));
  }
  lines.push({ kind: 'rule' }, ...waitOf(ticket, say));
  lines.push(centred(say('paper.wait'), quiet), space(3), { kind: 'qr', data: ticket.ticketId }, space(2));
  lines.push(centred(printedTime(ticket.issuedAt), quiet));
  return lines;
}

/** The receipt of a petition: its number and nothing of what was written. */
export function receiptPaper(
  receipt: { receiptNumber: string; issuedAt: string },
  language: Language,
  wardName: LocalText,
  text: PaperText,
): PaperLine[] {
  return [
    ...heading(wardName, language),
    { kind: 'rule' },
    centred(text(language, 'receipt.title'), strong),
    space(1),
    centred(text(language, 'receipt.number', { number: '' }).trim(), quiet),
    centred(receipt.receiptNumber, { size: 'large', bold: true }),
    space(2),
    { kind: 'qr', data: receipt.receiptNumber },
    space(2),
    centred(text(language, 'receipt.keep'), quiet),
    centred(printedTime(receipt.issuedAt), quiet),
    centred(text(language, 'paper.thanks'), quiet),
  ];
}
