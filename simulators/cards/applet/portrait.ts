import { type Canvas, createCanvas } from '@napi-rs/canvas';
import type { Random } from '../../../src/core/random.ts';

/** A picture for DG2. `points`: feature points (ISO 14496-2, 12.1 and 12.2: the eyes), pixels. */
export interface DrawnPortrait {
  bytes: Uint8Array;
  widthPx: number;
  heightPx: number;
  points: { x: number; y: number }[];
}

const widthPx = 240;
const heightPx = 320;
/** Of a hundred: about 18 kB, the upper end of what ICAO 9303-10 recommends for a face (15 to 20 kB). */
const quality = 88;

function disc(canvas: Canvas, colour: string, x: number, y: number, radiusX: number, radiusY: number): void {
  const context = canvas.getContext('2d');
  context.fillStyle = colour;
  context.beginPath();
  context.ellipse(x, y, radiusX, radiusY, 0, 0, 2 * Math.PI);
  context.fill();
}

/** Grain, so that the JPEG is as heavy as a photograph. */
function speckle(canvas: Canvas, random: Random): void {
  const context = canvas.getContext('2d');
  for (let count = 0; count < 4000; count++) {
    context.fillStyle = `rgba(${random.next() < 0.5 ? '0, 0, 0' : '255, 255, 255'}, 0.08)`;
    context.fillRect(Math.floor(random.next() * widthPx), Math.floor(random.next() * heightPx), 2, 2);
  }
}

/** A cartoon of nobody, as a JPEG: a drawn face in front of a plain wall, other colours and shape with every drawing. */
export function drawPortrait(random: Random): DrawnPortrait {
  const canvas = createCanvas(widthPx, heightPx);
  const between = (low: number, high: number) => low + random.next() * (high - low);
  const hue = Math.floor(between(0, 360));
  disc(canvas, '#dfe8f2', widthPx / 2, heightPx / 2, widthPx, heightPx);
  disc(canvas, `hsl(${hue}, 45%, 45%)`, widthPx / 2, heightPx, 100, 80);
  const hair = between(62, 80);
  disc(canvas, '#1f1a17', widthPx / 2, 125, hair, 88);
  disc(canvas, `hsl(${between(22, 32)}, 55%, ${between(66, 78)}%)`, widthPx / 2, 145, between(54, 62), 78);
  const points = [widthPx / 2 - 24, widthPx / 2 + 24].map((x) => ({ x, y: 135 }));
  for (const { x, y } of points) {
    disc(canvas, '#ffffff', x, y, 11, 7);
    disc(canvas, '#2a1c12', x, y, 5, 5);
  }
  disc(canvas, 'rgba(120, 70, 50, 0.5)', widthPx / 2, 162, 6, 10);
  disc(canvas, '#a8443c', widthPx / 2, 190, between(14, 24), between(4, 8));
  speckle(canvas, random);
  return { bytes: Uint8Array.from(canvas.toBuffer('image/jpeg', quality)), widthPx, heightPx, points };
}
