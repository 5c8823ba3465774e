import { timingSafeEqual } from 'node:crypto';
import { type Command, needsExtended, type Response } from './apdu.ts';
import type { ApduLimits, CardLink, Channel } from './card-link.ts';
import { blockBytes, type CipherName, decryptCbc, encryptBlock, encryptCbc, mac, pad, unpad } from './ciphers.ts';
import { readTlvs, type Tlv, tlv } from './der.ts';
import { SessionLost } from './failure.ts';

/** Keys of a session and the counter they start with; the counter has the length of the cipher's block. */
export interface SessionKeys {
  cipher: CipherName;
  encryption: Uint8Array;
  authentication: Uint8Array;
  counter: Uint8Array;
}

/** Secure messaging of 9303-11, 9.8: encrypts and authenticates commands, checks and decrypts responses. */
export class SecureMessaging {
  private readonly keys: SessionKeys;
  private readonly block: number;

  constructor(keys: SessionKeys) {
    this.keys = keys;
    this.block = blockBytes(keys.cipher);
  }

  protect(unit: Command): Command {
    this.count();
    const { cipher, encryption } = this.keys;
    const cla = unit.cla | 0x0c;
    const objects: Uint8Array[] = [];
    if (unit.data.length > 0) {
      const sealed = encryptCbc(cipher, encryption, pad(unit.data, this.block), this.iv());
      objects.push(unit.ins % 2 === 0 ? tlv(0x87, Uint8Array.of(1), sealed) : tlv(0x85, sealed));
    }
    if (unit.expected > 0) {
      const low = unit.expected & 0xff;
      objects.push(tlv(0x97, needsExtended(unit) ? Uint8Array.of((unit.expected >> 8) & 0xff, low) : Uint8Array.of(low)));
    }
    const header = pad(Uint8Array.of(cla, unit.ins, unit.p1, unit.p2), this.block);
    objects.push(tlv(0x8e, this.mac(header, ...objects)));
    // The whole answer is wanted, however long its protection makes it.
    const data = Buffer.concat(objects);
    return { ...unit, cla, data, expected: needsExtended(unit) || data.length > 255 ? 65_536 : 256 };
  }

  /** The plain response; null where it is not authenticated by our keys or not well-formed. */
  unprotect(response: Response): Response | null {
    this.count();
    const objects = readTlvs(response.data);
    const code = objects?.pop();
    if (!objects || code?.tag !== 0x8e || code.value.length !== 8) return null;
    if (!timingSafeEqual(code.value, this.mac(...objects.map((object) => object.whole)))) return null;
    const status = objects.find((object) => object.tag === 0x99)?.value;
    if (status?.length !== 2) return null;
    const data = this.open(objects.find((object) => object.tag === 0x87 || object.tag === 0x85));
    return data && { data, status: ((status[0] ?? 0) << 8) | (status[1] ?? 0) };
  }

  private open(object: Tlv | undefined): Uint8Array | null {
    if (!object) return new Uint8Array(0);
    const padded = object.tag === 0x87;
    const sealed = padded ? object.value.subarray(1) : object.value;
    if (sealed.length === 0 || sealed.length % this.block !== 0 || (padded && object.value[0] !== 1)) return null;
    return unpad(decryptCbc(this.keys.cipher, this.keys.encryption, sealed, this.iv()));
  }

  private mac(...parts: Uint8Array[]): Buffer {
    return mac(this.keys.cipher, this.keys.authentication, pad(Buffer.concat([this.keys.counter, ...parts]), this.block));
  }

  /** Triple DES starts from zero, AES from the encrypted counter. */
  private iv(): Uint8Array {
    return this.keys.cipher === '3des' ? new Uint8Array(8) : encryptBlock(this.keys.cipher, this.keys.encryption, this.keys.counter);
  }

  private count(): void {
    const { counter } = this.keys;
    for (let at = counter.length - 1; at >= 0; at--) {
      const next = ((counter[at] ?? 0) + 1) & 0xff;
      counter[at] = next;
      if (next !== 0) return;
    }
  }
}

/** A link under secure messaging. An answer that is not under it ends the session. */
export class SecureChannel implements Channel {
  private readonly link: CardLink;
  private readonly messaging: SecureMessaging;

  constructor(link: CardLink, messaging: SecureMessaging) {
    this.link = link;
    this.messaging = messaging;
  }

  async exchange(unit: Command): Promise<Response> {
    const response = await this.link.exchange(this.messaging.protect(unit));
    const plain = this.messaging.unprotect(response);
    if (!plain) throw new SessionLost(`an answer outside of the session, status ${response.status.toString(16)}`);
    return plain;
  }
}

/**
 * Most plain bytes whose protected response still fits: data object with padding indicator, status object (4 bytes), MAC object (10),
 * status word (2). 223 for AES and 231 for triple DES with short APDUs.
 */
export function mostPlainBytes(cipher: CipherName, limits: ApduLimits): number {
  const block = blockBytes(cipher);
  const room = limits.responseBytes - 2 - 10 - 4 - 1;
  const lengthBytes = room <= 0x80 ? 1 : room <= 0x101 ? 2 : 3;
  return Math.floor((room - lengthBytes - 1) / block) * block - 1;
}
