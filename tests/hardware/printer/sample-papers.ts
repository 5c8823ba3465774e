import { loadFile } from '../../../config/load.ts';
import { type Papers, receiptTemplateSchema, ticketTemplateSchema } from '../../../config/papers.ts';
import { t } from '../../../config/texts/texts.ts';
import { receiptPaper, type TicketContent, ticketPaper } from '../../../hardware/printer/ticket.ts';
import type { Language } from '../../../src/core/language.ts';

/** The templates as shipped. */
export const papers: Papers = {
  ticket: loadFile('config/papers/ticket.yaml', ticketTemplateSchema),
  receipt: loadFile('config/papers/receipt.yaml', receiptTemplateSchema),
  logoFile: null,
};
export const wardName = { vi: 'Phường Cửa Nam', en: 'Cua Nam ward', ko: '끄어남 동' };
export const ticket: TicketContent = {
  ticketId: '01KE6M4Z5P8Q3R7S9T1V2W4X6Y',
  number: 'A012',
  serviceName: { vi: 'Chứng thực bản sao, chữ ký', en: 'Certified copies and signatures', ko: '사본 및 서명 인증' },
  followedBy: [],
  priorityClass: 'none',
  waitingCount: 5,
  estimatedWaitMin: 15,
  issuedAt: '2026-01-05T08:03:11+07:00',
  offline: false,
};
export const receipt = { receiptNumber: 'PA-2026-000173', issuedAt: ticket.issuedAt };

export const site = (language: Language, logoFile: string | null = null) => ({ papers: { ...papers, logoFile }, wardName, language });
export const sampleTicket = (language: Language, changes: Partial<TicketContent> = {}, logoFile: string | null = null) =>
  ticketPaper({ ...ticket, ...changes }, site(language, logoFile), t);
export const sampleReceipt = (language: Language) => receiptPaper(receipt, site(language));
