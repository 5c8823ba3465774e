import type { PresentCard } from '../../../hardware/card-reader/card-reader.ts';
import type { Clock } from '../../core/clock.ts';
import { type Command, chained, command, decodeResponse, encodeCommand, needsExtended, type Response } from './apdu.ts';
import type { ReadCost } from './chip.ts';
import { ChipReadError } from './failure.ts';

/** What commands go through: a bare link, or one under secure messaging. Throws `ChipReadError`. */
export interface Channel {
  exchange(unit: Command): Promise<Response>;
}

/** Longest APDUs, bytes, header and status included. */
export interface ApduLimits {
  commandBytes: number;
  responseBytes: number;
}

/** Short APDUs: 5 + 255 + 1 and 256 + 2. Every reader and card carries these. */
export const shortLimits: ApduLimits = { commandBytes: 261, responseBytes: 258 };

/** A full read with a large portrait over short APDUs takes about 150; more is a chip that plays with us. */
const mostApdus = 1000;
/** A full read takes 1 to 6 s; a slow chip with a large portrait up to 20 s. */
const longestReadMs = 60_000;
/** The longest answer that is put together of parts: a portrait with its headers and MACs. */
const mostAnswerBytes = 70_000;

/**
 * Carries commands to the card: extended where both sides can, chained otherwise; fetches the rest of long answers (61xx), repeats with
 * the length the card asks for (6Cxx), and counts what was carried. Bounded in time and in number of APDUs.
 */
export class CardLink implements Channel {
  readonly cost: ReadCost = { apdus: 0, sentBytes: 0, receivedBytes: 0 };
  limits: ApduLimits = shortLimits;
  private readonly card: PresentCard;
  private readonly clock: Clock;
  private readonly endMs: number;

  constructor(card: PresentCard, clock: Clock) {
    this.card = card;
    this.clock = clock;
    this.endMs = clock.monotonicMs() + longestReadMs;
  }

  async exchange(unit: Command): Promise<Response> {
    const extended = this.limits.commandBytes > shortLimits.commandBytes || this.limits.responseBytes > shortLimits.responseBytes;
    if (!needsExtended(unit)) return this.complete(unit);
    if (extended && encodeCommand(unit).length <= this.limits.commandBytes) return this.complete(unit);
    const parts = chained(unit, 255);
    for (const part of parts.slice(0, -1)) {
      const answer = await this.carry(part);
      if (answer.status !== 0x9000) return answer;
    }
    return this.complete(parts.at(-1) ?? unit);
  }

  private async complete(unit: Command): Promise<Response> {
    let answer = await this.carry(unit);
    if (answer.status >> 8 === 0x6c) answer = await this.carry({ ...unit, expected: lengthOf(answer.status) });
    const parts = [answer.data];
    for (let bytes = answer.data.length; answer.status >> 8 === 0x61; bytes += answer.data.length) {
      if (bytes > mostAnswerBytes) throw new ChipReadError('protocol', 'the answer has no end');
      answer = await this.carry(command(unit.cla & 0x03, 0xc0, 0, 0, undefined, lengthOf(answer.status)));
      parts.push(answer.data);
    }
    return parts.length === 1 ? answer : { data: Buffer.concat(parts), status: answer.status };
  }

  private async carry(unit: Command): Promise<Response> {
    if (this.cost.apdus >= mostApdus) throw new ChipReadError('protocol', 'too many exchanges');
    if (this.clock.monotonicMs() > this.endMs) throw new ChipReadError('timeout', 'the whole read took too long');
    const bytes = encodeCommand(unit);
    this.cost.apdus += 1;
    this.cost.sentBytes += bytes.length;
    const exchange = await this.card.transceive(bytes);
    if (exchange.kind === 'failed') throw new ChipReadError(exchange.failure, 'the reader said so');
    this.cost.receivedBytes += exchange.response.length;
    const answer = decodeResponse(exchange.response);
    if (!answer) throw new ChipReadError('protocol', 'an answer without a status');
    return answer;
  }
}

/** SW2 of 61xx and 6Cxx; 00 stands for 256. */
function lengthOf(status: number): number {
  return status & 0xff || 256;
}
