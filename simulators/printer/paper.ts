import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import QRCode from 'qrcode';
import type { Operation, Place, TextStyle } from './interpreter.ts';

/** One dot line, one byte per dot: 1 = black. */
export type DotRow = Uint8Array;

const require = createRequire(import.meta.url);
const residentFont = 'simulated resident font';
for (const weight of [500, 700]) {
  GlobalFonts.registerFromPath(
    require.resolve(`@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-${weight}-normal.woff2`),
    `${residentFont} ${weight}`,
  );
}

const cells = { A: { width: 12, height: 24 }, B: { width: 9, height: 17 } } as const;

/** Dots of an operation that prints; other operations have none. */
export function rowsOf(operation: Operation, widthDots: number): DotRow[] {
  switch (operation.kind) {
    case 'text':
      return textRows(operation, widthDots);
    case 'raster':
      return rasterRows(operation, widthDots);
    case 'qr':
      return qrRows(operation, widthDots);
    case 'feed':
      return blankRows(operation.dots, widthDots);
    default:
      return [];
  }
}

const blankRows = (count: number, widthDots: number): DotRow[] => Array.from({ length: count }, () => new Uint8Array(widthDots));

/** First dot of something `contentDots` wide. */
function startOf({ alignment, marginDots }: Place, contentDots: number, widthDots: number): number {
  if (alignment === 'left') return marginDots;
  const free = Math.max(0, widthDots - marginDots - contentDots);
  return marginDots + (alignment === 'centre' ? Math.floor(free / 2) : free);
}

function rasterRows({ row, place, magnifyX, magnifyY }: Extract<Operation, { kind: 'raster' }>, widthDots: number): DotRow[] {
  const contentDots = row.length * 8 * magnifyX;
  const start = startOf(place, contentDots, widthDots);
  const dots = new Uint8Array(widthDots);
  for (let x = 0; x < contentDots && start + x < widthDots; x += 1) {
    const dot = Math.floor(x / magnifyX);
    dots[start + x] = ((row[dot >> 3] ?? 0) >> (7 - (dot & 7))) & 1;
  }
  return Array.from({ length: magnifyY }, () => dots);
}

function qrRows(operation: Extract<Operation, { kind: 'qr' }>, widthDots: number): DotRow[] {
  if (operation.data === '') return [];
  const { modules } = QRCode.create(operation.data, { errorCorrectionLevel: operation.level });
  const sizeDots = modules.size * operation.moduleDots;
  const start = startOf(operation.place, sizeDots, widthDots);
  // Wider than the paper: the real part prints nothing.
  if (sizeDots > widthDots) return [];
  return Array.from({ length: sizeDots }, (_, y) => {
    const row = new Uint8Array(widthDots);
    for (let x = 0; x < sizeDots; x += 1) {
      row[start + x] = modules.get(Math.floor(y / operation.moduleDots), Math.floor(x / operation.moduleDots)) ? 1 : 0;
    }
    return row;
  });
}

/** The resident letters: drawn into the cells of fonts A and B; what goes over the edge goes to the next line, as on the part. */
function textRows(operation: Extract<Operation, { kind: 'text' }>, widthDots: number): DotRow[] {
  const lines: (typeof operation.letters)[] = [[]];
  let usedDots = 0;
  for (const entry of operation.letters) {
    const cellDots = cells[entry.style.font].width * entry.style.widthFactor;
    if (operation.place.marginDots + usedDots + cellDots > widthDots) {
      lines.push([]);
      usedDots = 0;
    }
    lines.at(-1)?.push(entry);
    usedDots += cellDots;
  }
  return lines.flatMap((line) => textLineRows(line, operation, widthDots));
}

function textLineRows(
  letters: { letter: string; style: TextStyle }[],
  operation: Extract<Operation, { kind: 'text' }>,
  widthDots: number,
): DotRow[] {
  const heightDots = Math.max(...letters.map(({ style }) => cells[style.font].height * style.heightFactor));
  const contentDots = letters.reduce((sum, { style }) => sum + cells[style.font].width * style.widthFactor, 0);
  const canvas = createCanvas(widthDots, heightDots);
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, widthDots, heightDots);
  let x = startOf(operation.place, contentDots, widthDots);
  for (const { letter, style } of letters) {
    drawLetter(context, letter, style, x, heightDots);
    x += cells[style.font].width * style.widthFactor;
  }
  const pixels = context.getImageData(0, 0, widthDots, heightDots).data;
  const rows = Array.from({ length: heightDots }, (_, y) => {
    const row = new Uint8Array(widthDots);
    for (let dot = 0; dot < widthDots; dot += 1) row[dot] = (pixels[(y * widthDots + dot) * 4] ?? 255) < 128 ? 1 : 0;
    return row;
  });
  return [...rows, ...blankRows(Math.max(0, operation.pitchDots - heightDots), widthDots)];
}

function drawLetter(context: SKRSContext2D, letter: string, style: TextStyle, x: number, baselineRoom: number): void {
  const cell = cells[style.font];
  context.save();
  context.fillStyle = '#000';
  context.translate(x, baselineRoom - cell.height * style.heightFactor);
  context.scale(style.widthFactor, style.heightFactor);
  const sizePx = cell.height * 0.8;
  context.font = `${sizePx}px "${residentFont} ${style.bold ? 700 : 500}"`;
  const advance = context.measureText(letter).width;
  // Every letter has one cell; wide ones are pressed together.
  const squeeze = Math.min(1, (cell.width * 0.98) / Math.max(1, advance));
  context.translate((cell.width - advance * squeeze) / 2, cell.height * 0.77);
  context.scale(squeeze, 1);
  context.fillText(letter, 0, 0);
  context.restore();
}

/** The paper as a picture: white with a small margin, black dots. */
export function toPng(rows: readonly DotRow[], widthDots: number, marginDots = 24): Buffer {
  const canvas = createCanvas(widthDots + 2 * marginDots, rows.length + 2 * marginDots);
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  const image = context.getImageData(marginDots, marginDots, widthDots, Math.max(1, rows.length));
  rows.forEach((row, y) => {
    for (let x = 0; x < widthDots; x += 1) if (row[x] === 1) image.data.fill(0, (y * widthDots + x) * 4, (y * widthDots + x) * 4 + 3);
  });
  context.putImageData(image, marginDots, marginDots);
  return canvas.toBuffer('image/png');
}
