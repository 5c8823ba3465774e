const record = (type: number, address: number, data: Uint8Array): string => {
  const bytes = Buffer.from([data.length, address >> 8, address & 0xff, type, ...data]);
  const checksum = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return `:${bytes.toString('hex')}${checksum.toString(16).padStart(2, '0')}`.toUpperCase();
};

/** `image` as Intel HEX with 16-byte records and a linear base address for each 64 KB. */
export function toHex(image: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < image.length; at += 16) {
    if (at % 0x10000 === 0) lines.push(record(4, 0, Uint8Array.of(0, at >> 16)));
    lines.push(record(0, at & 0xffff, image.subarray(at, at + 16)));
  }
  return [...lines, ':00000001FF', ''].join('\n');
}
