import { answer, type Command, type Response, status } from './apdu.ts';
import { concat, equal, ofBigInt, ofNumber, toNumber } from './bytes.ts';
import { keyCounters, pad, type Suite, unpad } from './ciphers.ts';
import { parseTlvs, type Tlv, tlv } from './tlv.ts';

/** Data objects of secure messaging (ICAO 9303-11, 9.8.3). */
const cryptogram = 0x87;
/** In place of 87 with an odd instruction byte: no padding indicator. */
const cryptogramOdd = 0x85;
const expectedLength = 0x97;
const processingStatus = 0x99;
const macObject = 0x8e;

export type Unprotected = { kind: 'command'; command: Command } | { kind: 'refused'; status: number };

const refused = (word: number): Unprotected => ({ kind: 'refused', status: word });

/** Bytes of a sealed response that are not cryptogram: DO 87's tag, length and padding indicator, DO 99, DO 8E. */
const sealedOverhead = (contentBytes: number) => (contentBytes < 0x80 ? 2 : contentBytes < 0x100 ? 3 : 4) + 1 + 4 + 10;

/** The card's end of a session: opens commands, seals responses, counts both. */
export class SecureChannel {
  private readonly suite: Suite;
  private readonly encryptionKey: Uint8Array;
  private readonly macKey: Uint8Array;
  private counter: bigint;

  /** `counter`: the send sequence counter before the first command; 0 after PACE and chip authentication. */
  constructor(suite: Suite, secret: Uint8Array, counter = 0n) {
    this.suite = suite;
    this.encryptionKey = suite.deriveKey(secret, keyCounters.encryption);
    this.macKey = suite.deriveKey(secret, keyCounters.mac);
    this.counter = counter;
  }

  /** How many bytes of data fit into a sealed response of `longest` bytes, status word not counted. */
  roomIn(longest: number): number {
    const { block } = this.suite;
    let blocks = Math.floor(longest / block);
    while (blocks > 0 && sealedOverhead(1 + blocks * block) + blocks * block > longest) blocks--;
    return Math.max(0, blocks * block - 1);
  }

  open(command: Command): Unprotected {
    this.counter++;
    const objects = parseTlvs(command.data);
    if (objects === null) return refused(status.protectionWrong);
    const mac = objects.find(({ tag }) => tag === macObject);
    if (mac === undefined) return refused(status.protectionMissing);
    const signed = objects.filter(({ tag }) => tag !== macObject);
    if (!equal(mac.value, this.checksum(this.signedCommand(command, signed)))) return refused(status.protectionWrong);
    const tag = command.ins % 2 === 0 ? cryptogram : cryptogramOdd;
    const data = this.decrypted(signed.find((object) => object.tag === tag)?.value, tag);
    if (data === null) return refused(status.protectionWrong);
    const length = signed.find((object) => object.tag === expectedLength)?.value;
    const expected = length === undefined ? 0 : toNumber(length) || 256 ** length.length;
    return { kind: 'command', command: { ...command, cla: command.cla & ~0x0c, data, expected } };
  }

  seal(ins: number, { data, status: word }: Response): Response {
    this.counter++;
    const parts: Uint8Array[] = [];
    if (data.length > 0) {
      const sealed = this.suite.encrypt(this.encryptionKey, this.counterBytes(), pad(data, this.suite.block));
      parts.push(ins % 2 === 0 ? tlv(cryptogram, Uint8Array.of(1), sealed) : tlv(cryptogramOdd, sealed));
    }
    parts.push(tlv(processingStatus, ofNumber(word, 2)));
    parts.push(tlv(macObject, this.checksum(pad(concat(...parts), this.suite.block))));
    return answer(word, concat(...parts));
  }

  private counterBytes(): Uint8Array {
    return ofBigInt(this.counter, this.suite.block);
  }

  private signedCommand(command: Command, objects: Tlv[]): Uint8Array {
    const header = pad(Uint8Array.of(command.cla, command.ins, command.p1, command.p2), this.suite.block);
    if (objects.length === 0) return header;
    return pad(concat(header, ...objects.map(({ whole }) => whole)), this.suite.block);
  }

  /** Over the counter and `padded`; the counter is one block long, so that padding does not change. */
  private checksum(padded: Uint8Array): Uint8Array {
    return this.suite.checksum(this.macKey, concat(this.counterBytes(), padded));
  }

  private decrypted(value: Uint8Array | undefined, tag: number): Uint8Array | null {
    if (value === undefined) return new Uint8Array();
    if (tag === cryptogram && value[0] !== 1) return null;
    const sealed = tag === cryptogram ? value.subarray(1) : value;
    if (sealed.length === 0 || sealed.length % this.suite.block !== 0) return null;
    return unpad(this.suite.decrypt(this.encryptionKey, this.counterBytes(), sealed));
  }
}
