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
  const rowBytes = rowBytesOf(bitmap);
  const row = bitmap.data.subarray(y * rowBytes, (y + 1) * rowBytes);
  const first = row.findIndex((value) => value !== 0);
  if (first < 0) return noInk;
  const last = row.findLastIndex((value) => value !== 0);
  const [firstByte, lastByte] = [row[first] ?? 0, row[last] ?? 0];
  // Blank dots before the first one, and after the last one within its byte.
  const before = Math.clz32(firstByte) - 24;
  const after = 31 - Math.clz32(lastByte & -lastByte);
  return { first: first * 8 + before, end: (last + 1) * 8 - after };
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
  const [sourceBytes, partBytes] = [rowBytesOf(source), rowBytesOf(part)];
  const [skipped, shift] = [columns.first >> 3, columns.first & 7];
  for (let y = 0; y < heightDots; y += 1) {
    const row = source.data.subarray((fromY + y) * sourceBytes, (fromY + y + 1) * sourceBytes);
    for (let at = 0; at < partBytes; at += 1) {
      const [left, right] = [row[skipped + at] ?? 0, row[skipped + at + 1] ?? 0];
      part.data[y * partBytes + at] = ((left << shift) | (right >> (8 - shift))) & 0xff;
    }
  }
  return part;
}
