import type { CardPresence, CardReader } from '../../hardware/card-reader/card-reader.ts';
import type { ChipStage, ChipVerdict } from '../behaviour/model.ts';
import { type ErrorCode, LetanError } from '../core/errors.ts';
import type { Unsubscribe } from '../core/signal.ts';
import type { ChipFailure, ChipReading, ReadChip } from '../identity/chip/chip.ts';
import type { Vault } from '../identity/vault.ts';

/** A card reader and what reads a citizen card's chip through it. */
export interface ChipParts {
  reader: CardReader;
  read: ReadChip;
}

const codeOf: Record<ChipFailure, ErrorCode> = {
  cardRemoved: 'CHIP_REMOVED',
  severalCards: 'CHIP_SEVERAL',
  readerUnplugged: 'CARD_READER_OFFLINE',
  weakField: 'CHIP_UNREADABLE',
  timeout: 'CHIP_UNREADABLE',
  protocol: 'CHIP_UNREADABLE',
  malformed: 'CHIP_UNREADABLE',
  notACitizenCard: 'CHIP_UNREADABLE',
  wrongAccessKey: 'CHIP_WRONG_KEY',
};

/** The last six digits of a card's number open its chip. */
const accessDigits = 6;

/** One citizen, one card: looks for it, has its chip read, puts what it says into the vault. The field is on meanwhile only. */
export class ChipSession {
  private readonly chip: ChipParts;
  private readonly vault: Vault;
  private readonly portrait: boolean;
  private stopWaiting: (why: LetanError) => void = () => {};
  /** Counts readings, so that one that was stopped leaves nothing behind. */
  private reading = 0;

  constructor(chip: ChipParts, vault: Vault, portrait: boolean) {
    this.chip = chip;
    this.vault = vault;
    this.portrait = portrait;
  }

  /** Resolves when the chip's data lie with the record. Rejects with a CHIP_ or CARD_READER_ code, or `CANCELLED`. */
  async read(recordId: string, onStage: (stage: ChipStage) => void): Promise<ChipVerdict> {
    this.stop();
    const number = this.numberOf(recordId);
    const mine = ++this.reading;
    try {
      const card = await this.nextCard();
      const key = { kind: 'can', can: number.slice(-accessDigits) } as const;
      const reading = await this.chip.read(card, {
        key,
        portrait: this.portrait,
        onStage: (stage) => mine === this.reading && onStage(stage),
      });
      if (mine !== this.reading) throw stopped();
      return this.keep(recordId, number, reading);
    } finally {
      if (mine === this.reading) this.chip.reader.seek(false);
    }
  }

  /** Ends looking and reading: the field goes off, and what is still said of the chip is dropped. */
  stop(): void {
    this.reading += 1;
    this.stopWaiting(stopped());
    this.chip.reader.seek(false);
  }

  private numberOf(recordId: string): string {
    const record = this.vault.get(recordId);
    if (record?.kind === 'card') return record.card.idNumber;
    if (record?.kind === 'number') return record.number;
    throw new LetanError('CANCELLED', 'the visit has ended');
  }

  private nextCard() {
    const { reader } = this.chip;
    return new Promise<Extract<CardPresence, { kind: 'card' }>['card']>((resolve, reject) => {
      const stops: Unsubscribe[] = [];
      const end = (finish: () => void) => {
        for (const stop of stops) stop();
        this.stopWaiting = () => {};
        finish();
      };
      const fail = (error: LetanError) => end(() => reject(error));
      const look = (presence: CardPresence) => {
        if (presence.kind === 'card') end(() => resolve(presence.card));
        if (presence.kind === 'several') fail(new LetanError('CHIP_SEVERAL', 'several cards on the reader'));
        if (presence.kind === 'other') fail(new LetanError('CHIP_UNREADABLE', 'no chip card of ISO 14443-4'));
      };
      this.stopWaiting = fail;
      stops.push(reader.presenceChanged.on(look));
      stops.push(
        reader.statusChanged.on((state) => {
          if (state.status === 'offline' || state.status === 'faulty') fail(new LetanError('CARD_READER_OFFLINE', state.error.detail));
        }),
      );
      reader.seek(true);
      look(reader.presence);
    });
  }

  private keep(recordId: string, number: string, reading: ChipReading): ChipVerdict {
    if (reading.kind === 'failed') throw new LetanError(codeOf[reading.failure], `chip not read: ${reading.failure}`);
    const { data, checks, verdict, portrait } = reading;
    // Two cards may end alike: what the code or the citizen said must be the card that lies here.
    if (!data.idNumber.endsWith(number)) throw new LetanError('CHIP_WRONG_KEY', 'the chip has another number');
    if (verdict !== 'forged') this.vault.addChip(recordId, { data, checks, verdict, portrait });
    return verdict;
  }
}

const stopped = () => new LetanError('CANCELLED', 'reading was stopped');
