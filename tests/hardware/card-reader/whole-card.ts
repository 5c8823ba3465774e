import { X509Certificate } from 'node:crypto';
import { expect } from 'vitest';
import type { CardPresence, CardReader, PresentCard } from '../../../hardware/card-reader/card-reader.ts';
import { issueCard } from '../../../simulators/cards/applet/issue-card.ts';
import { inventedPeople } from '../../../simulators/cards/applet/person.ts';
import { drawPortrait } from '../../../simulators/cards/applet/portrait.ts';
import { TestIssuer } from '../../../simulators/cards/applet/test-issuer.ts';
import type { CardVariant } from '../../../simulators/cards/applet/variants.ts';
import type { ChipStage } from '../../../src/behaviour/model.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import type { ChipReading } from '../../../src/identity/chip/chip.ts';
import { readChip } from '../../../src/identity/chip/read-chip.ts';

const random = new SeededRandom(532);
const issuer = new TestIssuer({ random });
const portrait = drawPortrait(random);
const clock = new SystemClock();

/** The card of an invented person. */
export const issue = (variant: CardVariant = '2024') => issueCard({ person: inventedPeople.sample, variant, issuer, portrait, random });

/** Opens it with the number its owner has typed, reads all of it. */
export function read(card: PresentCard, onStage: (stage: ChipStage) => void = () => {}): Promise<ChipReading> {
  const csca = { certificates: [new X509Certificate(issuer.cscaCertificate)] };
  return readChip(card, { key: { kind: 'can', can: '012345' }, portrait: true, csca, clock, onStage });
}

/** What everybody can see on the sample's card, and that nothing was left unchecked. */
export function expectWholeCard(reading: ChipReading): void {
  if (reading.kind !== 'read') throw new Error(`not read: ${reading.failure}`);
  expect(reading.verdict).toBe('genuine');
  expect(reading.data).toMatchObject({ idNumber: '079190012345', fullName: 'Nguyễn Thị Mẫu', birthDate: '1990-01-15' });
  expect(Buffer.from(reading.portrait?.bytes ?? []).equals(portrait.bytes)).toBe(true);
}

/** The card on the reader, now or as soon as there is one; the test's own time limit is the deadline. */
export function laidCard(reader: CardReader): Promise<PresentCard> {
  const cardOf = (presence: CardPresence) => (presence.kind === 'card' ? presence.card : null);
  const now = cardOf(reader.presence);
  if (now) return Promise.resolve(now);
  return new Promise((resolve) => {
    const stop = reader.presenceChanged.on((presence) => {
      const card = cardOf(presence);
      if (!card) return;
      stop();
      resolve(card);
    });
  });
}

/** Resolves when nothing lies there, now or later. */
export function emptied(reader: CardReader): Promise<void> {
  if (reader.presence.kind === 'none') return Promise.resolve();
  return new Promise((resolve) => {
    const stop = reader.presenceChanged.on(({ kind }) => {
      if (kind !== 'none') return;
      stop();
      resolve();
    });
  });
}
