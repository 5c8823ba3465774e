const pinCount = 70;
const firstAnalog = 54;
const pwmPins = new Set([...Array.from({ length: 12 }, (_, index) => index + 2), 44, 45, 46]);

const sysex = (...bytes: number[]): Uint8Array => Uint8Array.from([0xf0, ...bytes, 0xf7]);

function capabilities(): number[] {
  return Array.from({ length: pinCount }, (_, pin) => {
    const modes = pin < 2 ? [] : [0, 1, 1, 1, 11, 1];
    if (pwmPins.has(pin)) modes.push(3, 8);
    if (pin >= firstAnalog) modes.push(2, 10);
    return [...modes, 0x7f];
  }).flat();
}

/** What a Mega with a Firmata sketch answers to the queries of the handshake (protocol 2.8). */
export function firmataMega(bytes: Uint8Array): Uint8Array[] {
  if (bytes[0] === 0xf9) return [Uint8Array.of(0xf9, 2, 8)];
  if (bytes[0] !== 0xf0) return [];
  switch (bytes[1]) {
    case 0x79:
      return [sysex(0x79, 2, 8, ...[...'Mega'].flatMap((letter) => [letter.charCodeAt(0), 0]))];
    case 0x6b:
      return [sysex(0x6c, ...capabilities())];
    case 0x69:
      return [sysex(0x6a, ...Array.from({ length: pinCount }, (_, pin) => (pin >= firstAnalog ? pin - firstAnalog : 0x7f)))];
    default:
      return [];
  }
}
