/**
 * ESC/POS as a printer reads it: received bytes -> operations. Written from Epson's reference only; shares no code with
 * hardware/printer, so that the two can disagree.
 */

export interface TextStyle {
  font: 'A' | 'B';
  widthFactor: number;
  heightFactor: number;
  bold: boolean;
}
export type Alignment = 'left' | 'centre' | 'right';

/**
 * `epson`: a TM with everything the reference has. `clone`: starts in Kanji mode, knows none of the GS ( commands, no automatic status
 * and no buffer clear, but GS r.
 */
export type PrinterModel = 'epson' | 'clone';

interface Letter {
  letter: string;
  style: TextStyle;
}
export interface Place {
  alignment: Alignment;
  /** Left edge of the printing area. */
  marginDots: number;
}

/** What a command makes the mechanism do, in order. */
export type Operation =
  | { kind: 'text'; letters: Letter[]; place: Place; pitchDots: number }
  /** One line of a picture. */
  | { kind: 'raster'; row: Uint8Array; place: Place; magnifyX: number; magnifyY: number }
  | { kind: 'qr'; data: string; moduleDots: number; level: 'L' | 'M' | 'Q' | 'H'; place: Place }
  | { kind: 'feed'; dots: number }
  | { kind: 'cut' }
  | { kind: 'reply'; bytes: number[] }
  /** To be answered with what the sensors say when its turn comes. */
  | { kind: 'paperStatus' }
  | { kind: 'automaticStatus'; mask: number }
  | { kind: 'realTimePulse'; enabled: boolean };

interface Step {
  /** Bytes used up; 0: wait for more. */
  used: number;
  operations: Operation[];
}
const wait: Step = { used: 0, operations: [] };

export class Interpreter {
  /** Commands not understood; their bytes go to paper as text, as on the real part. */
  unknownCommands = 0;
  private style: TextStyle = plain();
  private readonly model: PrinterModel;
  private place: Place = { alignment: 'left', marginDots: 0 };
  private pitchDots = 30;
  /** Motion units per inch over 203 dots per inch. */
  private unitDots = 1;
  private letters: Letter[] = [];
  /** A picture whose lines are still to come. */
  private picture: { widthBytes: number; rowsLeft: number; magnifyX: number; magnifyY: number } | null = null;
  private kanji = false;
  private qr = { moduleDots: 3, level: 'L' as 'L' | 'M' | 'Q' | 'H', data: '' };

  constructor(model: PrinterModel) {
    this.model = model;
    this.reset();
  }

  /** ESC @ and power-up. */
  reset(): void {
    this.style = plain();
    this.place = { alignment: 'left', marginDots: 0 };
    this.picture = null;
    this.kanji = this.model === 'clone';
    this.pitchDots = 30;
    this.unitDots = 1;
    this.letters = [];
    this.qr = { moduleDots: 3, level: 'L', data: '' };
  }

  /** Reads one command from the head of `buffer`. */
  step(buffer: readonly number[]): Step {
    const [first, second] = buffer;
    if (first === undefined) return wait;
    if (this.picture) return this.pictureRow(buffer, this.picture);
    if (first === 0x0a) return { used: 1, operations: this.lineFeed() };
    if (first === 0x1b) return this.escape(buffer);
    if (first === 0x1d) return this.group(buffer);
    if (first === 0x1c) {
      if (second === undefined) return wait;
      if (second === 0x2e || second === 0x26) this.kanji = second === 0x26;
      return this.known(2, second === 0x2e || second === 0x26);
    }
    if (this.kanji && first >= 0x81) {
      if (second === undefined) return wait;
      this.letters.push({ letter: '\u25a1', style: { ...this.style } });
      return { used: 2, operations: [] };
    }
    if (first >= 0x20) this.letters.push({ letter: first < 0x7f ? String.fromCharCode(first) : '\u25a1', style: { ...this.style } });
    return { used: 1, operations: [] };
  }

  private known(used: number, understood: boolean): Step {
    if (understood) return { used, operations: [] };
    this.unknownCommands += 1;
    return { used: 1, operations: [] };
  }

  private lineFeed(): Operation[] {
    const letters = this.letters;
    this.letters = [];
    if (letters.length === 0) return [{ kind: 'feed', dots: this.pitchDots }];
    return [{ kind: 'text', letters, place: this.place, pitchDots: this.pitchDots }];
  }

  private escape(buffer: readonly number[]): Step {
    const [, command, n] = buffer;
    if (command === undefined) return wait;
    if (command === 0x40) {
      this.reset();
      return this.known(2, true);
    }
    if (command === 0x32) {
      this.pitchDots = 30;
      return this.known(2, true);
    }
    if (command === 0x69 || command === 0x6d) return { used: 2, operations: [...this.flush(), { kind: 'cut' }] };
    if (n === undefined) return wait;
    switch (command) {
      case 0x61:
        this.place = { ...this.place, alignment: n % 48 === 1 ? 'centre' : n % 48 === 2 ? 'right' : 'left' };
        return this.known(3, true);
      case 0x45:
        this.style.bold = (n & 1) === 1;
        return this.known(3, true);
      case 0x4d:
        this.style.font = n % 48 === 1 ? 'B' : 'A';
        return this.known(3, true);
      case 0x33:
        this.pitchDots = Math.round(n * this.unitDots);
        return this.known(3, true);
      case 0x4a:
        return { used: 3, operations: [...this.flush(), { kind: 'feed', dots: Math.round(n * this.unitDots) }] };
      case 0x64:
        return { used: 3, operations: [...this.flush(), { kind: 'feed', dots: n * this.pitchDots }] };
      case 0x52:
      case 0x74:
        return this.known(3, true);
      default:
        return this.known(3, false);
    }
  }

  /** Motion commands print what waits in the line first. */
  private flush(): Operation[] {
    return this.letters.length > 0 ? this.lineFeed() : [];
  }

  private group(buffer: readonly number[]): Step {
    const [, command, a, b] = buffer;
    if (command === undefined) return wait;
    switch (command) {
      case 0x21:
        if (a === undefined) return wait;
        this.style.widthFactor = ((a >> 4) & 7) + 1;
        this.style.heightFactor = (a & 7) + 1;
        return this.known(3, true);
      case 0x62:
        return a === undefined ? wait : this.known(3, true);
      case 0x61:
        if (this.model === 'clone') return this.known(3, false);
        return a === undefined ? wait : { used: 3, operations: [{ kind: 'automaticStatus', mask: a }] };
      case 0x72:
        if (a === undefined) return wait;
        return a === 1 || a === 49 ? { used: 3, operations: [...this.flush(), { kind: 'paperStatus' }] } : this.known(3, false);
      case 0x4c:
        if (a === undefined || b === undefined) return wait;
        this.place = { ...this.place, marginDots: Math.round((a + b * 256) * this.unitDots) };
        return this.known(4, true);
      case 0x50:
        if (a === undefined || b === undefined) return wait;
        this.unitDots = b === 0 ? 1 : 203 / b;
        return this.known(4, true);
      case 0x56:
        return this.cut(a, b);
      case 0x76:
        return this.raster(buffer);
      case 0x28:
        return this.extended(buffer);
      default:
        return this.known(2, false);
    }
  }

  private cut(mode: number | undefined, feedUnits: number | undefined): Step {
    if (mode === undefined) return wait;
    if (mode === 0 || mode === 1 || mode === 48 || mode === 49) return { used: 3, operations: [...this.flush(), { kind: 'cut' }] };
    if (feedUnits === undefined) return wait;
    // From the head to the blade, 12 mm on an Epson TM-T20.
    return { used: 4, operations: [...this.flush(), { kind: 'feed', dots: 96 + Math.round(feedUnits * this.unitDots) }, { kind: 'cut' }] };
  }

  private raster(buffer: readonly number[]): Step {
    const [, , zero, mode, xLow, xHigh, yLow, yHigh] = buffer;
    if (xLow === undefined || xHigh === undefined || yLow === undefined || yHigh === undefined || mode === undefined) return wait;
    if (zero !== 0x30) return this.known(2, false);
    const [widthBytes, rowsLeft] = [xLow + xHigh * 256, yLow + yHigh * 256];
    if (widthBytes > 0 && rowsLeft > 0)
      this.picture = { widthBytes, rowsLeft, magnifyX: (mode & 1) === 1 ? 2 : 1, magnifyY: (mode & 2) === 2 ? 2 : 1 };
    return this.known(8, true);
  }

  /** Pictures are printed line by line while they are received: they may be larger than the buffer. */
  private pictureRow(buffer: readonly number[], picture: NonNullable<Interpreter['picture']>): Step {
    const { widthBytes, magnifyX, magnifyY } = picture;
    if (buffer.length < widthBytes) return wait;
    picture.rowsLeft -= 1;
    if (picture.rowsLeft === 0) this.picture = null;
    const row = Uint8Array.from(buffer.slice(0, widthBytes));
    return { used: widthBytes, operations: [{ kind: 'raster', row, place: this.place, magnifyX, magnifyY }] };
  }

  /** GS ( x pL pH …: every function of this family carries its length, so unknown ones can be skipped whole. */
  private extended(buffer: readonly number[]): Step {
    const [, , family, low, high] = buffer;
    if (this.model === 'clone') return this.known(2, false);
    if (family === undefined || low === undefined || high === undefined) return wait;
    const end = 5 + low + high * 256;
    if (buffer.length < end) return wait;
    const body = buffer.slice(5, end);
    if (family === 0x6b) return { used: end, operations: this.symbol(body) };
    if (family === 0x48) return { used: end, operations: [...this.flush(), ...this.response(body)] };
    if (family === 0x44) return { used: end, operations: realTimeSwitches(body) };
    this.unknownCommands += 1;
    return { used: end, operations: [] };
  }

  private symbol(body: readonly number[]): Operation[] {
    const [kind, fn, value] = body;
    if (kind !== 0x31) this.unknownCommands += 1;
    else if (fn === 0x43) this.qr.moduleDots = value ?? 3;
    else if (fn === 0x45) this.qr.level = (['L', 'M', 'Q', 'H'] as const)[(value ?? 48) - 48] ?? 'L';
    else if (fn === 0x50) this.qr.data = Buffer.from(body.slice(3)).toString('latin1');
    else if (fn === 0x51) return [{ kind: 'qr', ...this.qr, place: this.place }];
    else if (fn !== 0x41) this.unknownCommands += 1;
    return [];
  }

  private response(body: readonly number[]): Operation[] {
    const [fn, m, ...id] = body;
    if (fn !== 0x30 || m !== 0x30 || id.length !== 4) {
      this.unknownCommands += 1;
      return [];
    }
    return [{ kind: 'reply', bytes: [0x37, 0x22, ...id, 0x00] }];
  }
}

function realTimeSwitches(body: readonly number[]): Operation[] {
  const [m, ...pairs] = body;
  const operations: Operation[] = [];
  if (m !== 0x14) return operations;
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    if (pairs[at] === 1) operations.push({ kind: 'realTimePulse', enabled: pairs[at + 1] === 1 });
  }
  return operations;
}

const plain = (): TextStyle => ({ font: 'A', widthFactor: 1, heightFactor: 1, bold: false });
