import { fill, type PaperCondition, type Papers, type PaperTemplate, type TemplateLine } from '../../config/papers.ts';
import type { Language, LocalText } from '../../src/core/language.ts';
import { assertNever } from '../../src/core/result.ts';
import type { PaperLine, PrintJob } from './printer.ts';

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

/** The word for a priority; `t` of config/texts fits. */
export type PriorityText = (language: Language, key: `priority.${TicketContent['priorityClass']}`) => string;

/** The site's side of a paper. */
export interface PaperSite {
  papers: Papers;
  wardName: LocalText;
  language: Language;
}

export type Paper = Pick<PrintJob, 'lines'> & Required<Pick<PrintJob, 'reprintMark'>>;

/** Values of one filling; `services` are the values on top for each service. */
interface Filling {
  language: Language;
  logoFile: string | null;
  values: Record<string, string>;
  services: Record<string, string>[];
  holds: Record<PaperCondition, boolean>;
}

/** A queue ticket. */
export function ticketPaper(ticket: TicketContent, site: PaperSite, text: PriorityText): Paper {
  const { language, papers } = site;
  const names = [ticket, ...ticket.followedBy].map(({ serviceName }) => serviceName);
  return paper(papers.ticket, {
    language,
    logoFile: papers.logoFile,
    values: {
      ...common(site, ticket.issuedAt),
      number: ticket.number,
      ticketId: ticket.ticketId,
      priority: text(language, `priority.${ticket.priorityClass}`),
      ahead: String(ticket.waitingCount),
      minutes: String(ticket.estimatedWaitMin),
    },
    services: names.map((name, at) => ({ position: String(at + 1), service: name[language], 'service.vi': name.vi })),
    holds: {
      foreign: language !== 'vi',
      online: !ticket.offline,
      offline: ticket.offline,
      single: names.length === 1,
      chain: names.length > 1,
      priority: ticket.priorityClass !== 'none',
    },
  });
}

/** The receipt of a petition. */
export function receiptPaper(receipt: { receiptNumber: string; issuedAt: string }, site: PaperSite): Paper {
  const { language, papers } = site;
  return paper(papers.receipt, {
    language,
    logoFile: papers.logoFile,
    values: { ...common(site, receipt.issuedAt), number: receipt.receiptNumber },
    services: [],
    holds: { foreign: language !== 'vi', online: true, offline: false, single: false, chain: false, priority: false },
  });
}

const paper = (template: PaperTemplate, filling: Filling): Paper => ({
  lines: template.lines.flatMap((line) => fillLine(line, filling)),
  reprintMark: template.reprint.flatMap((line) => fillLine(line, filling)),
});

function common({ wardName, language }: PaperSite, issuedAt: string): Record<string, string> {
  return { ward: wardName[language], 'ward.vi': wardName.vi, ...printedTime(issuedAt, language) };
}

function fillLine(line: TemplateLine, filling: Filling): PaperLine[] {
  const { language, values, services, holds, logoFile } = filling;
  if (!line.when.every((condition) => holds[condition])) return [];
  switch (line.kind) {
    case 'text': {
      const { size, align, bold } = line;
      const text = fill(typeof line.text === 'string' ? line.text : line.text[language], values);
      return text.trim() === '' ? [] : [{ kind: 'text', text, size, align, bold }];
    }
    case 'qr':
      return [{ kind: 'qr', data: fill(line.data, values) }];
    case 'rule':
      return [{ kind: 'rule' }];
    case 'space':
      return [{ kind: 'space', heightMm: line.heightMm }];
    case 'logo':
      return logoFile === null ? [] : [{ kind: 'picture', file: logoFile }];
    case 'services':
      return services.flatMap((service) =>
        line.lines.flatMap((inner) => fillLine(inner, { ...filling, values: { ...values, ...service } })),
      );
    default:
      return assertNever(line);
  }
}

/** `2026-01-05T08:03:00+07:00` -> 08:03 and 05/01/2026 (Korean: 2026.01.05); anything else is printed as it is. */
function printedTime(issuedAt: string, language: Language): { time: string; date: string } {
  const [, year, month, day, time] = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2})/.exec(issuedAt) ?? [];
  if (!year || !month || !day || !time) return { time: issuedAt, date: '' };
  return { time, date: language === 'ko' ? `${year}.${month}.${day}` : `${day}/${month}/${year}` };
}
