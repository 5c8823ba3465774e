import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { t } from '../../../config/texts/texts.ts';
import { printerProfileNames } from '../../../hardware/printer/profiles.ts';
import { receiptPaper, ticketPaper } from '../../../hardware/printer/ticket.ts';
import { languages } from '../../../src/core/language.ts';
import { settle, setUpBench } from './bench-printer.ts';
import { readQr } from './pictures.ts';

const wardName = { vi: 'Phường Cửa Nam', en: 'Cua Nam ward', ko: '끄어남 동' };
const ticket = {
  ticketId: '01KE6M4Z5P8Q3R7S9T1V2W4X6Y',
  number: 'A012',
  serviceName: { vi: 'Chứng thực bản sao, chữ ký', en: 'Certified copies and signatures', ko: '사본 및 서명 인증' },
  followedBy: [],
  priorityClass: 'none',
  waitingCount: 5,
  estimatedWaitMin: 15,
  issuedAt: '2026-01-05T08:03:11+07:00',
  offline: false,
} as const;

const folder = new URL('../../screenshots/tickets/', import.meta.url);
mkdirSync(folder, { recursive: true });
const save = (name: string, png: Buffer) => writeFileSync(new URL(`${name}.png`, folder), png);

/** Bytes a ticket may cost: a full raster of the same paper is 37 kB. */
const byteGoal = 9000;

describe.each(printerProfileNames)('tickets on %s', (profile) => {
  it.each(languages)('in %s: complete, with a readable QR, in few bytes', async (language) => {
    const { clock, cable, simulator, printer } = await setUpBench({ profile });
    const before = cable.sent.length;
    const lines = ticketPaper(ticket, language, wardName, t);
    expect(await settle(clock, printer.print({ processId: 'T001', lines }))).toEqual({ value: undefined });
    const job = cable.sent.slice(before).reduce((longest, bytes) => (bytes.length > longest.length ? bytes : longest), new Uint8Array());
    console.log(`ticket ${profile} ${language}: ${job.length} bytes, ${simulator.papers[0]?.heightDots} dot lines`);
    expect(simulator.papers).toHaveLength(1);
    expect(simulator.unknownCommands).toBe(0);
    expect(simulator.lostBytes).toBe(0);
    const paper = simulator.papers[0];
    if (!paper) throw new Error('no paper');
    save(`ticket-${profile}-${language}`, paper.png);
    expect(paper.cut).toBe(true);
    expect(paper.lines).toContain('A012');
    expect(await readQr(paper.png)).toBe(ticket.ticketId);
    expect(job.length).toBeLessThanOrEqual(byteGoal);
    await printer.close();
  });

  it('offline and with priority: says so, and leaves out the counts', async () => {
    const { clock, simulator, printer } = await setUpBench({ profile });
    const lines = ticketPaper({ ...ticket, offline: true, priorityClass: 'elderly' }, 'en', wardName, t);
    await settle(clock, printer.print({ processId: 'T002', lines }));
    const paper = simulator.papers[0];
    if (!paper) throw new Error('no paper');
    save(`ticket-offline-${profile}-en`, paper.png);
    const words = paper.lines.join(' ');
    expect(words).toContain('Given without connection');
    expect(words).toContain('The counter knows this number when the connection is back');
    expect(words).toContain('Waiting time not known');
    expect(words).toContain('Priority: 75 or older');
    expect(words).not.toMatch(/People ahead|Estimated wait/);
    await printer.close();
  });

  it('several services under one number: in their order, with Vietnamese for the officer', async () => {
    const { clock, simulator, printer } = await setUpBench({ profile });
    const followedBy = [
      { serviceName: { vi: 'Hộ tịch', en: 'Civil status', ko: '호적' } },
      { serviceName: { vi: 'Cư trú', en: 'Residence', ko: '거주 등록' } },
    ];
    const lines = ticketPaper({ ...ticket, followedBy, priorityClass: 'withChild' }, 'en', wardName, t);
    await settle(clock, printer.print({ processId: 'T003', lines }));
    const paper = simulator.papers[0];
    if (!paper) throw new Error('no paper');
    save(`ticket-chain-${profile}-en`, paper.png);
    const words = paper.lines.join(' ');
    expect(words).toMatch(/in this order:.*1\. Certified.*2\. Civil status.*3\. Residence/);
    expect(words).toContain('Priority: With a child under 6');
    expect(await readQr(paper.png)).toBe(ticket.ticketId);
    await printer.close();
  });

  it.each(languages)('receipt in %s', async (language) => {
    const { clock, simulator, printer } = await setUpBench({ profile });
    const lines = receiptPaper({ receiptNumber: 'PA-2026-000173', issuedAt: ticket.issuedAt }, language, wardName, t);
    await settle(clock, printer.print({ processId: 'R001', lines }));
    const paper = simulator.papers[0];
    if (!paper) throw new Error('no paper');
    save(`receipt-${profile}-${language}`, paper.png);
    expect(paper.lines).toContain('PA-2026-000173');
    expect(await readQr(paper.png)).toBe('PA-2026-000173');
    await printer.close();
  });
});
