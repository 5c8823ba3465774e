/** ISO 14443-3, 9.1: 13.56 MHz / 128. */
const bitsPerSecond = 13_560_000 / 128;
/** Type A: eight bits and parity. */
const bitsPerByte = 9;
/** Start and end of a frame, bits (ISO 14443-3, 6.2.3). */
const bitsPerFrame = 2;
/** Protocol byte and CRC of a block (ISO 14443-4, 7.1); no CID, no NAD. */
const blockOverheadBytes = 3;
/** Shortest time between the frames of either side, ms: 1172 periods of 13.56 MHz (ISO 14443-3, 6.2.1.1). */
const turnMs = 1172 / 13_560;

/** Longest frame that carries an APDU, bytes. */
export const frameBytes = 424;

export const bytesMs = (bytes: number): number => (bytes * bitsPerByte * 1000) / bitsPerSecond;

const frameMs = (bytes: number): number => bytesMs(bytes) + (bitsPerFrame * 1000) / bitsPerSecond + turnMs;

/** Time of one APDU in one direction: full blocks, each but the last acknowledged by a block of the other side (ISO 14443-4, 7.5.2). */
function unitMs(bytes: number): number {
  const room = frameBytes - blockOverheadBytes;
  const full = Math.max(0, Math.ceil(bytes / room) - 1);
  const last = bytes - full * room;
  return full * (frameMs(frameBytes) + frameMs(blockOverheadBytes)) + frameMs(last + blockOverheadBytes);
}

/** Time on the air of a command and its response at 106 kbit/s, ms; the chip's own time is not in it. */
export const exchangeMs = (commandBytes: number, responseBytes: number): number => unitMs(commandBytes) + unitMs(responseBytes);
