import type { Random } from '../../../src/core/random.ts';
import { concat, equal, randomBytes, toBigInt } from './bytes.ts';
import { digest, keyCounters, pad, tripleDes } from './ciphers.ts';
import { SecureChannel } from './secure-messaging.ts';

const challengeBytes = 8;
const noCounter = new Uint8Array(8);

/** Basic access control (ICAO 9303-11, 4.3), the card's side: keys of the MRZ, a challenge that serves once. */
export class BasicAccess {
  private readonly encryptionKey: Uint8Array;
  private readonly macKey: Uint8Array;
  private readonly random: Random;
  private challenge: Uint8Array | null = null;

  /** `information`: document number, birth and expiry date, each with its check digit. */
  constructor(information: string, random: Random) {
    const seed = digest('sha1', new TextEncoder().encode(information)).subarray(0, 16);
    this.encryptionKey = tripleDes.deriveKey(seed, keyCounters.encryption);
    this.macKey = tripleDes.deriveKey(seed, keyCounters.mac);
    this.random = random;
  }

  /** A fresh challenge of eight bytes. */
  giveChallenge(): Uint8Array {
    this.challenge = randomBytes(this.random, challengeBytes);
    return this.challenge;
  }

  /** `data`: E.IFD, M.IFD (40 bytes). Null when the terminal does not know the MRZ or the challenge. */
  authenticate(data: Uint8Array): { response: Uint8Array; channel: SecureChannel } | null {
    const { challenge } = this;
    this.challenge = null;
    const sealed = data.subarray(0, 32);
    if (challenge === null || data.length !== 40 || !equal(data.subarray(32), this.mac(sealed))) return null;
    const opened = tripleDes.decrypt(this.encryptionKey, noCounter, sealed);
    const terminalRandom = opened.subarray(0, 8);
    if (!equal(opened.subarray(8, 16), challenge)) return null;
    const keyPart = randomBytes(this.random, 16);
    const reply = tripleDes.encrypt(this.encryptionKey, noCounter, concat(challenge, terminalRandom, keyPart));
    const secret = keyPart.map((byte, index) => byte ^ (opened[16 + index] ?? 0));
    const counter = toBigInt(concat(challenge.subarray(4), terminalRandom.subarray(4)));
    return { response: concat(reply, this.mac(reply)), channel: new SecureChannel(tripleDes, secret, counter) };
  }

  private mac(data: Uint8Array): Uint8Array {
    return tripleDes.checksum(this.macKey, pad(data, tripleDes.block));
  }
}
