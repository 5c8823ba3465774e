import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';

export interface Series {
  name: string;
  colour: string;
  /** Microseconds. */
  values: readonly number[];
}

const width = 960;
const rowHeight = 110;
const left = 24;
const top = 56;
const firstDecadeUs = 0.1;
const decades = 6;
const binsPerDecade = 24;
const goalUs = 10;

const xOf = (us: number): number => left + ((Math.log10(us) - Math.log10(firstDecadeUs)) / decades) * (width - 2 * left);
const duration = (us: number): string => (us >= 1000 ? `${Number((us / 1000).toPrecision(3))} ms` : `${Number(us.toPrecision(3))} us`);

/** Share of the values in each bin of equal width on a logarithmic scale. */
function histogram(values: readonly number[]): number[] {
  const bins = new Array<number>(decades * binsPerDecade).fill(0);
  for (const value of values) {
    const bin = Math.floor((Math.log10(value) - Math.log10(firstDecadeUs)) * binsPerDecade);
    const index = Math.min(bins.length - 1, Math.max(0, bin));
    bins[index] = (bins[index] ?? 0) + 1 / values.length;
  }
  return bins;
}

function row({ name, colour, values }: Series, index: number): string {
  const base = top + (index + 1) * rowHeight - 18;
  const bins = histogram(values);
  const most = Math.max(...bins);
  const bars = bins.map((share, bin) => {
    if (share === 0) return '';
    const from = xOf(firstDecadeUs * 10 ** (bin / binsPerDecade));
    const to = xOf(firstDecadeUs * 10 ** ((bin + 1) / binsPerDecade));
    // A single value among ten thousand must be seen.
    const height = Math.max(2, (share / most) * (rowHeight - 50));
    return `<rect x="${from.toFixed(1)}" y="${(base - height).toFixed(1)}" width="${(to - from - 0.5).toFixed(1)}" height="${height.toFixed(1)}" fill="${colour}"/>`;
  });
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const worst = sorted.at(-1) ?? 0;
  const told = `${name}: median ${duration(median)}, worst ${duration(worst)} of ${values.length}`;
  const mark = `<line x1="${xOf(worst).toFixed(1)}" x2="${xOf(worst).toFixed(1)}" y1="${base - 26}" y2="${base + 5}" stroke="${colour}" stroke-width="2"/>`;
  return `${bars.join('')}${mark}<line x1="${left}" x2="${width - left}" y1="${base}" y2="${base}" stroke="#999"/><text x="${left}" y="${base - rowHeight + 34}" font-size="15" fill="#222">${told}</text>`;
}

/** One histogram above the other over a logarithmic axis of time, as SVG text. */
export function drawHistograms(title: string, series: readonly Series[]): string {
  const height = top + series.length * rowHeight + 40;
  const axis = Array.from({ length: decades + 1 }, (_, decade) => {
    const us = firstDecadeUs * 10 ** decade;
    const x = xOf(us).toFixed(1);
    return `<line x1="${x}" x2="${x}" y1="${top}" y2="${height - 34}" stroke="#e4e4e4"/><text x="${x}" y="${height - 14}" font-size="13" text-anchor="middle" fill="#555">${duration(us)}</text>`;
  });
  const goal = `<line x1="${xOf(goalUs)}" x2="${xOf(goalUs)}" y1="${top - 6}" y2="${height - 34}" stroke="#c62828" stroke-dasharray="5 4"/><text x="${xOf(goalUs) + 5}" y="${top - 8}" font-size="13" fill="#c62828">limit 10 us</text>`;
  const body = [
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...axis,
    goal,
    ...series.map(row),
    `<text x="${left}" y="30" font-size="20" fill="#111">${title}</text>`,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Be Vietnam Pro, DejaVu Sans, sans-serif">${body.join('\n')}</svg>\n`;
}

/** Writes `<folder>/<name>.svg` and `.png` (twice the size). */
export async function savePicture(folder: string, name: string, svg: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.svg`), svg);
  const image = await loadImage(Buffer.from(svg));
  const canvas = createCanvas(image.width * 2, image.height * 2);
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  writeFileSync(join(folder, `${name}.png`), canvas.toBuffer('image/png'));
}
