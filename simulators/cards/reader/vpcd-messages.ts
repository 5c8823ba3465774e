/** Messages between a virtual card and vpcd (Debian's vsmartcard-vpcd): two length bytes, the higher first, then the data. */

/** One-byte messages of vpcd; anything longer is a command APDU. The answers: none to power, the ATR, the response APDU. */
const controls = new Map<number, 'powerOff' | 'powerOn' | 'reset' | 'atr'>([
  [0, 'powerOff'],
  [1, 'powerOn'],
  [2, 'reset'],
  [4, 'atr'],
]);

export type VpcdMessage = { kind: 'powerOff' | 'powerOn' | 'reset' | 'atr' } | { kind: 'apdu'; command: Uint8Array };

/** Throws RangeError for more than 65535 bytes. */
export function vpcdFrame(data: Uint8Array): Uint8Array {
  if (data.length > 0xffff) throw new RangeError(`vpcd carries no ${data.length} bytes`);
  return Uint8Array.from([data.length >> 8, data.length & 0xff, ...data]);
}

/** Cuts messages out of the stream; empty and unknown one-byte messages are skipped and counted. */
export class VpcdReader {
  unknown = 0;
  private held = Buffer.alloc(0);

  push(bytes: Uint8Array): VpcdMessage[] {
    this.held = Buffer.concat([this.held, bytes]);
    const messages: VpcdMessage[] = [];
    while (this.held.length >= 2) {
      const end = 2 + this.held.readUInt16BE(0);
      if (this.held.length < end) break;
      const message = messageOf(Uint8Array.from(this.held.subarray(2, end)));
      this.held = this.held.subarray(end);
      if (message) messages.push(message);
      else this.unknown += 1;
    }
    return messages;
  }
}

function messageOf(data: Uint8Array): VpcdMessage | null {
  const [first] = data;
  if (first === undefined) return null;
  if (data.length > 1) return { kind: 'apdu', command: data };
  const kind = controls.get(first);
  return kind ? { kind } : null;
}
