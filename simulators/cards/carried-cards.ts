import type { Random } from '../../src/core/random.ts';
import { inventedPeople } from './applet/person.ts';
import type { TestIssuer } from './applet/test-issuer.ts';
import type { CardVariant } from './applet/variants.ts';
import type { CarriedCard } from './card-table.ts';

const carried: { id: string; label: string; person: keyof typeof inventedPeople; variant: CardVariant }[] = [
  { id: 'chip-first', label: 'Card of Nguyễn Thị Mẫu', person: 'sample', variant: '2024' },
  { id: 'chip-second', label: 'Card of Trần Đặng Thử', person: 'trial', variant: '2021' },
  { id: 'chip-copy', label: 'A copy of the first', person: 'sample', variant: 'cloned' },
  { id: 'chip-changed', label: 'The first, forged', person: 'sample', variant: 'wrongSod' },
];

/** What people in the lobby have in their pockets: two cards that are sound, a copy without its keys, one changed after signing. */
export function carriedCards(issuer: TestIssuer, random: Random): CarriedCard[] {
  return carried.map(({ id, label, person, variant }) => ({
    id,
    label,
    async issue() {
      // Drawing a portrait loads the canvas (20 MB): only where somebody lays a card down.
      const [{ issueCard }, { drawPortrait }] = await Promise.all([import('./applet/issue-card.ts'), import('./applet/portrait.ts')]);
      return issueCard({ person: inventedPeople[person], variant, issuer, portrait: drawPortrait(random), random });
    },
  }));
}
