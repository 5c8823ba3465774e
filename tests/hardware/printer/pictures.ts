import { createCanvas, loadImage } from '@napi-rs/canvas';
import jsQR from 'jsqr';

export async function pixelsOf(png: Buffer): Promise<{ data: Uint8ClampedArray; width: number; height: number }> {
  const image = await loadImage(png);
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return { data: context.getImageData(0, 0, image.width, image.height).data, width: image.width, height: image.height };
}

/** Text of the QR symbol in a picture; null when there is none. */
export async function readQr(png: Buffer): Promise<string | null> {
  const { data, width, height } = await pixelsOf(png);
  return jsQR(data, width, height)?.data ?? null;
}

export async function inkDots(png: Buffer): Promise<number> {
  const { data } = await pixelsOf(png);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 255) < 128) count += 1;
  return count;
}
