import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { SKRSContext2D } from '@napi-rs/canvas';
import { emptyBitmap, setDot } from './bitmap.ts';
import type { Bitmap } from './escpos.ts';

/** Letters and picture files as dots, for what the printer's own ASCII cannot write. */
export interface Renderer {
  /** One picture per wrapped line, at most `widthDots` wide and as high as the line. Letters no font has become `?`. */
  render(text: string, style: { heightPx: number; bold: boolean }, widthDots: number): Bitmap[];
  /** A PNG file in black and white, made smaller where it is wider than `widthDots`, never larger. Rejects when it cannot be read. */
  picture(file: string, widthDots: number): Promise<Bitmap>;
}

const require = createRequire(import.meta.url);

/** Line box relative to the font size: room for a capital with two marks (Ổ) above and for the dot below (ị). */
const lineHeightEm = 1.32;
const baselineEm = 1.04;
/** Letters may reach over their own width a little. */
const overhangDots = 2;
/** Darker than half becomes a dot; dithering would blur letters and could form real-time codes. */
const blackBelow = 128;

const latinSubsets = ['latin', 'latin-ext', 'vietnamese'];
/** Code points that the subsets above and Noto Sans KR's Korean subset have, as [first, last]. */
const coveredRanges: readonly (readonly [number, number])[] = [
  [0x20, 0x24f],
  [0x2bb, 0x2dd],
  [0x300, 0x323], // marks that no composed letter has taken in
  [0x1e00, 0x1eff],
  [0x2010, 0x203a],
  [0x20a0, 0x20ac],
  [0x2122, 0x2122],
  [0x3130, 0x318f],
  [0xac00, 0xd7a3],
];
const hangul = /[\u3130-\u318F\uAC00-\uD7A3]/u;

/** Loads the canvas (20 MB, 0.3 s) on first use only: a robot that has printed nothing does without it. */
export async function loadRenderer(): Promise<Renderer> {
  const { createCanvas, GlobalFonts, loadImage } = await import('@napi-rs/canvas');
  const registered = new Set<string>();

  const register = (fontPackage: string, subset: string, weight: number): string => {
    const file = `${fontPackage}-${subset}-${weight}-normal`;
    if (!registered.has(file)) {
      GlobalFonts.register(readFileSync(require.resolve(`@fontsource/${fontPackage}/files/${file}.woff2`)), file);
      registered.add(file);
    }
    return `"${file}"`;
  };

  const families = (text: string, weight: number): string => {
    const names = latinSubsets.map((subset) => register('be-vietnam-pro', subset, weight));
    if (hangul.test(text)) names.push(register('noto-sans-kr', 'korean', weight));
    return names.join(', ');
  };

  return {
    render(text, { heightPx, bold }, widthDots) {
      const clean = printable(text);
      const weight = bold ? 700 : 500;
      const heightDots = Math.ceil(heightPx * lineHeightEm);
      const context = createCanvas(widthDots, heightDots).getContext('2d');
      context.font = `${weight} ${heightPx}px ${families(clean, weight)}`;
      const measure = (part: string) => context.measureText(part).width;
      return wrapEvenly(clean, widthDots - 2 * overhangDots, measure).map((line) => {
        const usedDots = Math.min(widthDots, Math.ceil(measure(line)) + 2 * overhangDots);
        context.fillStyle = '#fff';
        context.fillRect(0, 0, widthDots, heightDots);
        context.fillStyle = '#000';
        context.fillText(line, overhangDots, Math.round(heightPx * baselineEm));
        return threshold(context, usedDots, heightDots);
      });
    },
    async picture(file, widthDots) {
      const image = await loadImage(readFileSync(file));
      const scale = Math.min(1, widthDots / image.width);
      const [width, height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
      const context = createCanvas(width, height).getContext('2d');
      context.fillStyle = '#fff';
      context.fillRect(0, 0, width, height);
      context.drawImage(image, 0, 0, width, height);
      return threshold(context, width, height);
    },
  };
}

/** Composed letters, one space for every white space, `?` for what no font here has. */
export function printable(text: string): string {
  return [...text.normalize('NFC').replace(/\s+/g, ' ').trim()]
    .map((letter) => (isCovered(letter.codePointAt(0) ?? 0) ? letter : '?'))
    .join('');
}

const isCovered = (code: number) => coveredRanges.some(([first, last]) => code >= first && code <= last);

/** Breaks at spaces, and inside a word only where the word alone is too wide. Never returns a line wider than `width`, never loses a letter. */
export function wrap(text: string, width: number, measure: (part: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (measure(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = breakWord(word, width, measure);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  lines.push(line);
  return lines;
}

/** As few lines as {@link wrap} needs, of about the same length: no lone last word. */
export function wrapEvenly(text: string, width: number, measure: (part: string) => number): string[] {
  const greedy = wrap(text, width, measure);
  let [tooNarrow, wide, best] = [0, width, greedy];
  while (greedy.length > 1 && wide - tooNarrow > 1) {
    const middle = (tooNarrow + wide) / 2;
    const lines = wrap(text, middle, measure);
    const fits = lines.length === greedy.length && lines.every((line) => measure(line) <= middle);
    if (fits) [wide, best] = [middle, lines];
    else tooNarrow = middle;
  }
  return best;
}

function breakWord(word: string, width: number, measure: (part: string) => number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const letter of word) {
    if (piece !== '' && measure(piece + letter) > width) {
      pieces.push(piece);
      piece = '';
    }
    piece += letter;
  }
  pieces.push(piece);
  return pieces;
}

function threshold(context: SKRSContext2D, widthDots: number, heightDots: number): Bitmap {
  const pixels = context.getImageData(0, 0, widthDots, heightDots).data;
  const bitmap = emptyBitmap(widthDots, heightDots);
  for (let y = 0; y < heightDots; y += 1) {
    for (let x = 0; x < widthDots; x += 1) {
      const at = (y * widthDots + x) * 4;
      const lightness = ((pixels[at] ?? 255) * 3 + (pixels[at + 1] ?? 255) * 6 + (pixels[at + 2] ?? 255)) / 10;
      if (lightness < blackBelow) setDot(bitmap, x, y);
    }
  }
  return bitmap;
}
