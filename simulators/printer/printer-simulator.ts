import type { Cancel, Clock } from '../../src/core/clock.ts';
import { Signal } from '../../src/core/signal.ts';
import { automaticStatus, type Condition, healthy, isOffline, paperStatus, statusByte } from './condition.ts';
import { Interpreter, type Operation, type PrinterModel } from './interpreter.ts';
import { type DotRow, rowsOf, toPng } from './paper.ts';
import { type RealTimeCommand, Receiver } from './receiver.ts';

/** The robot's end of the line, whatever carries it: a PTY, a test's memory. */
export interface PrinterTransport {
  onData(listener: (bytes: Uint8Array) => void): unknown;
  write(bytes: Uint8Array): unknown;
}

export interface PrintedPaper {
  png: Buffer;
  widthDots: number;
  heightDots: number;
  /** Resident text on the paper, line by line; drawn letters are not in here. */
  lines: string[];
  /** False: torn out by hand before it was finished. */
  cut: boolean;
}

export interface PrinterSimulatorOptions {
  transport: PrinterTransport;
  clock: Clock;
  widthDots: 576 | 384;
  /** `epson` if not given. */
  model?: PrinterModel;
  /** Paper speed, mm/s; null prints at once. */
  speedMmS?: number | null;
  /** What the blade takes, ms; none if not given, and only with a paper speed. */
  cutMs?: number;
}

type Action =
  | { kind: 'row'; row: DotRow; label?: string }
  /** As long as one dot line takes. */
  | { kind: 'pause' }
  | { kind: 'cut' }
  | { kind: 'reply'; bytes: number[] }
  | { kind: 'paperStatus' };

const dotsPerMm = 8;
const tickMs = 10;
const picturesKept = 12;
/** Receive buffer of an Epson TM as delivered; what comes on top is lost, since the line has no flow control. */
const bufferLimit = 4096;

/** An ESC/POS printer with paper, cover and cutter. Buffered work goes on after a fault is removed, as on the real part. */
export class PrinterSimulator {
  readonly printed = new Signal<PrintedPaper>();
  /** The last 12 papers, oldest first. */
  readonly papers: PrintedPaper[] = [];
  /** DLE DC4 pulses obeyed; a picture that opens the cash drawer shows here. */
  pulses = 0;
  lostBytes = 0;
  private readonly options: PrinterSimulatorOptions;
  private readonly receiver: Receiver;
  private readonly interpreter: Interpreter;
  private buffer: number[] = [];
  private actions: Action[] = [];
  private sheet: DotRow[] = [];
  private sheetLines: string[] = [];
  private statusMask = 0;
  private cancelTick: Cancel | null = null;
  private unpowered = false;
  /** A reply may bring the next command before this one is done. */
  private working = false;
  /** Dot lines until the paper ends; null: plenty. */
  private paperLeft: number | null = null;
  private readonly condition: Condition = { ...healthy };
  private cutterJammed = false;

  constructor(options: PrinterSimulatorOptions) {
    this.options = options;
    this.receiver = new Receiver(options.model ?? 'epson');
    this.interpreter = new Interpreter(options.model ?? 'epson');
    options.transport.onData((bytes) => this.receive(bytes));
  }

  get unknownCommands(): number {
    return this.interpreter.unknownCommands;
  }
  /** Waiting bytes, dot lines and replies. */
  get waiting(): number {
    return this.buffer.length + this.actions.length;
  }
  get faults(): Readonly<Condition> & { cutterJammed: boolean } {
    return { ...this.condition, cutterJammed: this.cutterJammed };
  }

  paperOut(): void {
    this.paperLeft = null;
    this.change({ paperEnd: true, nearEnd: true });
  }
  /** The roll ends after `dotLines` more; 8 are one mm. */
  paperOutAfter(dotLines: number): void {
    this.paperLeft = dotLines;
  }
  /** A new roll; what hung out of the printer is torn away. */
  paperIn(): void {
    this.takeSheet(false);
    this.paperLeft = null;
    this.change({ paperEnd: false, nearEnd: false });
  }
  setNearEnd(nearEnd: boolean): void {
    this.change({ nearEnd });
  }
  setCoverOpen(coverOpen: boolean): void {
    this.change({ coverOpen });
  }
  setOffline(switchedOffline: boolean): void {
    this.change({ switchedOffline });
  }
  setOverheated(overheated: boolean): void {
    this.change({ overheated });
  }
  /** The next cut fails, and the printer stays in error until it is told to recover. */
  jamCutter(): void {
    this.cutterJammed = true;
  }
  clearCutter(): void {
    this.cutterJammed = false;
  }
  /** Power off: buffers are empty, nothing is said. Power on with `false`. */
  setUnpowered(unpowered: boolean): void {
    this.unpowered = unpowered;
    this.clearBuffers();
    this.statusMask = 0;
    this.receiver.reset();
    this.interpreter.reset();
    this.cancelTick?.();
    this.cancelTick = null;
  }

  private change(part: Partial<Condition>): void {
    const before = JSON.stringify(this.condition);
    Object.assign(this.condition, part);
    if (JSON.stringify(this.condition) === before) return;
    this.reportChange();
    this.work();
  }

  private reportChange(): void {
    if (this.statusMask !== 0) this.reply(automaticStatus(this.condition));
  }

  private receive(bytes: Uint8Array): void {
    if (this.unpowered) return;
    this.receiver.push(
      bytes,
      (command) => this.obey(command),
      (value) => {
        if (this.buffer.length < bufferLimit) this.buffer.push(value);
        else this.lostBytes += 1;
      },
    );
    this.work();
  }

  private obey(command: RealTimeCommand): void {
    switch (command.kind) {
      case 'status':
        this.reply([statusByte(this.condition, command.n)]);
        break;
      case 'pulse':
        this.pulses += 1;
        break;
      case 'clear':
        this.clearBuffers();
        this.reply([0x37, 0x25, 0x00]);
        break;
      case 'recover':
        if (!this.condition.cutterError) break;
        if (command.andClear) this.clearBuffers();
        if (!this.cutterJammed) this.change({ cutterError: false });
        break;
    }
  }

  private clearBuffers(): void {
    this.buffer = [];
    this.actions = [];
    this.interpreter.reset();
  }

  /** Reads commands and moves paper as far as faults, speed and the bytes received allow. */
  private work(): void {
    if (this.unpowered || this.working || this.cancelTick) return;
    const speed = this.options.speedMmS ?? null;
    this.working = true;
    const paperWaits = this.run(speed === null ? Number.POSITIVE_INFINITY : 0);
    this.working = false;
    if (paperWaits && speed !== null) this.tick(this.options.clock.monotonicMs(), 0, (speed * dotsPerMm) / 1000);
  }

  /** `moved` dot lines since `startMs`; timers come late, so the due ones are counted from the start. */
  private tick(startMs: number, moved: number, linesPerMs: number): void {
    const { clock } = this.options;
    this.cancelTick = clock.after(tickMs, () => {
      this.cancelTick = null;
      const due = Math.max(1, Math.round((clock.monotonicMs() - startMs) * linesPerMs) - moved);
      this.working = true;
      const paperWaits = this.run(due);
      this.working = false;
      if (paperWaits) this.tick(startMs, moved + due, linesPerMs);
      else this.work();
    });
  }

  /** Moves at most `dotLines` of paper; true when a dot line still waits and could be printed. */
  private run(dotLines: number): boolean {
    let left = dotLines;
    while (!isOffline(this.condition)) {
      const action = this.actions[0];
      if (!action) {
        if (!this.interpretOne()) return false;
        continue;
      }
      const moves = action.kind === 'row' || action.kind === 'pause';
      if (moves && left <= 0) return true;
      if (action.kind === 'row' && this.paperLeft === 0) {
        this.paperLeft = null;
        this.change({ paperEnd: true, nearEnd: true });
        return false;
      }
      this.actions.shift();
      if (moves) left -= 1;
      this.perform(action);
    }
    return false;
  }

  private perform(action: Action): void {
    switch (action.kind) {
      case 'row':
        this.sheet.push(action.row);
        if (action.label !== undefined) this.sheetLines.push(action.label);
        if (this.paperLeft !== null) this.paperLeft -= 1;
        break;
      case 'pause':
        break;
      case 'reply':
        this.reply(action.bytes);
        break;
      case 'paperStatus':
        this.reply([paperStatus(this.condition)]);
        break;
      case 'cut':
        if (this.cutterJammed) {
          this.actions.unshift(action);
          this.change({ cutterError: true });
        } else this.takeSheet(true);
        break;
    }
  }

  private interpretOne(): boolean {
    const { used, operations } = this.interpreter.step(this.buffer);
    if (used === 0) return false;
    this.buffer = this.buffer.slice(used);
    for (const operation of operations) this.accept(operation);
    return true;
  }

  private accept(operation: Operation): void {
    switch (operation.kind) {
      case 'cut':
        for (let line = this.cutLines(); line > 0; line -= 1) this.actions.push({ kind: 'pause' });
        this.actions.push({ kind: 'cut' });
        break;
      case 'paperStatus':
        this.actions.push({ kind: 'paperStatus' });
        break;
      case 'reply':
        this.actions.push({ kind: 'reply', bytes: operation.bytes });
        break;
      case 'automaticStatus':
        this.statusMask = operation.mask;
        this.reportChange();
        break;
      case 'realTimePulse':
        this.receiver.pulseEnabled = operation.enabled;
        break;
      default: {
        const label = operation.kind === 'text' ? operation.letters.map(({ letter }) => letter).join('') : undefined;
        rowsOf(operation, this.options.widthDots).forEach((row, at) => {
          this.actions.push(at === 0 && label !== undefined ? { kind: 'row', row, label } : { kind: 'row', row });
        });
      }
    }
  }

  private cutLines(): number {
    const { speedMmS = null, cutMs = 0 } = this.options;
    return speedMmS === null ? 0 : Math.round((speedMmS * dotsPerMm * cutMs) / 1000);
  }

  /** Takes the paper away; one without ink is no paper. */
  private takeSheet(cut: boolean): void {
    const rows = this.sheet;
    const lines = this.sheetLines;
    this.sheet = [];
    this.sheetLines = [];
    if (!rows.some((row) => row.includes(1))) return;
    const { widthDots } = this.options;
    const paper: PrintedPaper = { png: toPng(rows, widthDots), widthDots, heightDots: rows.length, lines, cut };
    this.papers.push(paper);
    if (this.papers.length > picturesKept) this.papers.shift();
    this.printed.emit(paper);
  }

  private reply(bytes: number[]): void {
    if (!this.unpowered) this.options.transport.write(Uint8Array.from(bytes));
  }
}
