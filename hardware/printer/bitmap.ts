import type { Bitmap } from './escpos.ts';

const rowBytesOf = (bitmap: Bitmap) => Math.ceil(bitmap.widthDots / 8);

export function emptyBitmap(widthDots: number, heightDots: number): Bitmap {
  return { widthDots, heightDots, data: new Uint8Array(Math.ceil(widthDots / 8) * heightDots) };
}

export function dotAt(bitmap: Bitmap, x: number, y: number): boolean {
  return (((bitmap.data[y * rowBytesOf(bitmap) + (x >> 3)] ?? 0) << (x & 7)) & 0x80) !== 0;
}

export function setDot(bitmap: Bitmap, x: number, y: number): void {
  const at = y * rowBytesOf(bitmap) + (x >> 3);
  bitmap.data[at] = (bitmap.data[at] ?? 0) | (0x80 >> (x & 7));
}

/** Columns with ink, [first, end); first = end where there is none. */
interface Columns {
  first: number;
  end: number;
}
const noInk: Columns = { first: Number.POSITIVE_INFINITY, end: 0 };
const joined = (a: Columns, b: Columns): Columns => ({ first: Math.min(a.first, b.first), end: Math.max(a.end, b.end) });

function inkOfRow(bitmap: Bitmap, y: number): Columns {
  let columns = noInk;
  for (let x = 0; x < bitmap.widthDots; x += 1) if (dotAt(bitmap, x, y)) columns = joined(columns, { first: x, end: x + 1 });
  return columns;
}

/** Columns that have ink in any row; null when nothing has. */
export function inkColumns(bitmap: Bitmap): Columns | null {
  let all = noInk;
  for (let y = 0; y < bitmap.heightDots; y += 1) all = joined(all, inkOfRow(bitmap, y));
  return all.end === 0 ? null : all;
}

/** A picture as it is sent: blank rows to be fed, or ink at a distance from the picture's left edge. */
export type Band = { kind: 'blank'; rows: number } | { kind: 'ink'; leftDots: number; bitmap: Bitmap };

/** Bytes besides the picture's own: raster head 8 and left margin 4; a feed has 3. */
const inkOverheadBytes = 12;
const blankBytes = 3;

/**
 * Cuts a picture into bands of at most `rowLimit` rows so that all together take the fewest bytes: only the columns with ink of each
 * band are sent. Marks above and below Vietnamese letters stand alone in their rows, so this saves a fifth against the whole line.
 */
export function bandsOf(bitmap: Bitmap, rowLimit: number): Band[] {
  const ink = Array.from({ length: bitmap.heightDots }, (_, y) => inkOfRow(bitmap, y));
  /** Cheapest way to send the rows before y, and where its last band begins. */
  const best: { bytes: number; from: number }[] = [{ bytes: 0, from: 0 }];
  for (let end = 1; end <= ink.length; end += 1) {
    let cheapest = { bytes: Number.POSITIVE_INFINITY, from: 0 };
    let columns = noInk;
    for (let from = end - 1; from >= Math.max(0, end - rowLimit); from -= 1) {
      columns = joined(columns, ink[from] ?? noInk);
      const own = columns.end === 0 ? blankBytes : inkOverheadBytes + (end - from) * Math.ceil((columns.end - columns.first) / 8);
      const bytes = (best[from]?.bytes ?? 0) + own;
      if (bytes < cheapest.bytes) cheapest = { bytes, from };
    }
    best.push(cheapest);
  }
  const bands: Band[] = [];
  for (let end = ink.length; end > 0; ) {
    const from = best[end]?.from ?? 0;
    const columns = ink.slice(from, end).reduce(joined, noInk);
    if (columns.end === 0) bands.push({ kind: 'blank', rows: end - from });
    else bands.push({ kind: 'ink', leftDots: columns.first, bitmap: crop(bitmap, columns, from, end - from) });
    end = from;
  }
  return bands.reverse();
}

function crop(source: Bitmap, columns: Columns, fromY: number, heightDots: number): Bitmap {
  const part = emptyBitmap(columns.end - columns.first, heightDots);
  for (let y = 0; y < heightDots; y += 1) {
    for (let x = 0; x < part.widthDots; x += 1) if (dotAt(source, columns.first + x, fromY + y)) setDot(part, x, y);
  }
  return part;
}
