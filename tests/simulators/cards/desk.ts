import type { Exchange, PresentCard } from '../../../hardware/card-reader/card-reader.ts';
import { type CardOrder, issueCard } from '../../../simulators/cards/applet/issue-card.ts';
import { inventedPeople } from '../../../simulators/cards/applet/person.ts';
import { drawPortrait } from '../../../simulators/cards/applet/portrait.ts';
import { TestIssuer } from '../../../simulators/cards/applet/test-issuer.ts';
import type { VirtualCard } from '../../../simulators/cards/applet/virtual-card.ts';
import { SeededRandom } from '../../../src/core/random.ts';

export const random = new SeededRandom(9303);
export const issuer = new TestIssuer({ random });
export const portrait = drawPortrait(random);

/** A card of an invented person; whatever the test does not name is as usual. */
export const issue = (order: Partial<CardOrder> = {}): VirtualCard =>
  issueCard({ person: inventedPeople.sample, variant: '2024', issuer, portrait, random, ...order });

/** What a reader of short or extended APDUs carries. */
export const shortApdus = { commandBytes: 261, responseBytes: 258 };
export const extendedApdus = { commandBytes: 2048, responseBytes: 2048 };

/** Lays a card on a reader that is nothing but memory; `heard` sees both directions. */
export function lay(
  card: VirtualCard,
  longest = shortApdus,
  heard: (command: Uint8Array, response: Uint8Array) => void = () => {},
): PresentCard {
  card.powerOn();
  return {
    longest,
    transceive(command): Promise<Exchange> {
      const response = card.process(command);
      heard(command, response);
      return Promise.resolve(response.length === 0 ? { kind: 'failed', failure: 'cardRemoved' } : { kind: 'answered', response });
    },
  };
}
