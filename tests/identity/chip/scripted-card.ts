import type { Exchange, PresentCard } from '../../../hardware/card-reader/card-reader.ts';

/** A card whose answers a test writes; it keeps the commands it got, as hex. */
export class ScriptedCard implements PresentCard {
  readonly commands: string[] = [];
  readonly longest: PresentCard['longest'];
  private readonly answer: (command: Uint8Array, index: number) => Uint8Array | Exchange;

  constructor(answer: (command: Uint8Array, index: number) => Uint8Array | Exchange, longest = { commandBytes: 261, responseBytes: 258 }) {
    this.answer = answer;
    this.longest = longest;
  }

  async transceive(command: Uint8Array): Promise<Exchange> {
    const answer = this.answer(command, this.commands.push(Buffer.from(command).toString('hex').toUpperCase()) - 1);
    return answer instanceof Uint8Array ? { kind: 'answered', response: answer } : answer;
  }
}

/** A card that gives these answers, in hex, one after the other, then 6F00. */
export const cardAnswering = (...answers: string[]) => new ScriptedCard((_, index) => Buffer.from(answers[index] ?? '6F00', 'hex'));

/** A source of randomness that gives these bytes, one a draw. */
export function scriptedRandom(...parts: Uint8Array[]): { next(): number } {
  const script = Buffer.concat(parts);
  let at = 0;
  return { next: () => ((script[at++] ?? 0) + 0.5) / 256 };
}
