import { assertNever } from '../../src/core/result.ts';
import { trim } from './bitmap.ts';
import * as escpos from './escpos.ts';
import type { PaperLine, PrintJob } from './printer.ts';
import type { PrinterProfile } from './profiles.ts';
import { loadTextRenderer, type TextRenderer, wrapEvenly } from './render.ts';

type TextLine = Extract<PaperLine, { kind: 'text' }>;

/** Resident letters and drawn letters of about the same size: cell of the resident font x `factor` with half the leading above, font size in px. */
const sizes = {
  small: { font: 'A', factor: 1, leadingDots: 8, drawnPx: 24 },
  normal: { font: 'B', factor: 2, leadingDots: 8, drawnPx: 31 },
  large: { font: 'A', factor: 2, leadingDots: 8, drawnPx: 42 },
  huge: { font: 'A', factor: 7, leadingDots: 0, drawnPx: 150 },
} as const satisfies Record<TextLine['size'], { font: 'A' | 'B'; factor: number; leadingDots: number; drawnPx: number }>;

const ruleHeightDots = 3;
const ruleMarginDots = 12;

let renderer: Promise<TextRenderer> | null = null;

/** Sets the printer up: no reliance on what an earlier job or its switches left behind. */
export function setUp(): Uint8Array {
  return escpos.concat([
    escpos.initialise(),
    escpos.kanjiOff(),
    escpos.motionUnits(),
    escpos.smoothing(),
    escpos.disableRealTimePulse(),
    escpos.automaticStatus(),
  ]);
}

/** A whole job as bytes: set-up, paper, cut, request for confirmation. `separate` cuts off what a failed job left on the paper. */
export async function compileJob(job: PrintJob, profile: PrinterProfile, separate: boolean): Promise<Uint8Array> {
  const parts = [setUp()];
  if (separate) parts.push(escpos.cut());
  for (const line of job.lines) parts.push(await compileLine(line, profile));
  parts.push(escpos.cut(), escpos.requestConfirmation(job.processId));
  return escpos.concat(parts);
}

async function compileLine(line: PaperLine, profile: PrinterProfile): Promise<Uint8Array> {
  switch (line.kind) {
    case 'text':
      return escpos.isAscii(line.text) ? residentText(line, profile) : await drawnText(line, profile);
    case 'qr':
      return escpos.concat([escpos.align('centre'), escpos.qrSymbol(line.data, profile.qrModuleDots)]);
    case 'rule':
      return rule(profile);
    case 'space':
      return escpos.feed(line.heightMm * profile.dotsPerMm);
    default:
      return assertNever(line);
  }
}

function residentText(line: TextLine, profile: PrinterProfile): Uint8Array {
  const size = sizes[line.size];
  const cell = size.font === 'A' ? profile.fontA : profile.fontB;
  // A huge number shrinks until it fits on one line; everything else wraps.
  const fitting = Math.floor(profile.widthDots / (cell.widthDots * Math.max(1, line.text.length)));
  const factor = line.size === 'huge' ? Math.max(2, Math.min(size.factor, fitting)) : size.factor;
  const columns = Math.floor(profile.widthDots / (cell.widthDots * factor));
  return escpos.concat([
    escpos.align(line.align),
    escpos.font(size.font),
    escpos.enlarge(factor),
    escpos.bold(line.bold ?? false),
    escpos.feed(size.leadingDots / 2),
    escpos.linePitch(cell.heightDots * factor + size.leadingDots / 2),
    ...wrapEvenly(line.text, columns, (part) => part.length).map((part) => escpos.textLine(part)),
  ]);
}

async function drawnText(line: TextLine, profile: PrinterProfile): Promise<Uint8Array> {
  renderer ??= loadTextRenderer();
  const style = { heightPx: sizes[line.size].drawnPx, bold: line.bold ?? false };
  const parts: Uint8Array[] = [escpos.align(line.align)];
  for (const picture of (await renderer).render(line.text, style, profile.widthDots)) {
    const ink = trim(picture, line.align === 'left');
    if (ink) parts.push(escpos.feed(ink.blankAbove), escpos.raster(ink.bitmap), escpos.feed(ink.blankBelow));
    else parts.push(escpos.feed(picture.heightDots));
  }
  return escpos.concat(parts);
}

function rule(profile: PrinterProfile): Uint8Array {
  const rowBytes = profile.widthDots / 8;
  const bitmap = { widthDots: profile.widthDots, heightDots: ruleHeightDots, data: new Uint8Array(rowBytes * ruleHeightDots).fill(0xff) };
  return escpos.concat([escpos.align('left'), escpos.feed(ruleMarginDots), escpos.raster(bitmap), escpos.feed(ruleMarginDots)]);
}
