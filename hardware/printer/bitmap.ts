import type { Bitmap } from './escpos.ts';

const rowBytesOf = (bitmap: Bitmap) => Math.ceil(bitmap.widthDots / 8);

export function dotAt(bitmap: Bitmap, x: number, y: number): boolean {
  return (((bitmap.data[y * rowBytesOf(bitmap) + (x >> 3)] ?? 0) << (x & 7)) & 0x80) !== 0;
}

/** The inked part of a picture and the blank rows around it; null when there is no ink. */
export interface Ink {
  bitmap: Bitmap;
  blankAbove: number;
  blankBelow: number;
}

/** Cuts away what need not be sent: blank rows always, blank columns on the right, and on the left too where the printer centres. */
export function trim(bitmap: Bitmap, keepLeft: boolean): Ink | null {
  let top = bitmap.heightDots;
  let bottom = 0;
  let left = bitmap.widthDots;
  let right = 0;
  for (let y = 0; y < bitmap.heightDots; y += 1) {
    for (let x = 0; x < bitmap.widthDots; x += 1) {
      if (!dotAt(bitmap, x, y)) continue;
      top = Math.min(top, y);
      bottom = y + 1;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
    }
  }
  if (bottom === 0) return null;
  const from = keepLeft ? 0 : left;
  return { bitmap: crop(bitmap, from, top, right - from, bottom - top), blankAbove: top, blankBelow: bitmap.heightDots - bottom };
}

function crop(source: Bitmap, fromX: number, fromY: number, widthDots: number, heightDots: number): Bitmap {
  const rowBytes = Math.ceil(widthDots / 8);
  const data = new Uint8Array(rowBytes * heightDots);
  for (let y = 0; y < heightDots; y += 1) {
    for (let x = 0; x < widthDots; x += 1) {
      if (!dotAt(source, fromX + x, fromY + y)) continue;
      const at = y * rowBytes + (x >> 3);
      data[at] = (data[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return { widthDots, heightDots, data };
}
