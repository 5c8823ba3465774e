/** MQTT 3.1.1 packets, as far as a robot needs them. */
export const packetType = { connack: 2, publish: 3, puback: 4, suback: 9, pingresp: 13 } as const;

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function number16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function packet(head: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let left = body.length; ; left = Math.floor(left / 128)) {
    length.push((left % 128) + (left >= 128 ? 128 : 0));
    if (left < 128) break;
  }
  return Buffer.concat([Buffer.from([head, ...length]), body]);
}

export interface Will {
  topic: string;
  payload: string;
}

/** Clean session; the will is retained, QoS 1. */
export function connectPacket(clientId: string, keepaliveS: number, will: Will | null): Buffer {
  const willFlags = 0x04 | 0x08 | 0x20;
  const flags = 0x02 | (will ? willFlags : 0);
  const head = Buffer.concat([text('MQTT'), Buffer.from([4, flags]), number16(keepaliveS), text(clientId)]);
  return packet(0x10, head, ...(will ? [text(will.topic), text(will.payload)] : []));
}

export function subscribePacket(id: number, filters: readonly string[]): Buffer {
  return packet(0x82, number16(id), ...filters.map((filter) => Buffer.concat([text(filter), Buffer.from([1])])));
}

/** QoS 1. */
export function publishPacket(id: number, topic: string, payload: string, retain: boolean): Buffer {
  return packet(0x32 | (retain ? 1 : 0), text(topic), number16(id), Buffer.from(payload));
}

export const pingPacket = Buffer.from([0xc0, 0]);
export const disconnectPacket = Buffer.from([0xe0, 0]);

export interface Packet {
  type: number;
  flags: number;
  body: Buffer;
}

/** The whole packets in `bytes`, and what is left of the next one. */
export function splitPackets(bytes: Buffer): { packets: Packet[]; rest: Buffer } {
  const packets: Packet[] = [];
  let at = 0;
  for (;;) {
    let length = 0;
    let factor = 1;
    let next = at + 1;
    let digit = bytes[next++];
    while (digit !== undefined && digit >= 128) {
      length += (digit - 128) * factor;
      factor *= 128;
      digit = bytes[next++];
    }
    if (digit === undefined || next + length + digit * factor > bytes.length) return { packets, rest: bytes.subarray(at) };
    length += digit * factor;
    const head = bytes[at] ?? 0;
    packets.push({ type: head >> 4, flags: head & 15, body: bytes.subarray(next, next + length) });
    at = next + length;
  }
}
