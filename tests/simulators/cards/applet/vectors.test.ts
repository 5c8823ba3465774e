import { describe, expect, it } from 'vitest';
import { answer, parseCommand, responseBytes } from '../../../../simulators/cards/applet/apdu.ts';
import { BasicAccess } from '../../../../simulators/cards/applet/bac.ts';
import { aes128, cmac, tripleDes } from '../../../../simulators/cards/applet/ciphers.ts';
import { type PaceOutcome, PaceRun, passwordKey } from '../../../../simulators/cards/applet/pace.ts';
import { SecureChannel } from '../../../../simulators/cards/applet/secure-messaging.ts';
import { cardAccessFile } from '../../../../simulators/cards/applet/security-groups.ts';
import vectors from '../../../identity/chip/icao-9303-11.json' with { type: 'json' };

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex').toUpperCase();

/** Hands out the bytes of `drawn`, then fails. */
function scripted(drawn: string) {
  const left = [...bytes(drawn)];
  return {
    next() {
      const byte = left.shift();
      if (byte === undefined) throw new RangeError('more was drawn than the example has');
      return byte / 256;
    },
  };
}

/** 48 bytes of which the curve's scalar becomes `secret` (remainder by order - 1, plus one). */
const drawnScalar = (secret: string) => (BigInt(`0x${secret}`) - 1n).toString(16).padStart(96, '0');

describe('basic access control, ICAO 9303-11 appendix D', () => {
  const { bac, secureMessaging3des } = vectors;

  it('answers the terminal of the example', () => {
    const card = new BasicAccess(bac.mrzInformation_ascii, scripted(bac.rndIcc + bac.kIcc));
    expect(hex(card.giveChallenge())).toBe(bac.rndIcc);
    expect(hex(card.authenticate(bytes(bac.eIfd + bac.mIfd))?.response ?? bytes(''))).toBe(bac.eIcc + bac.mIcc);
  });

  it('takes a challenge once, and none of another card', () => {
    const card = new BasicAccess(bac.mrzInformation_ascii, scripted(bac.rndIcc + bac.kIcc));
    expect(card.authenticate(bytes(bac.eIfd + bac.mIfd))).toBeNull();
    card.giveChallenge();
    expect(card.authenticate(bytes(bac.eIfd + bac.mIfd))).not.toBeNull();
    expect(card.authenticate(bytes(bac.eIfd + bac.mIfd))).toBeNull();
    const other = new BasicAccess('L898902C<369080619406237', scripted(bac.rndIcc));
    other.giveChallenge();
    expect(other.authenticate(bytes(bac.eIfd + bac.mIfd))).toBeNull();
  });

  it('opens and seals the messages that follow', () => {
    const card = new BasicAccess(bac.mrzInformation_ascii, scripted(bac.rndIcc + bac.kIcc));
    card.giveChallenge();
    const channel = card.authenticate(bytes(bac.eIfd + bac.mIfd))?.channel;
    const { selectEfCom, readFirst4, readNext18 } = secureMessaging3des;
    const exchanges = [
      { plain: selectEfCom.plain, wire: selectEfCom.protected, data: '', reply: selectEfCom.response },
      { plain: readFirst4.plain, wire: readFirst4.protected, data: readFirst4.data, reply: readFirst4.response },
      { plain: readNext18.plain, wire: `0CB000040D9701128E08${readNext18.mac}00`, data: readNext18.data, reply: readNext18.response },
    ];
    for (const { plain, wire, data, reply } of exchanges) {
      const command = parseCommand(bytes(wire));
      const opened = command && channel?.open(command);
      expect(opened).toMatchObject({ kind: 'command' });
      const expected = parseCommand(bytes(plain));
      if (opened?.kind === 'command') expect({ ...opened.command, extended: false }).toEqual(expected);
      expect(channel && hex(responseBytes(channel.seal(0xb0, answer(0x9000, bytes(data)))))).toBe(reply);
    }
  });

  it('derives the keys of the example', () => {
    const seed = bytes(bac.ksSeed);
    expect([hex(tripleDes.deriveKey(seed, 1)), hex(tripleDes.deriveKey(seed, 2))]).toEqual([bac.ksEnc, bac.ksMac]);
  });
});

describe('PACE, ICAO 9303-11 appendix G.1', () => {
  const { pace } = vectors;
  const data = (tag: string, value: string) => {
    const length = (text: string) => (text.length / 2).toString(16).padStart(2, '0');
    const inner = tag + length(value) + value;
    return bytes(`7C${length(inner)}${inner}`);
  };
  const replyOf = (outcome: PaceOutcome) => ('response' in outcome ? hex(outcome.response.data) : outcome.kind);

  it('derives the password key', () => {
    expect(hex(passwordKey({ kind: 'mrz', information: pace.mrzInformation_ascii }))).toBe(pace.kPi);
  });

  // The example publishes the terminal's secrets alone: the card under test draws them, the test speaks for the example's chip.
  it('runs the example with the sides exchanged', () => {
    const drawn = pace.s + drawnScalar(pace.mapPrivPcd) + drawnScalar(pace.ephPrivPcd);
    const run = new PaceRun({ kind: 'mrz', information: pace.mrzInformation_ascii }, scripted(drawn));
    expect(replyOf(run.advance(bytes('7C00')))).toBe(hex(data('80', pace.z)));
    expect(replyOf(run.advance(data('81', pace.mapPubPicc)))).toBe(hex(data('82', pace.mapPubPcd)));
    expect(replyOf(run.advance(data('83', pace.ephPubPicc)))).toBe(hex(data('84', pace.ephPubPcd)));
    const opened = run.advance(data('85', pace.tIcc));
    expect([opened.kind, replyOf(opened)]).toEqual(['opened', hex(data('86', pace.tIfd))]);
  });

  it('refuses the other token, its own point back, and points beside the curve', () => {
    const password = { kind: 'mrz', information: pace.mrzInformation_ascii } as const;
    const drawn = pace.s + drawnScalar(pace.mapPrivPcd) + drawnScalar(pace.ephPrivPcd);
    const atTokens = new PaceRun(password, scripted(drawn));
    for (const step of [bytes('7C00'), data('81', pace.mapPubPicc), data('83', pace.ephPubPicc)]) atTokens.advance(step);
    expect(atTokens.advance(data('85', pace.tIfd)).kind).toBe('wrongPassword');

    const atAgreement = new PaceRun(password, scripted(drawn));
    for (const step of [bytes('7C00'), data('81', pace.mapPubPicc)]) atAgreement.advance(step);
    expect(atAgreement.advance(data('83', pace.ephPubPcd)).kind).toBe('refused');

    const atMapping = new PaceRun(password, scripted(drawn));
    atMapping.advance(bytes('7C00'));
    expect(atMapping.advance(data('81', `${pace.mapPubPicc.slice(0, -2)}55`)).kind).toBe('refused');
  });

  it('derives the session keys of the example', () => {
    const secret = bytes(pace.sharedSecretX);
    expect([hex(aes128.deriveKey(secret, 1)), hex(aes128.deriveKey(secret, 2))]).toEqual([pace.ksEnc, pace.ksMac]);
  });
});

// NIST SP 800-38B, D.1.
it.each([
  ['', 'BB1D6929E95937287FA37D129B756746'],
  ['6BC1BEE22E409F96E93D7E117393172A', '070A16B46B4D4144F79BDD9DD04A287C'],
  ['6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E5130C81C46A35CE411', 'DFA66747DE9AE63030CA32611497C827'],
])('AES-CMAC of %s', (message, mac) => {
  expect(hex(cmac(bytes('2B7E151628AED2A6ABF7158809CF4F3C'), bytes(message)))).toBe(mac);
});

it('EF.CardAccess is the one a card showed', () => {
  expect(hex(cardAccessFile())).toBe(vectors.cardAccess);
});

it('a channel that counts on its own refuses a message told twice', () => {
  const channel = () => new SecureChannel(tripleDes, bytes(vectors.bac.ksSeed), BigInt(`0x${vectors.bac.ssc}`));
  const command = parseCommand(bytes(vectors.secureMessaging3des.selectEfCom.protected));
  if (command === null) throw new Error('the example is a command');
  const twice = channel();
  expect(twice.open(command).kind).toBe('command');
  expect(twice.open(command)).toEqual({ kind: 'refused', status: 0x6988 });
});
