import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PrintJob } from '../../../hardware/printer/printer.ts';
import { type PrinterProfileName, printerProfileNames } from '../../../hardware/printer/profiles.ts';
import type { PrintedPaper } from '../../../simulators/printer/printer-simulator.ts';
import { languages } from '../../../src/core/language.ts';
import { settle, setUpBench } from './bench-printer.ts';
import { pixelsOf, readQr } from './pictures.ts';
import { receipt, sampleReceipt, sampleTicket, ticket } from './sample-papers.ts';

/** What came out of the simulated printer, kept in the repository to be looked at. UPDATE_PAPERS=1 writes them anew. */
const folder = new URL('../../screenshots/papers/', import.meta.url);
const update = process.env.UPDATE_PAPERS === '1';
/** Another version of the drawing library may place an edge differently. */
const differingShare = 0.01;
/** Bytes of a ticket; a full raster of the same paper has 37 kB. */
const byteGoal = 9000;

async function print(profile: PrinterProfileName, job: Omit<PrintJob, 'processId'>) {
  const { clock, cable, simulator, printer } = await setUpBench({ profile });
  const before = cable.sent.length;
  expect(await settle(clock, printer.print({ processId: 'T001', ...job }))).toEqual({ value: undefined });
  expect(simulator.unknownCommands).toBe(0);
  expect(simulator.lostBytes).toBe(0);
  expect(simulator.papers.map(({ cut }) => cut)).toEqual([true]);
  await printer.close();
  const [paper] = simulator.papers;
  if (!paper) throw new Error('no paper');
  return { paper, sentBytes: cable.sent.slice(before).reduce((sum, bytes) => sum + bytes.length, 0) };
}

async function looksAsKept(name: string, { png }: PrintedPaper): Promise<void> {
  const file = new URL(`${name}.png`, folder);
  if (update) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, png);
  }
  expect(existsSync(file), `${name}.png is kept`).toBe(true);
  const [now, kept] = [await pixelsOf(png), await pixelsOf(readFileSync(file))];
  expect([now.width, now.height], name).toEqual([kept.width, kept.height]);
  let [ink, differing] = [0, 0];
  for (let at = 0; at < now.data.length; at += 4) {
    const [a, b] = [(now.data[at] ?? 255) < 128, (kept.data[at] ?? 255) < 128];
    if (a || b) ink += 1;
    if (a !== b) differing += 1;
  }
  expect(differing, `${name}: dots that differ from the kept picture`).toBeLessThanOrEqual(ink * differingShare);
}

describe.each(printerProfileNames)('papers on %s', (profile) => {
  it.each(languages)('a ticket in %s: as kept, with a readable QR, in few bytes', async (language) => {
    const { paper, sentBytes } = await print(profile, sampleTicket(language));
    await looksAsKept(`ticket-${profile}-${language}`, paper);
    expect(paper.lines).toContain('A012');
    expect(await readQr(paper.png)).toBe(ticket.ticketId);
    expect(sentBytes).toBeLessThanOrEqual(byteGoal);
  });

  it.each(languages)('a receipt in %s', async (language) => {
    const { paper } = await print(profile, sampleReceipt(language));
    await looksAsKept(`receipt-${profile}-${language}`, paper);
    expect(paper.lines).toContain(receipt.receiptNumber);
    expect(await readQr(paper.png)).toBe(receipt.receiptNumber);
  });
});

describe.each(['epson-80mm', 'clone-58mm'] as const)('special papers on %s', (profile) => {
  it.each(languages)("with the site's logo on top, in %s", async (language) => {
    const { paper, sentBytes } = await print(profile, sampleTicket(language, {}, 'config/papers/lotus.png'));
    await looksAsKept(`logo-${profile}-${language}`, paper);
    expect(await readQr(paper.png)).toBe(ticket.ticketId);
    expect(sentBytes).toBeLessThanOrEqual(byteGoal);
  });

  it('a logo that cannot be read is left out: the ticket is worth more', async () => {
    const { paper } = await print(profile, sampleTicket('vi', {}, 'config/papers/nothing.png'));
    await looksAsKept(`ticket-${profile}-vi`, paper);
  });

  it('offline and with priority: says so, and leaves out the counts', async () => {
    const { paper } = await print(profile, sampleTicket('en', { offline: true, priorityClass: 'elderly' }));
    await looksAsKept(`offline-${profile}-en`, paper);
    const words = paper.lines.join(' ');
    expect(words).toContain('Given without connection');
    expect(words).toContain('The counter knows this number when the connection is back');
    expect(words).toContain('Waiting time not known');
    expect(words).toContain('Priority: 75 or older');
    expect(words).not.toMatch(/People ahead|Estimated wait/);
  });

  it.each(['vi', 'en'] as const)('several services under one number, in %s: in their order', async (language) => {
    const followedBy = [
      { serviceName: { vi: 'Hộ tịch', en: 'Civil status', ko: '호적' } },
      { serviceName: { vi: 'Cư trú', en: 'Residence', ko: '거주 등록' } },
    ];
    const { paper } = await print(profile, sampleTicket(language, { followedBy, priorityClass: 'withChild' }));
    await looksAsKept(`chain-${profile}-${language}`, paper);
    if (language === 'en') {
      expect(paper.lines.join(' ')).toMatch(/in this order:.*1\. Certified.*2\. Civil status.*3\. Residence/);
      expect(paper.lines.join(' ')).toContain('Priority: With a child under 6');
    }
    expect(await readQr(paper.png)).toBe(ticket.ticketId);
  });

  it.each(languages)('long names wrap, in %s, composed and decomposed alike', async (language) => {
    const name = {
      vi: 'Đăng ký thay đổi, cải chính, bổ sung thông tin hộ tịch, xác định lại dân tộc cho người từ đủ 14 tuổi trở lên',
      en: 'Registration of changes, corrections and additions to civil status, and of ethnicity for persons of 14 years and over',
      ko: '만 14세 이상자의 가족관계 등록 사항 변경, 정정 및 추가 기재와 민족 재확정 등록 신청',
    };
    const form = (how: 'NFC' | 'NFD') => ({
      serviceName: { ...name, [language]: name[language].normalize(how), vi: name.vi.normalize(how) },
    });
    const composed = await print(profile, sampleTicket(language, form('NFC')));
    const decomposed = await print(profile, sampleTicket(language, form('NFD')));
    await looksAsKept(`long-${profile}-${language}`, composed.paper);
    expect(decomposed.paper.png.equals(composed.paper.png)).toBe(true);
  });

  it.each(languages)('a second copy says so on top, in %s', async (language) => {
    const { lines, reprintMark } = sampleTicket(language);
    const { paper } = await print(profile, { lines: [...reprintMark, ...lines] });
    await looksAsKept(`second-copy-${profile}-${language}`, paper);
    if (language === 'en') expect(paper.lines[0]).toBe('SECOND COPY');
  });
});
