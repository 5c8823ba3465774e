import type { FlashProgress } from '../../firmware-bridge/flashing/program.ts';

const barCells = 30;
const quarters = 4;

/** Shows how far flashing is: one line that redraws itself on a terminal, a line for each quarter elsewhere. */
export class ProgressPrinter {
  private readonly write: (text: string) => void;
  private readonly isTerminal: boolean;
  private last = '';

  constructor(options: { write: (text: string) => void; isTerminal: boolean }) {
    this.write = options.write;
    this.isTerminal = options.isTerminal;
  }

  show(progress: FlashProgress): void {
    if (this.isTerminal) this.redraw(progress);
    else this.tell(progress);
  }

  /** Ends a line that was being redrawn. */
  end(): void {
    if (this.isTerminal && this.last !== '') this.write('\n');
    this.last = '';
  }

  private redraw({ phase, pagesDone, pages }: FlashProgress): void {
    const filled = Math.floor((pagesDone / pages) * barCells);
    const bar = '#'.repeat(filled).padEnd(barCells, '.');
    const line = `  ${phase.padEnd(9)} [${bar}] ${pagesDone}/${pages} pages`;
    if (line !== this.last) this.write(`\r${line}\x1b[K`);
    this.last = line;
  }

  private tell({ phase, pagesDone, pages }: FlashProgress): void {
    const quarter = Math.floor((pagesDone / pages) * quarters);
    const line = `  ${phase} ${quarter * (100 / quarters)} %\n`;
    if (quarter > 0 && line !== this.last) this.write(line);
    this.last = line;
  }
}
