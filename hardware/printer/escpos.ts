/**
 * ESC/POS on the wire: commands -> bytes. Pure. Source: Epson's ESC/POS reference; every constant below is the command's
 * own name there. All lengths in dots at 203 dpi ({@link motionUnits} makes the printer's unit one dot).
 */

/** One-bit picture: rows of `ceil(widthDots / 8)` bytes, most significant bit leftmost, 1 = black. */
export interface Bitmap {
  widthDots: number;
  heightDots: number;
  data: Uint8Array;
}

const ESC = 0x1b;
const GS = 0x1d;
const FS = 0x1c;
const DLE = 0x10;

/** Rows per raster command; small enough for the receive buffer of cheap printers. */
export const bandRows = 256;

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const bytes = (...values: number[]) => Uint8Array.from(values);
const low = (value: number) => value & 0xff;
const high = (value: number) => (value >> 8) & 0xff;

/** ESC @ */
export const initialise = () => bytes(ESC, 0x40);
/** FS . : clones start in Kanji mode, which eats bytes above 7F. */
export const kanjiOff = () => bytes(FS, 0x2e);
/** ESC R 0 and ESC t 0: clones start with China's letters, which have a yen sign for the dollar. */
export const plainAscii = () => bytes(ESC, 0x52, 0, ESC, 0x74, 0);
/** GS L: where lines and pictures begin, dots from the left edge. */
export const leftMargin = (dots: number) => bytes(GS, 0x4c, low(dots), high(dots));
/** GS P: one motion unit is one dot at 203 dpi. */
export const motionUnits = () => bytes(GS, 0x50, 203, 203);
/** GS b: smooths enlarged letters. */
export const smoothing = () => bytes(GS, 0x62, 1);
/** GS ( D: pictures may contain the bytes of the real-time pulse command, so it is switched off. */
export const disableRealTimePulse = () => bytes(GS, 0x28, 0x44, 0x03, 0x00, 0x14, 0x01, 0x00);
/** GS a: automatic status back on online, error and paper sensor changes. */
export const automaticStatus = () => bytes(GS, 0x61, 0x0e);
/** ESC a */
export const align = (to: 'left' | 'centre') => bytes(ESC, 0x61, to === 'left' ? 0 : 1);
/** ESC M */
export const font = (name: 'A' | 'B') => bytes(ESC, 0x4d, name === 'A' ? 0 : 1);
/** ESC E */
export const bold = (on: boolean) => bytes(ESC, 0x45, on ? 1 : 0);
/** GS ! : enlargement 1-8, the same in width and height. */
export const enlarge = (factor: number) => bytes(GS, 0x21, ((factor - 1) << 4) | (factor - 1));
/** ESC 3: line pitch, 0-255 dots. */
export const linePitch = (dots: number) => bytes(ESC, 0x33, dots);
/** One line of printable ASCII and its line feed. */
export const textLine = (text: string) => bytes(...[...text].map((letter) => asciiCode(letter)), 0x0a);
/** GS V 66: feeds to the cutter and cuts partially. */
export const feedAndCut = () => bytes(GS, 0x56, 0x42, 0x00);
/** GS V 1: cuts partially where the paper stands. */
export const cutHere = () => bytes(GS, 0x56, 0x01);
/** ESC m: the same in the older command set. */
export const cutHereOld = () => bytes(ESC, 0x6d);
/** GS r 1: the paper sensors' status in the turn of the buffer; one byte, bits 0-1 near end, 2-3 end. */
export const requestPaperStatus = () => bytes(GS, 0x72, 0x01);
/** DLE EOT n: real-time status 1 printer, 2 offline cause, 3 error cause, 4 paper. */
export const askStatus = (n: 1 | 2 | 3 | 4) => bytes(DLE, 0x04, n);
/** DLE ENQ 2: recovers from an error that a person has removed (cutter), with the buffers cleared. */
export const recoverFromError = () => bytes(DLE, 0x05, 0x02);
/** DLE DC4 8: clears both buffers at once, even while offline; answered by `37 25 00`. */
export const clearBuffer = () => bytes(DLE, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08);

/** ESC J, as often as needed: feeds `dots` >= 0. */
export function feed(dots: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let left = Math.round(dots); left > 0; left -= 255) parts.push(bytes(ESC, 0x4a, Math.min(left, 255)));
  return concat(parts);
}

/** GS ( H function 48: answered by `37 22 id 00` when all before it is on paper. `processId`: four characters 20-7E. */
export function requestConfirmation(processId: string): Uint8Array {
  if (!isProcessId(processId)) throw new RangeError('a process id is four printable ASCII characters');
  return bytes(GS, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, ...[...processId].map((letter) => asciiCode(letter)));
}

export const isProcessId = (text: string) => /^[\x20-\x7e]{4}$/.test(text);
export const isAscii = (text: string) => /^[\x20-\x7e]*$/.test(text);

function asciiCode(letter: string): number {
  const code = letter.charCodeAt(0);
  if (letter.length !== 1 || code < 0x20 || code > 0x7e) throw new RangeError('not printable ASCII');
  return code;
}

/** GS ( k: a QR symbol (model 2, error correction M). `data`: 1-500 printable ASCII characters; `moduleDots` 1-16. */
export function qrSymbol(data: string, moduleDots: number): Uint8Array {
  const payload = bytes(...[...data].map((letter) => asciiCode(letter)));
  if (payload.length === 0 || payload.length > 500) throw new RangeError('QR data must have 1-500 characters');
  const length = payload.length + 3;
  return concat([
    bytes(GS, 0x28, 0x6b, 4, 0, 0x31, 0x41, 0x32, 0),
    bytes(GS, 0x28, 0x6b, 3, 0, 0x31, 0x43, moduleDots),
    bytes(GS, 0x28, 0x6b, 3, 0, 0x31, 0x45, 0x31),
    bytes(GS, 0x28, 0x6b, low(length), high(length), 0x31, 0x50, 0x30),
    payload,
    bytes(GS, 0x28, 0x6b, 3, 0, 0x31, 0x51, 0x30),
  ]);
}

/** GS v 0 in bands of {@link bandRows}; the picture's bytes are freed from accidental real-time commands. `doubled`: every dot as 2 x 2. */
export function raster(bitmap: Bitmap, doubled = false): Uint8Array {
  const widthBytes = Math.ceil(bitmap.widthDots / 8);
  const parts: Uint8Array[] = [];
  for (let row = 0; row < bitmap.heightDots; row += bandRows) {
    const rows = Math.min(bandRows, bitmap.heightDots - row);
    const data = bitmap.data.subarray(row * widthBytes, (row + rows) * widthBytes);
    parts.push(
      bytes(GS, 0x76, 0x30, doubled ? 3 : 0, low(widthBytes), high(widthBytes), low(rows), high(rows)),
      withoutRealTimeCodes(data),
    );
  }
  return concat(parts);
}

/**
 * The printer obeys DLE EOT, DLE ENQ and DLE DC4 even inside a picture. One more black dot beside the lone dot of 10 hex
 * breaks the sequence and nobody sees it.
 */
export function withoutRealTimeCodes(data: Uint8Array): Uint8Array {
  const out = Uint8Array.from(data);
  for (let at = 0; at + 1 < out.length; at += 1) {
    const next = out[at + 1];
    if (out[at] === DLE && (next === 0x04 || next === 0x05 || next === 0x14)) out[at] = 0x18;
  }
  return out;
}
