import type { Language } from '../../src/core/language.ts';
import { assertNever } from '../../src/core/result.ts';
import { emptyBitmap, setDot } from './bitmap.ts';
import * as escpos from './escpos.ts';
import { PaperWriter, type Piece } from './paper-writer.ts';
import type { PaperLine } from './printer.ts';
import type { PrinterProfile } from './profiles.ts';
import { loadRenderer, type Renderer, wrapEvenly } from './render.ts';

type TextLine = Extract<PaperLine, { kind: 'text' }>;

/** Resident letters and drawn letters of about the same size: cell of the resident font x `factor` with half the leading above, font size in px. */
const sizes = {
  small: { font: 'A', factor: 1, leadingDots: 8, drawnPx: 24 },
  normal: { font: 'B', factor: 2, leadingDots: 8, drawnPx: 31 },
  large: { font: 'A', factor: 2, leadingDots: 8, drawnPx: 42 },
  huge: { font: 'A', factor: 7, leadingDots: 0, drawnPx: 150 },
} as const satisfies Record<TextLine['size'], { font: 'A' | 'B'; factor: number; leadingDots: number; drawnPx: number }>;

const ruleMarginDots = 12;
/** A logo wider than this is made smaller: beside it nothing else is printed, and every dot costs. */
const pictureShare = 0.6;
/** Error correction M, the printer's own as well. */
const qrLevel = 'M';

let renderer: Promise<Renderer> | null = null;

/** Loads canvas and fonts once. A failed load is tried again with the next paper. */
export function loadDrawing(): Promise<Renderer> {
  renderer ??= loadRenderer().catch((error: unknown) => {
    renderer = null;
    throw error;
  });
  return renderer;
}

/** Letters of each font that a paper in this language needs; Vietnamese stands on all of them. */
const sampleTexts: Record<Language, readonly string[]> = { vi: ['Số thứ tự'], en: ['Số thứ tự'], ko: ['Số thứ tự', '번호표'] };
const warmed = new Set<string>();

/**
 * Does what the first paper would wait for: canvas 50 ms, each font and weight 10 ms, Korean 70 ms of computing. In steps, with `pause`
 * between them, because this thread also keeps the wheels going.
 */
export async function warmUp(language: Language, profile: PrinterProfile, pause: () => Promise<void>): Promise<void> {
  await Promise.all([loadDrawing(), import('qrcode')]);
  for (const text of sampleTexts[language]) {
    for (const bold of [false, true]) {
      if (warmed.has(`${text} ${bold}`)) continue;
      warmed.add(`${text} ${bold}`);
      await pause();
      await compilePaper([{ kind: 'text', text, size: bold ? 'normal' : 'small', align: 'centre', bold }], profile);
    }
  }
}

/** Sets the printer up: no reliance on what an earlier job or its switches left behind. */
export function setUp(profile: PrinterProfile): Piece {
  const bytes = escpos.concat([
    escpos.initialise(),
    escpos.kanjiOff(),
    escpos.plainAscii(),
    escpos.motionUnits(),
    escpos.smoothing(),
    ...(profile.realTimePulseSwitch ? [escpos.disableRealTimePulse()] : []),
    ...(profile.automaticStatus ? [escpos.automaticStatus()] : []),
  ]);
  return { bytes, dots: 0 };
}

/** Feeds to the blade and cuts. */
export function cutOff({ cut }: PrinterProfile): Piece {
  if (cut.by === 'feedAndCut') return { bytes: escpos.feedAndCut(), dots: 0 };
  const blade = cut.by === 'GS V 1' ? escpos.cutHere() : escpos.cutHereOld();
  return { bytes: escpos.concat([escpos.feed(cut.feedDots), blade]), dots: cut.feedDots };
}

/** The lines of a paper and the cut, in pieces, top to bottom. They follow {@link setUp} and may be sent apart, but in their order. */
export async function compilePaper(lines: readonly PaperLine[], profile: PrinterProfile): Promise<Piece[]> {
  const writer = new PaperWriter(profile);
  for (const line of lines) await compileLine(line, writer, profile);
  return [...writer.finish(), cutOff(profile)];
}

async function compileLine(line: PaperLine, writer: PaperWriter, profile: PrinterProfile): Promise<void> {
  switch (line.kind) {
    case 'text':
      return escpos.isAscii(line.text) ? residentText(line, writer, profile) : await drawnText(line, writer, profile);
    case 'qr':
      return await qr(line.data, writer, profile);
    case 'picture':
      return await picture(line.file, writer, profile);
    case 'rule':
      writer.feed(ruleMarginDots);
      writer.rule();
      return writer.feed(ruleMarginDots);
    case 'space':
      return writer.feed(line.heightMm * profile.dotsPerMm);
    default:
      return assertNever(line);
  }
}

function residentText(line: TextLine, writer: PaperWriter, profile: PrinterProfile): void {
  const size = sizes[line.size];
  const cell = size.font === 'A' ? profile.fontA : profile.fontB;
  // A huge number shrinks until it fits on one line; everything else wraps.
  const fitting = Math.floor(profile.widthDots / (cell.widthDots * Math.max(1, line.text.length)));
  const factor = line.size === 'huge' ? Math.max(2, Math.min(size.factor, fitting)) : size.factor;
  const columns = Math.floor(profile.widthDots / (cell.widthDots * factor));
  const pitchDots = cell.heightDots * factor + size.leadingDots / 2;
  const style = escpos.concat([
    escpos.font(size.font),
    escpos.enlarge(factor),
    escpos.bold(line.bold ?? false),
    escpos.linePitch(pitchDots),
  ]);
  writer.feed(size.leadingDots / 2);
  wrapEvenly(line.text, columns, (part) => part.length).forEach((part, at) => {
    writer.text(escpos.concat([...(at === 0 ? [style] : []), escpos.textLine(part)]), line.align, pitchDots);
  });
}

async function drawnText(line: TextLine, writer: PaperWriter, profile: PrinterProfile): Promise<void> {
  const style = { heightPx: sizes[line.size].drawnPx, bold: line.bold ?? false };
  for (const picture of (await loadDrawing()).render(line.text, style, profile.widthDots)) writer.picture(picture, line.align);
}

/** The paper is worth more than its logo: a file that cannot be drawn is left out. */
async function picture(file: string, writer: PaperWriter, profile: PrinterProfile): Promise<void> {
  const bitmap = await (await loadDrawing()).picture(file, Math.round(profile.widthDots * pictureShare)).catch(() => null);
  if (bitmap) writer.picture(bitmap, 'centre');
}

async function qr(data: string, writer: PaperWriter, { qr }: PrinterProfile): Promise<void> {
  // Loaded with the first symbol: the start-up need not wait for it.
  const { default: QRCode } = await import('qrcode');
  const { modules } = QRCode.create(data, { errorCorrectionLevel: qrLevel });
  if (qr.by === 'printer') {
    writer.symbol(escpos.qrSymbol(data, qr.moduleDots), modules.size * qr.moduleDots);
    return;
  }
  const half = qr.moduleDots / 2;
  const bitmap = emptyBitmap(modules.size * half, modules.size * half);
  for (let y = 0; y < bitmap.heightDots; y += 1) {
    for (let x = 0; x < bitmap.widthDots; x += 1) {
      if (modules.get(Math.floor(y / half), Math.floor(x / half))) setDot(bitmap, x, y);
    }
  }
  writer.doubled(bitmap);
}
