import { createInterface, type Interface } from 'node:readline';
import { LetanError } from '../../core/errors.ts';
import { type Dialogue, type NumberQuestion, parseNumber, type Step } from './dialogue.ts';

export interface TerminalOptions {
  input: NodeJS.ReadableStream;
  write(text: string): void;
  /** Numbers that answer the questions in their order before anything is read. */
  answers: readonly string[];
  /** Answers every yes or no with yes and waits for no Enter. */
  yes: boolean;
  /** Shows what was read, where no terminal does. */
  echo: boolean;
}

/** Reads lines, from a person or a pipe. The end of the input is a withdrawal. */
export class TerminalDialogue implements Dialogue {
  private readonly options: TerminalOptions;
  private readonly answers: string[];
  private readonly reader: Interface;
  private readonly lines: AsyncIterator<string>;

  constructor(options: TerminalOptions) {
    this.options = options;
    this.answers = [...options.answers];
    this.reader = createInterface({ input: options.input });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  tell(text: string): void {
    this.options.write(`${text}\n`);
  }

  async ready(_step: Step, instruction: string): Promise<void> {
    this.options.write(`> ${instruction}`);
    if (this.options.yes) {
      this.options.write('\n');
      return;
    }
    this.options.write(' [Enter] ');
    await this.line();
  }

  async number({ text, unit, min, max, usual }: NumberQuestion): Promise<number> {
    const hint = usual === undefined ? unit : `${unit}, Enter for ${usual}`;
    for (;;) {
      this.options.write(`? ${text} [${hint}] `);
      const prepared = this.answers.shift();
      if (prepared !== undefined) this.options.write(`${prepared}\n`);
      const typed = prepared ?? (await this.line());
      const value = typed.trim() === '' && usual !== undefined ? usual : parseNumber(typed);
      if (value !== null && value >= min && value <= max) return value;
      this.tell(`  a number from ${min} to ${max} ${unit} is needed`);
      // A script cannot think again.
      if (prepared !== undefined) throw new LetanError('CANCELLED', `the answer "${prepared}" does not fit; nothing was written`);
    }
  }

  async confirm(_step: Step, question: string): Promise<boolean> {
    this.options.write(`? ${question} [y/N] `);
    if (this.options.yes) {
      this.options.write('y\n');
      return true;
    }
    return /^(y|yes|c|có|co)$/i.test((await this.line()).trim());
  }

  close(): void {
    this.reader.close();
  }

  private async line(): Promise<string> {
    const next = await this.lines.next();
    if (next.done) throw new LetanError('CANCELLED', 'the input ended; nothing was written');
    if (this.options.echo) this.tell(next.value);
    return next.value;
  }
}
