import { X509Certificate } from 'node:crypto';
import { type CardOptions, issueCard } from '../../../simulators/cards/applet/issue-card.ts';
import { type CardPerson, inventedPeople } from '../../../simulators/cards/applet/person.ts';
import type { DrawnPortrait } from '../../../simulators/cards/applet/portrait.ts';
import { TestIssuer } from '../../../simulators/cards/applet/test-issuer.ts';
import type { CardVariant } from '../../../simulators/cards/applet/variants.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import type { AccessKey, ChipReading } from '../../../src/identity/chip/chip.ts';
import { type ChipReadOptions, readChip } from '../../../src/identity/chip/read-chip.ts';
import type { TrustAnchors } from '../../../src/identity/chip/trust-anchors.ts';
import { ScriptedCard } from './scripted-card.ts';

export const issuer = new TestIssuer({ random: new SeededRandom(3) });
export const anchorsOf = (...issuers: TestIssuer[]): TrustAnchors => ({
  certificates: issuers.map(({ cscaCertificate }) => new X509Certificate(cscaCertificate)),
});

/** No picture; a head of JPEG and 12 kB that nobody has to see. */
export const portrait: DrawnPortrait = {
  bytes: Buffer.concat([Buffer.from('FFD8FFE0', 'hex'), Buffer.alloc(12_000, 0x5a)]),
  widthPx: 240,
  heightPx: 320,
  points: [
    { x: 90, y: 130 },
    { x: 150, y: 130 },
  ],
};

export interface Laid {
  variant?: CardVariant;
  person?: CardPerson;
  issuer?: TestIssuer;
  portrait?: DrawnPortrait | null;
  options?: CardOptions;
  longest?: { commandBytes: number; responseBytes: number };
  /** Changes what the card answers. */
  tamper?: (answer: Uint8Array, index: number, command: Uint8Array) => Uint8Array;
}

/** A virtual card that lies on a reader. */
export function lay(laid: Laid = {}): ScriptedCard {
  const { variant = '2024', person = inventedPeople.sample, options = {} } = laid;
  const card = issueCard({
    person,
    variant,
    issuer: laid.issuer ?? issuer,
    portrait: laid.portrait === undefined ? portrait : laid.portrait,
    random: new SeededRandom(2),
    options: { activeAuthentication: 'brainpoolP256r1', ...options },
  });
  card.powerOn();
  return new ScriptedCard((command, index) => {
    const answer = card.process(command);
    if (answer.length === 0) return { kind: 'failed', failure: 'cardRemoved' };
    return laid.tamper?.(answer, index, command) ?? answer;
  }, laid.longest);
}

export const can: AccessKey = { kind: 'can', can: '012345' };

/** Reads with the sample's number, the issuer trusted and no portrait unless told otherwise. */
export function read(card: ScriptedCard, options: Partial<ChipReadOptions> = {}): Promise<ChipReading> {
  return readChip(card, {
    key: can,
    portrait: false,
    csca: anchorsOf(issuer),
    clock: new SimulatedClock(),
    random: new SeededRandom(5),
    ...options,
  });
}
