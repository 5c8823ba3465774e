import { bandsOf, inkColumns } from './bitmap.ts';
import * as escpos from './escpos.ts';
import type { PrinterProfile } from './profiles.ts';

type Alignment = 'left' | 'centre';

/** Bytes that belong together, and how far they move the paper. */
export interface Piece {
  bytes: Uint8Array;
  dots: number;
}

/** Rows of one raster command: 6 mm, so that a printer without a buffer to clear holds little. */
const bandRows = 48;
const ruleHeightDots = 2;

/** Writes one paper from top to bottom with few bytes: what has not changed is not said again, feeds that follow each other are one. */
export class PaperWriter {
  private readonly profile: PrinterProfile;
  private readonly pieces: Piece[] = [];
  private waitingFeedDots = 0;
  private marginDots = 0;
  private alignment: Alignment = 'left';

  constructor(profile: PrinterProfile) {
    this.profile = profile;
  }

  feed(dots: number): void {
    this.waitingFeedDots += Math.round(dots);
  }

  /** `bytes`: one line of resident text and its line feed, which moves the paper by `dots`. */
  text(bytes: Uint8Array, alignment: Alignment, dots: number): void {
    this.put([...this.margin(0), ...this.align(alignment), bytes], dots);
  }

  /** A symbol of the printer's own, centred. */
  symbol(bytes: Uint8Array, dots: number): void {
    this.text(bytes, 'centre', dots);
  }

  picture(bitmap: escpos.Bitmap, alignment: Alignment): void {
    const ink = inkColumns(bitmap);
    if (!ink) {
      this.feed(bitmap.heightDots);
      return;
    }
    const free = this.profile.widthDots - (ink.end - ink.first);
    const shift = alignment === 'centre' ? Math.floor(free / 2) - ink.first : 0;
    for (const band of bandsOf(bitmap, bandRows)) {
      if (band.kind === 'blank') this.feed(band.rows);
      else this.raster(band.bitmap, shift + band.leftDots, false);
    }
  }

  /** Centred, every dot printed as 2 x 2. */
  doubled(bitmap: escpos.Bitmap): void {
    const rowBytes = Math.ceil(bitmap.widthDots / 8);
    const left = Math.floor((this.profile.widthDots - 2 * bitmap.widthDots) / 2);
    for (let from = 0; from < bitmap.heightDots; from += bandRows / 2) {
      const heightDots = Math.min(bandRows / 2, bitmap.heightDots - from);
      this.raster({ ...bitmap, heightDots, data: bitmap.data.subarray(from * rowBytes, (from + heightDots) * rowBytes) }, left, true);
    }
  }

  /** A line across the paper. */
  rule(): void {
    const widthDots = this.profile.widthDots / 2;
    this.raster({ widthDots, heightDots: ruleHeightDots / 2, data: new Uint8Array(widthDots / 8).fill(0xff) }, 0, true);
  }

  finish(): Piece[] {
    this.put([], 0);
    return this.pieces;
  }

  private raster(bitmap: escpos.Bitmap, leftDots: number, doubled: boolean): void {
    const dots = bitmap.heightDots * (doubled ? 2 : 1);
    this.put([...this.margin(Math.max(0, leftDots)), ...this.align('left'), escpos.raster(bitmap, doubled)], dots);
  }

  private put(parts: Uint8Array[], dots: number): void {
    const feedDots = this.waitingFeedDots;
    this.waitingFeedDots = 0;
    if (feedDots > 0) this.pieces.push({ bytes: escpos.feed(feedDots), dots: feedDots });
    if (parts.length > 0) this.pieces.push({ bytes: escpos.concat(parts), dots });
  }

  private margin(dots: number): Uint8Array[] {
    if (dots === this.marginDots) return [];
    this.marginDots = dots;
    return [escpos.leftMargin(dots)];
  }

  private align(to: Alignment): Uint8Array[] {
    if (to === this.alignment) return [];
    this.alignment = to;
    return [escpos.align(to)];
  }
}
